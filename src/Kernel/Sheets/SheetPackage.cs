using System.Globalization;
using System.IO.Compression;
using System.Xml;
using MySchool.Kernel.Resources;

namespace MySchool.Kernel.Sheets;

/// <summary>
/// The zip of a workbook: looked over before anything is unpacked, read part by part through one budget of bytes. Nothing is
/// ever written to disk, so names of parts can do no harm; XML is read without DTD and without any resolver.
/// </summary>
internal sealed class SheetPackage : IDisposable
{
    private const long AlwaysAllowedBytes = 64 << 20;
    private const int UnixLink = 0xA000;
    private const int UnixTypeMask = 0xF000;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly long allowedBytes;
    private long readBytes;

    public SheetPackage(FileStream file, SheetLimits limits)
    {
        RefuseOtherFormats(file);
        archive = new ZipArchive(file, ZipArchiveMode.Read);
        allowedBytes = Math.Min(limits.MaxBytes, Math.Max(AlwaysAllowedBytes, file.Length * limits.MaxRatio));
        if (archive.Entries.Count > limits.MaxEntries) throw Fault("sheet.too-many-parts", Texts.SheetTooManyParts, 413);
        foreach (var entry in archive.Entries)
        {
            if (entry.IsEncrypted) throw Fault("sheet.encrypted", Texts.SheetEncrypted);
            if (((entry.ExternalAttributes >> 16) & UnixTypeMask) == UnixLink) throw Fault("sheet.damaged", Texts.SheetDamaged);
            // Which of two twins a spreadsheet would show, nobody can tell.
            if (!parts.TryAdd(entry.FullName.Replace('\\', '/').TrimStart('/'), entry)) throw Fault("sheet.damaged", Texts.SheetDamaged);
        }
        RefuseOtherPackages();
    }

    public static SheetFaultException Fault(string code, string message, int status = 422) => new(new Problem(code, message, "file", status));

    public bool Has(string part) => parts.ContainsKey(part);

    public bool HasAny(string folder) => parts.Keys.Any(name => name.StartsWith(folder, StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens a part as XML. The caller disposes of the reader.</summary>
    public XmlReader OpenXml(string part)
    {
        if (!parts.TryGetValue(part, out var entry)) throw Fault("sheet.damaged", Texts.SheetDamaged);
        return XmlReader.Create(new Counted(entry.Open(), this), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true, IgnoreComments = true,
            IgnoreProcessingInstructions = true, MaxCharactersFromEntities = 1, CheckCharacters = true,
        });
    }

    public void Dispose() => archive.Dispose();

    private static void RefuseOtherFormats(FileStream file)
    {
        Span<byte> start = stackalloc byte[8];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (read == 0) throw Fault("sheet.empty", Texts.SheetEmptyFile);
        // Compound files: books of Excel 97–2003 and any book under a password.
        if (start is [0xD0, 0xCF, 0x11, 0xE0, ..]) throw Fault("sheet.old-or-locked", Texts.SheetOldOrLocked);
        if (start is not [(byte)'P', (byte)'K', 3, 4, ..]) throw Fault("sheet.not-xlsx", Texts.SheetNotXlsx);
    }

    private void RefuseOtherPackages()
    {
        if (Has("mimetype") || Has("META-INF/manifest.xml")) throw Fault("sheet.open-document", Texts.SheetOpenDocument);
        if (Has("xl/workbook.bin")) throw Fault("sheet.binary", Texts.SheetBinary);
        if (parts.Keys.Any(name => name.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)) || HasAny("xl/macrosheets/"))
            throw Fault("sheet.macros", Texts.SheetMacros);
        if (HasAny("word/") || HasAny("ppt/")) throw Fault("sheet.other-office", Texts.SheetOtherOffice);
        if (!Has("[Content_Types].xml") || !Has("_rels/.rels")) throw Fault("sheet.not-xlsx", Texts.SheetNotXlsx);
    }

    private void Count(int bytes)
    {
        readBytes += bytes;
        if (readBytes > allowedBytes)
            throw Fault("sheet.too-big", string.Format(CultureInfo.InvariantCulture, Texts.SheetTooBig, allowedBytes >> 20), 413);
    }

    /// <summary>Counts what is really read: a header may say anything.</summary>
    private sealed class Counted(Stream inner, SheetPackage package) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            package.Count(read);
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
