using MySchool.Kernel.Sheets;
using Xunit;
using Sheet = MySchool.Kernel.Sheets.Sheet;

namespace MySchool.Modules.Tests.Kernel;

public sealed class SheetReaderTests : IDisposable
{
    private readonly List<string> files = [];

    public void Dispose() => files.ForEach(File.Delete);

    [Fact]
    public void What_the_platform_writes_it_reads()
    {
        using var memory = new MemoryStream();
        SheetWriter.Write(memory, new Sheet("Люди", [new("Имя"), new("Число"), new("День"), new("Да")], [["=1+1", 4.25m, new DateOnly(2013, 5, 14), true], [null, null, null, null], ["Ёлкина", null, null, false]]));
        Assert.Equal(
            ["1: Имя, Число, День, Да", "2: =1+1, 4,25, 14.05.2013, True", "4: Ёлкина, D=False"],
            Read(memory.ToArray()));
    }

    [Fact]
    public void Shared_rich_and_inline_strings_read_as_their_text() => Assert.Equal(
        ["1: Петров, Анна, Ива нов"],
        Read(new Xlsx("""<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t xml:space="preserve">Ива </t></r><r><t>нов</t></r></is></c></row>""")
            .Shared("<t>Петров</t>", "<r><t>Ан</t></r><r><t>на</t></r><rPh><t>читается так</t></rPh>")));

    [Theory]
    [InlineData("", 1, "01.01.1900"), InlineData("", 59, "28.02.1900"), InlineData("", 61, "01.03.1900"), InlineData("", 41408, "14.05.2013")]
    [InlineData("""<workbookPr date1904="1"/>""", 0, "01.01.1904"), InlineData("""<workbookPr date1904="1"/>""", 39946, "14.05.2013"), InlineData("""<workbookPr date1904="0"/>""", 41408, "14.05.2013")]
    public void Days_are_counted_by_the_calendar_of_the_workbook(string workbook, int serial, string day)
    {
        foreach (var style in (int[])[1, 2])
            Assert.Equal([$"1: {day}"], Read(new Xlsx($"<row><c s=\"{style}\"><v>{serial}</v></c></row>", workbook: workbook)));
    }

    [Fact]
    public void The_day_that_never_was_stays_a_number() => Assert.Equal(["1: 60"], Read(new Xlsx("<row><c s=\"1\"><v>60</v></c></row>")));

    [Fact]
    public void A_number_with_the_word_days_is_no_date() => Assert.Equal(["1: 41408"], Read(new Xlsx("<row><c s=\"3\"><v>41408</v></c></row>")));

    [Fact]
    public void Formulas_give_what_they_came_to_and_are_counted()
    {
        using var reader = Open(new Xlsx("""<row><c t="str"><f>A2&amp;B2</f><v>7Б</v></c><c><f>1+1</f><v>2</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>NOW()</f></c></row>""").Bytes());
        reader.Start(reader.Sheets[0]);
        Assert.True(reader.Read());
        Assert.Equal((object[])["7Б", 2d, "#DIV/0!"], reader.Cells.Select(cell => cell.Value));
        Assert.Equal([true, true, true], reader.Cells.Select(cell => cell.IsFormula));
        Assert.Equal([false, false, true], reader.Cells.Select(cell => cell.IsError));
        Assert.Equal(3, reader.Formulas);
    }

    [Fact]
    public void Merged_cells_hold_their_value_once_and_are_told_of()
    {
        using var reader = Open(new Xlsx(Xlsx.Rows([["Мать", null, null]]), """<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="D1:D2"/></mergeCells>""").Bytes());
        Assert.Equal([new SheetMerge(1, 1, 0, 2), new SheetMerge(1, 2, 3, 3)], reader.Merges(reader.Sheets[0]));
        reader.Start(reader.Sheets[0]);
        Assert.True(reader.Read());
        Assert.Single(reader.Cells);
    }

