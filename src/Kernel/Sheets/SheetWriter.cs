using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace MySchool.Kernel.Sheets;

/// <summary>A column of a sheet that the platform writes.</summary>
/// <param name="Title">What stands in the first row.</param>
/// <param name="Width">In characters, 1–255.</param>
/// <param name="Choices">When given, cells below take one of these and a spreadsheet shows them as a list.</param>
public sealed record SheetColumn(string Title, int Width = 16, IReadOnlyList<string>? Choices = null);

/// <summary>A sheet to write: a row of titles that stays in sight, and rows of text, numbers, dates and truths.</summary>
/// <param name="Name">At most 31 characters, without <c>[]:*?/\</c>.</param>
/// <param name="Columns">At least one.</param>
/// <param name="Rows">As many values as columns: null, string, integer, decimal, double, bool, <see cref="DateOnly"/>.</param>
public sealed record Sheet(string Name, IReadOnlyList<SheetColumn> Columns, IEnumerable<IReadOnlyList<object?>> Rows);

/// <summary>
/// Writes xlsx (ECMA-376) row by row. Text is always text: a name that begins with "=" stays a name and never becomes a formula.
/// </summary>
public static class SheetWriter
{
    /// <summary>Media type of the file.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const uint TitleStyle = 1;
    private const uint DateStyle = 2;
    private const int MostText = 32_767;
    private const int MostRows = 1_048_576;

    /// <summary>Writes the workbook to the end of the stream.</summary>
    /// <param name="output">Seekable and writable; left open.</param>
    /// <param name="sheets">At least one; sheets whose columns have choices get a hidden list beside them.</param>
    public static void Write(Stream output, params IReadOnlyList<Sheet> sheets)
    {
        ArgumentNullException.ThrowIfNull(sheets);
        using var document = SpreadsheetDocument.Create(output, SpreadsheetDocumentType.Workbook);
        var workbook = document.AddWorkbookPart();
        workbook.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
        var index = new DocumentFormat.OpenXml.Spreadsheet.Sheets();
        for (var i = 0; i < sheets.Count; i++)
        {
            var part = workbook.AddNewPart<WorksheetPart>();
            WriteSheet(part, sheets[i]);
            index.Append(new DocumentFormat.OpenXml.Spreadsheet.Sheet { Id = workbook.GetIdOfPart(part), SheetId = (uint)i + 1, Name = sheets[i].Name });
        }
        workbook.Workbook = new Workbook(index);
    }

    private static void WriteSheet(WorksheetPart part, Sheet sheet)
    {
        using var writer = OpenXmlWriter.Create(part);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(new SheetViews(new SheetView(
            new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
        writer.WriteElement(new Columns(sheet.Columns.Select((column, at) =>
            new Column { Min = (uint)at + 1, Max = (uint)at + 1, Width = column.Width, CustomWidth = true })));
        writer.WriteStartElement(new SheetData());
        WriteRow(writer, [.. sheet.Columns.Select(column => column.Title)], TitleStyle);
        foreach (var row in sheet.Rows) WriteRow(writer, row, 0);
        writer.WriteEndElement();
        if (sheet.Columns.Any(column => column.Choices is not null)) writer.WriteElement(Choices(sheet.Columns));
        writer.WriteEndElement();
    }

    private static void WriteRow(OpenXmlWriter writer, IReadOnlyList<object?> values, uint style)
    {
        writer.WriteStartElement(new Row());
        foreach (var value in values) writer.WriteElement(CellOf(value, style));
        writer.WriteEndElement();
    }

    private static Cell CellOf(object? value, uint style) => value switch
    {
        null => new Cell(),
        DateOnly date => new Cell { CellValue = new CellValue(date.ToDateTime(TimeOnly.MinValue).ToOADate()), StyleIndex = DateStyle },
        bool truth => new Cell { DataType = CellValues.Boolean, CellValue = new CellValue(truth), StyleIndex = style },
        short or int or long or decimal or double => new Cell
        { CellValue = new CellValue(Convert.ToString(value, CultureInfo.InvariantCulture)!), StyleIndex = style },
        _ => new Cell
        {
            DataType = CellValues.InlineString, StyleIndex = style,
            InlineString = new InlineString(new Text(Clean(value.ToString()!)) { Space = SpaceProcessingModeValues.Preserve }),
        },
    };

    // XML 1.0 §2.2 has no place for other control characters.
    private static string Clean(string text) =>
        string.Concat(text.Take(MostText).Where(c => !char.IsControl(c) || c is '\n' or '\t'));

    private static DataValidations Choices(IReadOnlyList<SheetColumn> columns) => new(
        columns.Select((column, at) => (column, at)).Where(pair => pair.column.Choices is not null).Select(pair => new DataValidation(
            new Formula1($"\"{string.Join(',', pair.column.Choices!.Select(choice => choice.Replace("\"", "\"\"", StringComparison.Ordinal)))}\""))
        {
            Type = DataValidationValues.List, AllowBlank = true, ShowErrorMessage = true,
            SequenceOfReferences = new ListValue<StringValue> { InnerText = $"{Letters(pair.at)}2:{Letters(pair.at)}{MostRows}" },
        }));

    /// <summary>Letters of a column as spreadsheets name it: 0 is A, 26 is AA.</summary>
    /// <param name="column">From 0 to 16,383.</param>
    public static string Letters(int column) =>
        column < 26 ? ((char)('A' + column)).ToString() : Letters((column / 26) - 1) + (char)('A' + (column % 26));

    private static Stylesheet Styles() => new(
        new Fonts(new Font(), new Font(new Bold())),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
        new Borders(new Border()),
        new CellFormats(
            new CellFormat(),
            new CellFormat { FontId = 1, ApplyFont = true },
            new CellFormat { NumberFormatId = 14, ApplyNumberFormat = true }));
}
