using System.Globalization;
using Microsoft.Extensions.Logging;
using MySchool.Kernel.Resources;

namespace MySchool.Kernel.Files;

/// <summary>Where a file stands on its way to people.</summary>
public static class FileStates
{
    /// <summary>Nobody has looked at it for viruses yet: nobody is given it.</summary>
    public const string Waiting = "waiting";

    /// <summary>Looked at and open.</summary>
    public const string Clean = "clean";

    /// <summary>A virus was found later: its bytes are gone.</summary>
    public const string Refused = "refused";
}

/// <summary>A file that was taken in: its bytes are on the disk, sealed, and its row is the caller's to write.</summary>
/// <param name="Name">What people call it; no path.</param>
/// <param name="Kind">What it is by its bytes.</param>
/// <param name="Bytes">Where it lies.</param>
/// <param name="State">One of <see cref="FileStates"/>.</param>
public sealed record TakenFile(string Name, FileKind Kind, StoredBytes Bytes, string State);

/// <summary>
/// The one door of files from outside: sealed while they arrive, then known by what they are, pictures drawn anew, looked at for
/// viruses, and only then named by a row.
/// </summary>
/// <param name="store">Keeps the bytes.</param>
/// <param name="scanner">Looks for viruses.</param>
/// <param name="log">Told of viruses.</param>
public sealed partial class FileIntake(ByteStore store, ClamScanner scanner, ILogger<FileIntake> log)
{
    /// <summary>The most one file may weigh.</summary>
    public const int MostBytes = 20 << 20;

    private const int LongestName = 120;

    // The whole of a file is in memory while it is judged: so few at a time. Nobody holds a place while the network is slow.
    private static readonly SemaphoreSlim Judging = new(4);

    /// <summary>Takes a file.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="name">As its sender calls it.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The file; or the refusal, of the field <c>files</c>.</returns>
    public async Task<Result<TakenFile>> TakeAsync(Stream content, string name, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(content);
        var shown = NameOf(name);
        if (await store.PutAsync(content, MostBytes, cancel) is not { } arrived)
        {
            // What is left is read and thrown away, so that the refusal can be heard over the same connection.
            await content.CopyToAsync(Stream.Null, cancel);
            return Refuse("file.big", Texts.FileBig, shown, 413);
        }
        if (arrived.Size == 0) return Refuse("file.empty", Texts.FileEmpty, shown);
        await Judging.WaitAsync(cancel);
        try
        {
            var judged = await JudgeAsync(arrived, shown, cancel);
            if (!judged.IsOk || judged.Value.Bytes != arrived) store.Remove(arrived.Address);
            return judged;
        }
        finally
        {
            Judging.Release();
        }
    }

    private async Task<Result<TakenFile>> JudgeAsync(StoredBytes arrived, string name, CancellationToken cancel)
    {
        var bytes = await store.ReadAsync(arrived.Address, arrived.SealedKey, cancel);
        if (FileKind.Of(bytes) is not { } kind) return FileKind.IsHeic(bytes) ? new Problem("file.heic", Texts.PictureHeic, "files") : Refuse("file.kind", Texts.FileKindWrong, name);
        var verdict = await scanner.ScanAsync(bytes, cancel);
        if (verdict == ScanVerdict.Infected)
        {
            LogVirus(log, kind.MediaType, arrived.Size);
            return Refuse("file.virus", Texts.FileVirus, name);
        }
        var state = verdict == ScanVerdict.Clean ? FileStates.Clean : FileStates.Waiting;
        if (!FileKind.IsPicture(kind.MediaType)) return new TakenFile(Path.ChangeExtension(name, kind.Extension), kind, arrived, state);
        var picture = await PictureCleaner.CleanAsync(bytes, cancel, MostBytes);
        if (!picture.IsOk) return picture.Problem! with { Field = "files" };
        var drawn = (await store.PutAsync(new MemoryStream(picture.Value.Bytes), MostBytes, cancel))!;
        var now = picture.Value.MediaType == FileKind.Png.MediaType ? FileKind.Png : FileKind.Jpeg;
        return new TakenFile(Path.ChangeExtension(name, now.Extension), now, drawn, state);
    }

    /// <summary>A name as people see it: no path, no control or turning characters, not too long.</summary>
    internal static string NameOf(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = new string([.. last.Where(c => !char.IsControl(c) && char.GetUnicodeCategory(c) is not UnicodeCategory.Format and not UnicodeCategory.Surrogate && c is not ('"' or '<' or '>' or ':' or '|' or '?' or '*'))]).Trim(' ', '.');
        var stem = Path.GetFileNameWithoutExtension(kept);
        return stem.Length == 0 ? Texts.FileNameless : stem.Length > LongestName ? stem[..LongestName] : kept.Length > LongestName ? stem : kept;
    }

    private static Problem Refuse(string code, string words, string name, int status = 422) => new(code, string.Format(CultureInfo.CurrentCulture, words, name, MostBytes >> 20), "files", status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A file with a virus was refused: {MediaType}, {Size} bytes")]
    private static partial void LogVirus(ILogger logger, string mediaType, long size);
}
