using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MySchool.Modules.Tests.Kernel;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Files that no import should take, each made by code: a name, the file's own name, how it is made.</summary>
internal static class BadFiles
{
    private const string Head = "<row><c t=\"str\"><v>ФИО</v></c><c t=\"str\"><v>Класс</v></c></row>";
    private const string External = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink";
    private const string Bomb = """<!DOCTYPE x [<!ENTITY a "ааааааааааааааааааааааааааааааааааааааааа"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>""";

    public static IReadOnlyDictionary<string, (string File, Func<byte[]> Make)> All { get; } = new Dictionary<string, (string, Func<byte[]>)>
    {
        // What is not what its name says.
        ["empty xlsx"] = ("список.xlsx", () => []),
        ["empty zip"] = ("выгрузка.zip", () => [.. "PK"u8, 5, 6, .. new byte[18]]),
        ["text as xlsx"] = ("список.xlsx", () => Encoding.UTF8.GetBytes("ФИО;Класс\nПетров Пётр;7А\n")),
        ["html as xls"] = ("список.xls", () => "<html><table><tr><td>ФИО</td></tr></table></html>"u8.ToArray()),
        ["old xls as xlsx"] = ("список.xlsx", () => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504]]),
        ["ods as xlsx"] = ("список.xlsx", () => Zip(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>"))),
        ["xlsb"] = ("список.xlsb", () => Book().Remove("xl/workbook.xml").Set("xl/workbook.bin", "x").Bytes()),
        ["docx as xlsx"] = ("список.xlsx", () => Book().Set("word/document.xml", "<x/>").Bytes()),
        ["pptx as xlsx"] = ("список.xlsx", () => Book().Set("ppt/presentation.xml", "<x/>").Bytes()),
        ["png as xlsx"] = ("список.xlsx", () => [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. new byte[100]]),
        ["pdf as zip"] = ("выгрузка.zip", () => "%PDF-1.7 "u8.ToArray()),
        ["gzip as zip"] = ("выгрузка.zip", () => [0x1F, 0x8B, 8, .. new byte[60]]),
        ["zip of anything"] = ("выгрузка.zip", () => Zip(("readme.txt", "hi"))),
        ["macros"] = ("список.xlsm", () => Book().Set("xl/vbaProject.bin", "x").Bytes()),
        ["macros under another name"] = ("список.xlsx", () => Book().Set("xl/macrosheets/sheet1.xml", "<x/>").Bytes()),
        // Broken packages.
        ["cut in half"] = ("список.xlsx", () => Book().Bytes()[..400]),
        ["cut at the end"] = ("список.xlsx", () => Book().Bytes()[..^30]),
        ["noise inside"] = ("список.xlsx", () => Noise(Book().Bytes())),
        ["oneroster cut in half"] = ("выгрузка.zip", () => new RosterFiles().Zip()[..900]),
        ["lying size"] = ("список.xlsx", () => Lying(Book().Bytes())),
        ["twin parts"] = ("список.xlsx", () => Zip(("[Content_Types].xml", "<x/>"), ("_rels/.rels", "<x/>"), ("xl/a.xml", "<x/>"), ("xl/a.xml", "<y/>"))),
        ["no content types"] = ("список.xlsx", () => Book().Remove("[Content_Types].xml").Bytes()),
        ["no relations"] = ("список.xlsx", () => Book().Remove("_rels/.rels").Bytes()),
        ["no workbook"] = ("список.xlsx", () => Book().Remove("xl/workbook.xml").Bytes()),
        ["no workbook relations"] = ("список.xlsx", () => Book().Remove("xl/_rels/workbook.xml.rels").Bytes()),
        ["no sheet part"] = ("список.xlsx", () => Book().Remove("xl/worksheets/sheet1.xml").Bytes()),
        ["no sheets at all"] = ("список.xlsx", () => Book().Set("xl/workbook.xml", $"<workbook xmlns=\"{Xlsx.Main}\"><sheets/></workbook>").Bytes()),
        ["sheet above the package"] = ("список.xlsx", () => Book().Set("xl/_rels/workbook.xml.rels", Book().Text("xl/_rels/workbook.xml.rels").Replace("worksheets/sheet1.xml", "../../../../etc/passwd", StringComparison.Ordinal)).Bytes()),
        ["five thousand parts"] = ("список.xlsx", () => Many(Book(), 5000).Bytes()),
        ["a hundred sheets"] = ("список.xlsx", () => Book().Set("xl/workbook.xml", Book().Text("xl/workbook.xml").Replace("<sheets>", "<sheets>" + string.Concat(Enumerable.Repeat("<sheet name=\"Л\" r:id=\"r1\"/>", 100)), StringComparison.Ordinal)).Bytes()),
        // Bombs.
        ["bomb of spaces in a sheet"] = ("список.xlsx", () => new Xlsx(Head + new string(' ', 120 << 20)).Bytes()),
        ["bomb in shared strings"] = ("список.xlsx", () => Book().Shared($"<t>{new string('a', 130 << 20)}</t>").Bytes()),
        ["oneroster bomb"] = ("выгрузка.zip", () => new RosterFiles().Set("users.csv", new byte[300 << 20]).Zip()),
        ["ten thousand files"] = ("выгрузка.zip", () => Zip([("orgs.csv", "x"), .. Enumerable.Range(0, 10_001).Select(n => ($"f{n}.csv", ""))])),
        ["zip in folders"] = ("выгрузка.zip", () => Zip(("orgs.csv", "x"), ("папка/users.csv", "x"))),
        ["zip slip"] = ("выгрузка.zip", () => Zip(("orgs.csv", "x"), ("../../users.csv", "x"))),
        // XML.
        ["dtd in a sheet"] = ("список.xlsx", () => Book().Set("xl/worksheets/sheet1.xml", "<!DOCTYPE x><worksheet/>").Bytes()),
        ["entity bomb in a sheet"] = ("список.xlsx", () => Book().Set("xl/worksheets/sheet1.xml", Bomb + "<worksheet><sheetData>&d;</sheetData></worksheet>").Bytes()),
        ["entity bomb in shared strings"] = ("список.xlsx", () => Book().Set("xl/sharedStrings.xml", Bomb + "<sst><si><t>&d;</t></si></sst>").Bytes()),
        ["external entity in the workbook"] = ("список.xlsx", () => Book().Set("xl/workbook.xml", """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><workbook>&f;</workbook>""").Bytes()),
        ["dtd in relations"] = ("список.xlsx", () => Book().Set("_rels/.rels", "<!DOCTYPE x><Relationships/>").Bytes()),
        ["sheet of another language"] = ("список.xlsx", () => Book().Set("xl/worksheets/sheet1.xml", "{\"rows\": []}").Bytes()),
        ["unclosed sheet"] = ("список.xlsx", () => Book().Set("xl/worksheets/sheet1.xml", $"<worksheet><sheetData>{Head}<row>").Bytes()),
        ["bytes that are no letters"] = ("список.xlsx", () => Book().Set("xl/worksheets/sheet1.xml", [.. "<worksheet><sheetData><row><c t=\"str\"><v>"u8, 0xFF, 0xFE, 0xC3, 0x28]).Bytes()),
        ["control characters"] = ("список.xlsx", () => new Xlsx(Head + "<row><c t=\"str\"><v>Пет&#x1;ров</v></c></row>").Bytes()),
        ["rows from below zero"] = ("список.xlsx", () => new Xlsx("<row r=\"0\"><c t=\"str\"><v>ФИО</v></c></row>").Bytes()),
        ["row beyond the last"] = ("список.xlsx", () => new Xlsx(Head + "<row r=\"9999999\"><c t=\"str\"><v>Петров Пётр</v></c></row>").Bytes()),
        ["column beyond the last"] = ("список.xlsx", () => new Xlsx(Head + "<row><c r=\"ZZZZ1\" t=\"str\"><v>Петров Пётр</v></c></row>").Bytes()),
        // Tables that are no lists.
        ["sixteen thousand columns"] = ("список.xlsx", () => new Xlsx($"<row>{string.Concat(Enumerable.Repeat("<c t=\"str\"><v>ФИО</v></c>", 16_384))}</row>").Bytes()),
        ["a million empty rows"] = ("список.xlsx", () => new Xlsx(string.Concat(Enumerable.Range(1, 1_000_000).Select(n => $"<row r=\"{n}\"/>"))).Bytes()),
        ["too many rows"] = ("список.xlsx", () => new Xlsx(Head + string.Concat(Enumerable.Repeat("<row><c><v>1</v></c></row>", 200_001))).Bytes()),
        ["no header"] = ("список.xlsx", () => Xlsx.Of(["Петров Пётр", "7А"], ["Ильин Илья", "7А"]).Bytes()),
        ["header too low"] = ("список.xlsx", () => Xlsx.Of([.. Enumerable.Repeat((string?[])["текст"], 25), ["ФИО", "Класс"], ["Петров Пётр", "7А"]]).Bytes()),
        ["header without a name"] = ("список.xlsx", () => Xlsx.Of(["Класс", "Дата рождения"], ["7А", "01.02.2013"]).Bytes()),
        ["header alone"] = ("список.xlsx", () => new Xlsx(Head).Bytes()),
        ["everything hidden"] = ("список.xlsx", () => Book().Set("xl/workbook.xml", Book().Text("xl/workbook.xml").Replace("sheetId=", "state=\"hidden\" sheetId=", StringComparison.Ordinal)).Bytes()),
        ["name in a merged header only"] = ("список.xlsx", () => new Xlsx(Xlsx.Rows([["Сведения", null], ["Класс", "Пол"], ["7А", "м"]]), "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells>").Bytes()),
        // Lists with bad rows.
        ["formula without a value"] = ("список.xlsx", () => new Xlsx(Head + "<row><c t=\"str\"><f>A9</f></c><c t=\"str\"><v>7А</v></c><c t=\"str\"><v>x</v></c></row>").Bytes()),
        ["formula that failed"] = ("список.xlsx", () => new Xlsx(Head + "<row><c t=\"e\"><f>A9/0</f><v>#DIV/0!</v></c><c t=\"str\"><v>7А</v></c></row>").Bytes()),
        ["external link that failed"] = ("список.xlsx", () => new Xlsx(Head + "<row><c t=\"e\"><f>[1]Лист1!A1</f><v>#REF!</v></c><c t=\"str\"><v>7А</v></c></row>").Relations($"<Relationship Id=\"r9\" Type=\"{External}\" Target=\"https://example.test/x.xlsx\" TargetMode=\"External\"/>").Bytes()),
        ["day 60 of 1900"] = ("список.xlsx", () => Born("<c s=\"1\"><v>60</v></c>").Bytes()),
        ["born in 1899"] = ("список.xlsx", () => Born("<c s=\"1\"><v>-400</v></c>").Bytes()),
        ["born in 2200 of the calendar of 1904"] = ("список.xlsx", () => Born("<c s=\"1\"><v>109000</v></c>", "<workbookPr date1904=\"1\"/>").Bytes()),
        ["initials"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс"], ["Петров П. И.", "7А"]).Bytes()),
        ["one word for a name"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс"], ["Петров", "7А"]).Bytes()),
        ["the same column twice"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс", "Класс"], ["Петров Пётр", "7А", "7Б"]).Bytes()),
        ["class thirteen"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс"], ["Петров Пётр", "13А"]).Bytes()),
        ["wrong СНИЛС"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс", "СНИЛС"], ["Петров Пётр", "7А", "123-456-789 00"]).Bytes()),
        ["direction turned"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс"], ["Пет\u202Eров Пётр", "7А"]).Bytes()),
        ["a name longer than any"] = ("список.xlsx", () => Xlsx.Of(["ФИО", "Класс"], [new string('Я', 200) + " Пётр", "7А"]).Bytes()),
        // OneRoster.
        ["utf-16"] = ("выгрузка.zip", () => new RosterFiles().Set("users.csv", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("sourcedId,familyName,givenName\n")).ToArray()).Zip()),
        ["cyclic orgs"] = ("выгрузка.zip", () => new RosterFiles().Set("orgs.csv", "sourcedId,name,type,parentSourcedId\nr1,Область,state,s1\ns1,Школа № 1,school,r1\n").Zip()),
        ["cyclic sessions"] = ("выгрузка.zip", () => new RosterFiles().Change("academicSessions.csv", "schoolYear,2026-09-01,2027-05-31,", "term,2026-09-01,2027-05-31,t1").Zip()),
        ["header of duplicate columns"] = ("выгрузка.zip", () => new RosterFiles().Set("users.csv", "sourcedId,sourcedId,sourcedId\nu1,u2,u3\n").Zip()),
        ["quote without an end"] = ("выгрузка.zip", () => new RosterFiles().Set("users.csv", new RosterFiles().Text("users.csv") + "u9,\"" + new string('я', 100_000)).Zip()),
        ["delta"] = ("выгрузка.zip", () => new RosterFiles().Change("manifest.csv", "file.users,bulk", "file.users,delta").Zip()),
        ["excel of 1997 as a csv"] = ("выгрузка.zip", () => new RosterFiles().Set("users.csv", [0xD0, 0xCF, 0x11, 0xE0, 0, 0]).Zip()),
        ["no users"] = ("выгрузка.zip", () => new RosterFiles().Remove("users.csv").Zip()),
    };

    private static Xlsx Book() => Xlsx.Of(["ФИО", "Класс"], ["Петров Пётр", "7А"]);

    private static Xlsx Born(string cell, string workbook = "") => new(
        $"<row><c t=\"str\"><v>ФИО</v></c><c t=\"str\"><v>Класс</v></c><c t=\"str\"><v>Дата рождения</v></c></row><row><c t=\"str\"><v>Петров Пётр</v></c><c t=\"str\"><v>7А</v></c>{cell}</row>", workbook: workbook);

    private static Xlsx Many(Xlsx book, int parts)
    {
        for (var i = 0; i < parts; i++) book.Set($"xl/media/{i}.xml", "<x/>");
        return book;
    }

    private static byte[] Zip(params IEnumerable<(string Name, string Text)> files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        return memory.ToArray();
    }

    // The packed bytes of the first parts are no longer what they were.
    private static byte[] Noise(byte[] book)
    {
        for (var i = 60; i < 600; i += 7) book[i] ^= 0x5A;
        return book;
    }

    // Each entry of the directory says it is eight bytes long.
    private static byte[] Lying(byte[] book)
    {
        for (var at = book.AsSpan().IndexOf("PK\x1\x2"u8); at >= 0 && at < book.Length - 46;)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(book.AsSpan(at + 24), 8);
            var next = book.AsSpan(at + 4).IndexOf("PK\x1\x2"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }
        return book;
    }
}
