using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;

namespace MySchool.Access.Erasures;

/// <summary>
/// Erasures begun here, a sealed file each, outside the database: a copy restored from before them does not know, and whoever was
/// erased would be back. The files hold ids and who decided, never the person's name.
/// </summary>
internal sealed partial class ErasureLedger(AccessOptions options, IdentifierVault vault, ILogger<ErasureLedger> log)
{
    private const string Ending = ".erased";
    private readonly Sealer sealer = vault.SealerFor("access.erasures");

    private bool IsKept => options.ErasuresFolder.Length > 0;

    /// <summary>Remembers; durable when this returns. Remembering again changes nothing.</summary>
    /// <exception cref="IOException">The folder cannot be written: nothing may be erased then.</exception>
    public void Keep(Erasure erasure)
    {
        if (!IsKept || File.Exists(PathOf(erasure.Id))) return;
        Directory.CreateDirectory(options.ErasuresFolder);
        var draft = $"{PathOf(erasure.Id)}.{Ids.New():N}.new";
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, how))
        {
            file.Write(sealer.Seal(JsonSerializer.SerializeToUtf8Bytes(erasure, Json.Options)));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, PathOf(erasure.Id), overwrite: true);
    }

    /// <summary>Forgets what was not carried out after all, or whose act has outlived its term.</summary>
    public void Forget(Guid id)
    {
        if (IsKept) File.Delete(PathOf(id));
    }

    /// <summary>All that is remembered. What another key sealed or somebody changed is left out and logged: the operator must look.</summary>
    public IEnumerable<Erasure> Read()
    {
        if (!IsKept || !Directory.Exists(options.ErasuresFolder)) yield break;
        foreach (var path in Directory.EnumerateFiles(options.ErasuresFolder, $"*{Ending}"))
            if (Open(path) is { } erasure) yield return erasure;
    }

    private Erasure? Open(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Erasure>(sealer.Open(File.ReadAllBytes(path)), Json.Options);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or JsonException or IOException)
        {
            LogUnreadable(log, Path.GetFileName(path), unreadable.GetType().Name);
            return null;
        }
    }

    private string PathOf(Guid id) => Path.Combine(options.ErasuresFolder, $"{id:N}{Ending}");

    [LoggerMessage(Level = LogLevel.Error, Message = "Erasures: {File} of the ledger cannot be read ({Reason}); whoever it names may be back after a restore")]
    private static partial void LogUnreadable(ILogger logger, string file, string reason);
}
