using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using MySchool.Kernel.Sheets;
using Xunit;
using Sheet = MySchool.Kernel.Sheets.Sheet;

namespace MySchool.Modules.Tests.Kernel;

public sealed class SheetWriterTests
{
    [Fact]
    public void Workbook_is_valid_by_the_standard()
    {
        using var file = Written(new Sheet("Люди", [new("Фамилия"), new("Пол", 8, ["муж.", "жен."])], [["Иванова", "жен."], [null, null]]));
        using var document = SpreadsheetDocument.Open(file, false);
        Assert.Empty(new OpenXmlValidator().Validate(document).Select(error => $"{error.Path?.XPath}: {error.Description}"));
    }

    [Theory]
    [InlineData("=1+1"), InlineData("+7"), InlineData("@SUM(A1)"), InlineData("<b>&")]
    public void Text_never_becomes_a_formula(string text)
    {
        using var file = Written(new Sheet("Лист", [new("Имя")], [[text]]));
        using var document = SpreadsheetDocument.Open(file, false);
        var cell = Cells(document).Last();
        Assert.Null(cell.CellFormula);
        Assert.Equal((CellValues.InlineString, text), (cell.DataType!.Value, cell.InnerText));
    }

    [Fact]
    public void Values_keep_their_kinds()
    {
        using var file = Written(new Sheet("Лист", [new("А"), new("Б"), new("В")], [[7, 4.25m, new DateOnly(2026, 11, 27)]]));
        using var document = SpreadsheetDocument.Open(file, false);
        Assert.Equal(["7", "4.25", "46353"], Cells(document).Skip(3).Select(cell => cell.InnerText));
    }

    [Theory]
    [InlineData(0, "A"), InlineData(25, "Z"), InlineData(26, "AA"), InlineData(701, "ZZ"), InlineData(702, "AAA")]
    public void Columns_are_named_as_spreadsheets_do(int column, string letters) => Assert.Equal(letters, SheetWriter.Letters(column));

    private static IEnumerable<Cell> Cells(SpreadsheetDocument document) =>
        document.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<Cell>();

    private static MemoryStream Written(params Sheet[] sheets)
    {
        var file = new MemoryStream();
        SheetWriter.Write(file, sheets);
        file.Position = 0;
        return file;
    }
}
