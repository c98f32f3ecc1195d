using System.IO.Compression;
using System.Text;

namespace MySchool.Modules.Tests.Kernel;

/// <summary>A workbook written by hand, part by part, so that tests may spoil any of them.</summary>
internal sealed class Xlsx
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    private readonly Dictionary<string, byte[]> parts = [];

    /// <param name="sheetData">What stands inside sheetData of the only sheet.</param>
    /// <param name="after">What follows sheetData.</param>
    /// <param name="workbook">What stands before the sheets of the workbook.</param>
    public Xlsx(string sheetData, string after = "", string workbook = "")
    {
        Set("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>""");
        Set("_rels/.rels", $"""<Relationships xmlns="{Package}"><Relationship Id="r1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        Set("xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Office}">{workbook}<sheets><sheet name="Лист1" sheetId="1" r:id="r1"/></sheets></workbook>""");
        Relations("");
        Set("xl/worksheets/sheet1.xml", $"""<worksheet xmlns="{Main}"><sheetData>{sheetData}</sheetData>{after}</worksheet>""");
        Set("xl/styles.xml", $"""<styleSheet xmlns="{Main}"><numFmts><numFmt numFmtId="164" formatCode="dd\.mm\.yyyy"/><numFmt numFmtId="165" formatCode="0.00&quot; дней&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>""");
    }

    /// <summary>Rows of inline texts.</summary>
    public static Xlsx Of(params string?[][] rows) => new(Rows(rows));

    public static string Rows(IEnumerable<string?[]> rows) => string.Concat(rows.Select(row => $"<row>{string.Concat(row.Select(Cell))}</row>"));

    public static string Cell(string? text) => text is null ? "<c/>" : $"<c t=\"inlineStr\"><is><t>{text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)}</t></is></c>";

    public Xlsx Relations(string more) => Set("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Package}"><Relationship Id="r1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{Office}/styles" Target="styles.xml"/><Relationship Id="r3" Type="{Office}/sharedStrings" Target="sharedStrings.xml"/>{more}</Relationships>""");

    public Xlsx Shared(params string[] items) => Set("xl/sharedStrings.xml", $"""<sst xmlns="{Main}">{string.Concat(items.Select(item => $"<si>{item}</si>"))}</sst>""");

    public Xlsx Set(string part, string text) => Set(part, Encoding.UTF8.GetBytes(text));

    public Xlsx Set(string part, byte[] bytes)
    {
        parts[part] = bytes;
        return this;
    }

    public Xlsx Remove(string part)
    {
        parts.Remove(part);
        return this;
    }

    public string Text(string part) => Encoding.UTF8.GetString(parts[part]);

    public byte[] Bytes()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in parts)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(bytes);
            }
        return memory.ToArray();
    }
}
