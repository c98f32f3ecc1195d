namespace MySchool.CommandLine.Postgres;

/// <summary>
/// The unprivileged account that runs the server when the launcher itself is root: PostgreSQL refuses to run as root,
/// and should. <see cref="Name"/> is null when we are already unprivileged.
/// </summary>
public sealed record PostgresAccount(string? Name)
{
    /// <summary>The account of Debian's package if it exists, otherwise <c>nobody</c>; ourselves when not root.</summary>
    public static PostgresAccount Choose()
    {
        if (!Environment.IsPrivilegedProcess) return new PostgresAccount((string?)null);
        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return new PostgresAccount(known.Contains("postgres") ? "postgres" : "nobody");
    }

    /// <summary>Whether the account can enter a folder (each parent must let it through).</summary>
    public bool CanReach(string folder) =>
        Name is null || Shell.Run("setpriv", [.. Drop(), "test", "-x", folder]).Code == 0;

    /// <summary>Gives a file or folder to the account.</summary>
    public void Own(string path)
    {
        if (Name is not null) Shell.Demand("chown", "-R", Name, path);
    }

    /// <summary>Arguments of <c>setpriv</c> that put the account on; empty when there is nothing to drop.</summary>
    public string[] Drop() => Name is null ? [] : ["--reuid", Name, "--regid", GroupOf(Name), "--clear-groups", "--no-new-privs"];

    /// <summary>Runs a program to the end under the account.</summary>
    public (int Code, string Output) Run(string program, params string[] arguments) =>
        Name is null ? Shell.Run(program, arguments) : Shell.Run("setpriv", [.. Drop(), program, .. arguments]);

    private static string GroupOf(string account) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == account)[3];
}