    [Fact]
    public void Rows_and_cells_without_addresses_follow_one_another() => Assert.Equal(
        ["1: а", "5: B=б", "6: C=в, г"],
        Read(new Xlsx("""<row><c t="str"><v>а</v></c></row><row r="5"><c r="B5" t="str"><v>б</v></c></row><row><c r="C6" t="str"><v>в</v></c><c t="str"><v>г</v></c></row>""")));

    [Fact]
    public void A_million_empty_rows_hold_no_memory()
    {
        var rows = string.Concat(Enumerable.Range(1, 1_000_000).Select(row => $"<row r=\"{row}\"/>"));
        var file = Write(new Xlsx(rows + """<row r="1000001"><c t="str"><v>конец</v></c></row>""").Bytes());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var reader = Open(file);
        reader.Start(reader.Sheets[0]);
        Assert.True(reader.Read());
        Assert.Equal(1_000_001, reader.Row);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 8 << 20);
        Assert.False(reader.Read());
        Assert.Null(reader.Fault);
    }

    [Fact]
    public void Both_editions_of_the_standard_are_read() => Assert.Equal(["1: а"], Read(new Xlsx("<row><c t=\"str\"><v>а</v></c></row>")
        .Set("xl/worksheets/sheet1.xml", """<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row><x:c t="str"><x:v>а</x:v></x:c></x:row></x:sheetData></x:worksheet>""")));

    [Fact]
    public void Limits_end_the_reading_with_a_reason()
    {
        Assert.Equal("sheet.too-many-columns", FaultOf(new Xlsx("""<row><c r="GS1" t="str"><v>а</v></c></row>"""), new SheetLimits()));
        Assert.Null(FaultOf(new Xlsx("""<row><c r="GS1" s="1"/><c r="XFD1"/></row>"""), new SheetLimits()));
        Assert.Equal("sheet.too-many-rows", FaultOf(Xlsx.Of(["а"], ["б"], ["в"]), new SheetLimits(MaxRows: 2)));
        Assert.Equal("sheet.too-much-text", FaultOf(Xlsx.Of(["а"]).Shared($"<t>{new string('я', 2000)}</t>"), new SheetLimits(MaxSharedBytes: 1000)));
        Assert.Equal("sheet.too-big", FaultOf(new Xlsx("").Set("xl/worksheets/sheet1.xml", new string(' ', 70 << 20)), new SheetLimits()));
        Assert.Equal("sheet.too-many-parts", FaultOf(Xlsx.Of(["а"]), new SheetLimits(MaxEntries: 3)));
    }

    private static string? FaultOf(Xlsx book, SheetLimits limits)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, book.Bytes());
            var opened = SheetReader.Open(path, limits);
            if (!opened.IsOk) return opened.Problem!.Code;
            using var reader = opened.Value;
            reader.Start(reader.Sheets[0]);
            while (reader.Read()) { }
            return reader.Fault?.Code;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private List<string> Read(Xlsx book) => Read(book.Bytes());

    private List<string> Read(byte[] book)
    {
        using var reader = Open(book);
        reader.Start(reader.Sheets[0]);
        var rows = new List<string>();
        while (reader.Read())
        {
            var next = 0;
            rows.Add($"{reader.Row}: {string.Join(", ", reader.Cells.Select(cell =>
            {
                var text = (cell.Column == next ? "" : $"{SheetWriter.Letters(cell.Column)}=") + (cell.Value is DateTime date ? $"{date:dd.MM.yyyy}" : cell.Value is double number ? number.ToString(global::System.Globalization.CultureInfo.GetCultureInfo("ru-RU")) : $"{cell.Value}");
                next = cell.Column + 1;
                return text;
            }))}");
        }
        Assert.Null(reader.Fault);
        return rows;
    }

    private SheetReader Open(byte[] book) => Open(Write(book));

    private static SheetReader Open(string path)
    {
        var opened = SheetReader.Open(path, new SheetLimits());
        Assert.True(opened.IsOk, opened.Problem?.Message);
        return opened.Value;
    }

    private string Write(byte[] book)
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, book);
        files.Add(path);
        return path;
    }
}
