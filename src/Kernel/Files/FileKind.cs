using System.IO.Compression;

namespace MySchool.Kernel.Files;

/// <summary>What a file is by its bytes, whatever it is called.</summary>
/// <param name="MediaType">For the answer's header.</param>
/// <param name="Extension">With the dot.</param>
public sealed record FileKind(string MediaType, string Extension)
{
    private const int MostEntries = 5_000;
    private const long MostUnpacked = 300L << 20;

    /// <summary>A picture from a camera.</summary>
    public static readonly FileKind Jpeg = new("image/jpeg", ".jpg");

    /// <summary>A picture of a screen.</summary>
    public static readonly FileKind Png = new("image/png", ".png");

    /// <summary>A picture of the web.</summary>
    public static readonly FileKind Webp = new("image/webp", ".webp");

    /// <summary>Pages.</summary>
    public static readonly FileKind Pdf = new("application/pdf", ".pdf");

    private static readonly (string Entry, FileKind Kind)[] Offices =
    [
        ("word/document.xml", new("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")),
        ("xl/workbook.xml", new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")),
        ("ppt/presentation.xml", new("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx")),
    ];

    private static readonly (string Media, string Extension)[] OpenOffices =
        [("application/vnd.oasis.opendocument.text", ".odt"), ("application/vnd.oasis.opendocument.spreadsheet", ".ods"), ("application/vnd.oasis.opendocument.presentation", ".odp")];

    /// <summary>Whether a browser draws it as a picture.</summary>
    public static bool IsPicture(string mediaType) => mediaType is "image/jpeg" or "image/png" or "image/webp";

    /// <summary>The kind, or null when the platform takes no such files.</summary>
    public static FileKind? Of(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return Png;
        if (bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8)) return Webp;
        if (bytes.StartsWith("%PDF-"u8)) return Pdf;
        return bytes.StartsWith("PK\x03\x04"u8) ? OfPackage(file) : null;
    }

    /// <summary>A photograph of an iPhone that was not made into JPEG on the way.</summary>
    public static bool IsHeic(ReadOnlySpan<byte> file) =>
        file.Length > 12 && file[4..].StartsWith("ftyp"u8) && (file[8..].StartsWith("hei"u8) || file[8..].StartsWith("hev"u8) || file[8..].StartsWith("mif1"u8));

    // The list of what is inside is read and nothing is unpacked. Documents with macros are none of ours.
    private static FileKind? OfPackage(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file.ToArray(), writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > MostEntries || archive.Entries.Sum(entry => entry.Length) > MostUnpacked) return null;
            var names = archive.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (names.Any(name => name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Basic/", StringComparison.OrdinalIgnoreCase))) return null;
            if (Array.Find(Offices, office => names.Contains(office.Entry)).Kind is { } known) return names.Contains("[Content_Types].xml") ? known : null;
            return archive.GetEntry("mimetype") is { Length: < 100 } word && names.Contains("content.xml") ? OfOpenDocument(word) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static FileKind? OfOpenDocument(ZipArchiveEntry word)
    {
        var buffer = new char[100];
        using var reader = new StreamReader(word.Open());
        var media = new string(buffer, 0, reader.ReadBlock(buffer));
        var known = Array.Find(OpenOffices, office => office.Media == media.Trim());
        return known.Media is null ? null : new FileKind(known.Media, known.Extension);
    }
}
