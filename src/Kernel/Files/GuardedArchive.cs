using System.Globalization;
using System.IO.Compression;
using MySchool.Kernel.Resources;

namespace MySchool.Kernel.Files;

/// <summary>What an archive from outside may hold at most.</summary>
/// <param name="MaxEntries">Files in it.</param>
/// <param name="MaxBytes">Bytes of all files together, unpacked.</param>
/// <param name="MaxRatio">Unpacked bytes for one packed byte, over the whole archive.</param>
public sealed record ArchiveLimits(int MaxEntries = 10_000, long MaxBytes = 1L << 30, int MaxRatio = 100);

/// <summary>A folder of unpacked files that is gone when disposed of.</summary>
public sealed class GuardedFolder : IDisposable
{
    /// <summary>Makes an empty folder.</summary>
    public GuardedFolder() => Path = Directory.CreateTempSubdirectory("myschool-").FullName;

    /// <summary>Where the files are.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        try { Directory.Delete(Path, recursive: true); }
        catch (IOException) { /* The system sweeps its temporary folder itself. */ }
    }
}

/// <summary>
/// The only door for archives from outside. Trusts no header: names are plain file names, sizes are counted while
/// bytes are written, links and encrypted entries are refused.
/// </summary>
public static class GuardedArchive
{
    private const int UnixLink = 0xA000;
    private const int UnixTypeMask = 0xF000;

    // A header may lie about sizes; a few kilobytes of anything may pack well without being a bomb.
    private const long AlwaysAllowedBytes = 1 << 20;

    /// <summary>Unpacks a zip archive into a temporary folder.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="cancel">Cancels unpacking.</param>
    /// <returns>The folder, to be disposed of by the caller; or the refusal, status 422 or 413.</returns>
    public static async Task<Result<GuardedFolder>> ExtractAsync(string path, ArchiveLimits limits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var folder = new GuardedFolder();
        try
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using var archive = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, false, null, cancel);
            var problem = Inspect(archive, limits) ?? await UnpackAsync(archive, folder, AllowedBytes(limits, stream.Length), cancel);
            if (problem is null) return folder;
            folder.Dispose();
            return problem;
        }
        catch (InvalidDataException)
        {
            folder.Dispose();
            return new Problem("archive.damaged", Texts.ArchiveDamaged);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static long AllowedBytes(ArchiveLimits limits, long packedBytes) =>
        Math.Min(limits.MaxBytes, Math.Max(AlwaysAllowedBytes, packedBytes * limits.MaxRatio));

    private static Problem? Inspect(ZipArchive archive, ArchiveLimits limits)
    {
        if (archive.Entries.Count > limits.MaxEntries)
            return new Problem("archive.too-many", string.Format(CultureInfo.CurrentCulture, Texts.ArchiveTooMany, limits.MaxEntries), null, 413);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in archive.Entries)
        {
            if (!IsPlainName(entry.FullName))
                return new Problem("archive.nested", Texts.ArchiveNested);
            if (((entry.ExternalAttributes >> 16) & UnixTypeMask) == UnixLink)
                return new Problem("archive.link", Texts.ArchiveLink);
            if (entry.IsEncrypted)
                return new Problem("archive.encrypted", Texts.ArchiveEncrypted);
            if (!names.Add(entry.FullName))
                return new Problem("archive.twice", Texts.ArchiveTwice);
        }
        return null;
    }

    private static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 100 && name is not ("." or "..")
        && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or ' ' or '(' or ')');

    private static async Task<Problem?> UnpackAsync(ZipArchive archive, GuardedFolder folder, long allowedBytes, CancellationToken cancel)
    {
        var buffer = new byte[128 * 1024];
        var left = allowedBytes;
        foreach (var entry in archive.Entries)
        {
            await using var packed = await entry.OpenAsync(cancel);
            await using var file = new FileStream(Path.Combine(folder.Path, entry.FullName), FileMode.CreateNew, FileAccess.Write);
            int read;
            while ((read = await packed.ReadAsync(buffer, cancel)) > 0)
            {
                left -= read;
                if (left < 0)
                    return new Problem("archive.too-big", Texts.ArchiveTooBig, null, 413);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        return null;
    }
}
