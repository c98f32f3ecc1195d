using System.Security.Cryptography;
using System.Text.Json;

namespace MySchool.CommandLine.Postgres;

/// <summary>Passwords of the database roles: random, made once, readable by the launcher's account alone.</summary>
/// <param name="Superuser">Of the cluster's superuser.</param>
/// <param name="Owner">Of <c>myschool_owner</c>.</param>
/// <param name="App">Of <c>myschool_app</c>.</param>
/// <param name="Facts">Of <c>myschool_facts</c>.</param>
/// <param name="Worker">Of <c>myschool_worker</c>.</param>
public sealed record PostgresSecrets(string Superuser, string Owner, string App, string Facts, string Worker)
{
    /// <summary>Reads the passwords, or makes them at the first start.</summary>
    /// <param name="secretsFolder">Folder of secrets; made with mode 0700.</param>
    public static PostgresSecrets Open(string secretsFolder)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(secretsFolder, ownerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(secretsFolder, "postgres.json");
        if (File.Exists(path)) return JsonSerializer.Deserialize<PostgresSecrets>(File.ReadAllText(path))!;

        var made = new PostgresSecrets(Random(), Random(), Random(), Random(), Random());
        // Written aside and renamed: a half-written file after kill -9 would lock us out of our own cluster.
        using (var file = new FileStream(path + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = ownerOnly,
        }))
        {
            JsonSerializer.Serialize(file, made);
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".new", path);
        return made;

        static string Random() => RandomNumberGenerator.GetHexString(48, lowercase: true);
    }
}
