using System.Globalization;
using System.Xml;

namespace MySchool.Kernel.Sheets;

/// <summary>Turns a cell of the file into a value.</summary>
internal sealed class SheetCellReader(XmlReader xml, SheetBook book)
{
    // Days between the beginnings of the two calendars: 1900 and 1904.
    private const int CalendarsApart = 1462;
    private const double LastDay = 2_958_466;

    /// <summary>Reads from the start of the element to its end; null when the cell is empty.</summary>
    public SheetCell? Read(int column)
    {
        var type = xml.GetAttribute("t") ?? "n";
        var style = SheetBook.Number(xml.GetAttribute("s")) ?? 0;
        if (xml.IsEmptyElement) return null;
        var (text, inline, isFormula) = ReadContent();
        object? value = type switch
        {
            "s" => SheetBook.Number(text?.Trim()) is { } index ? Filled(book.Shared(index)) : null,
            "inlineStr" => Filled(inline),
            "str" or "e" => Filled(text),
            "b" => text is null ? null : text.Trim() is "1" or "true",
            "d" => DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : Filled(text),
            _ => Number(text, style) ?? Filled(inline),
        };
        return value is null ? null : new SheetCell(column, value, isFormula, type == "e");
    }

    private (string? Text, string? Inline, bool IsFormula) ReadContent()
    {
        var depth = xml.Depth;
        string? text = null, inline = null;
        var isFormula = false;
        var isRead = xml.Read();
        while (isRead && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "v")
            {
                text = xml.ReadElementContentAsString();
                continue;
            }
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "is") inline = SheetText.Read(xml);
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "f") isFormula = true;
            isRead = xml.Read();
        }
        return (text, inline, isFormula);
    }

    private object? Number(string? text, int style)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return text;
        return book.IsDate(style) && DateOf(number) is { } date ? date : number;
    }

    /// <summary>The day of a serial number. The calendar of 1900 has a 29 February that never was: day 60 is nobody's.</summary>
    private DateTime? DateOf(double serial)
    {
        if (book.IsFrom1904) serial += CalendarsApart;
        else if (serial is >= 60 and < 61) return null;
        else if (serial is >= 1 and < 60) serial++;
        return serial is >= 1 and < LastDay ? DateTime.FromOADate(serial) : null;
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>Addresses of cells: «AB12».</summary>
internal static class SheetAddress
{
    private const int Letters = 26;
    private const int LastColumn = 16_384;

    /// <summary>Column of an address, 0 is A; null when there is none.</summary>
    public static int? Column(string? address)
    {
        var column = 0;
        var read = 0;
        foreach (var letter in address ?? "")
        {
            if (!char.IsAsciiLetter(letter)) break;
            column = (column * Letters) + (char.ToUpperInvariant(letter) - 'A' + 1);
            read++;
            if (column > LastColumn) throw new FormatException(address);
        }
        return read == 0 ? null : column - 1;
    }

    public static SheetMerge? Merge(string? range)
    {
        var ends = (range ?? "").Split(':');
        if (ends.Length != 2 || Column(ends[0]) is not { } left || Column(ends[1]) is not { } right) return null;
        return Row(ends[0]) is { } top && Row(ends[1]) is { } bottom ? new SheetMerge(top, bottom, left, right) : null;
    }

    private static int? Row(string address) => SheetBook.Number(address.TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".ToCharArray()));
}
