using System.Text;
using System.Text.Unicode;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Tells the two encodings schools export in: UTF-8 (with or without a mark) and Windows-1251.</summary>
internal static class CsvEncoding
{
    private static readonly Encoding Windows1251 = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;

    /// <summary>Reads the whole file: one letter far from the start decides as well as the first one.</summary>
    /// <returns>The encoding, or null when it is neither (UTF-16, binary).</returns>
    public static async Task<Encoding?> DetectAsync(string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: false);
        var buffer = new byte[256 * 1024];
        var (kept, isUtf8, isFirst) = (0, true, true);
        int read;
        while ((read = await file.ReadAsync(buffer.AsMemory(kept), cancel)) > 0)
        {
            var bytes = buffer.AsSpan(0, kept + read);
            if (bytes.Contains((byte)0) || (isFirst && bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])) return null;
            isFirst = false;
            if (!isUtf8) continue;
            var whole = bytes.Length - TornTail(bytes);
            isUtf8 = Utf8.IsValid(bytes[..whole]);
            kept = isUtf8 ? bytes.Length - whole : 0;
            bytes[whole..].CopyTo(buffer);
        }
        return isUtf8 && kept == 0 ? Encoding.UTF8 : Windows1251;
    }

    // Bytes at the end that begin a character the next portion continues.
    private static int TornTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80) continue;
            var length = lead switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return length > back ? back : 0;
        }
        return 0;
    }
}
