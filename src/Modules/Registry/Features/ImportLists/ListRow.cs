using System.Globalization;
using MySchool.Kernel.Sheets;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>A name in three parts, whole and fit to be written.</summary>
internal sealed record ListName(string Last, string First, string Middle)
{
    private const int StemLength = 4;

    /// <summary>As names are compared: «ё» as «е», no spaces or hyphens.</summary>
    public string Key => $"{Plain(Last)}|{Plain(First)}|{Plain(Middle)}";

    /// <summary>«петр» of «Петрова» and «Петров»: what a father and a daughter share.</summary>
    public string Stem => Plain(Last) is { Length: > StemLength } last ? last[..StemLength] : Plain(Last);

    /// <summary>«Петрова Анна Ильинична»; initials and single words are nobody's whole name.</summary>
    public static ListName? Parse(string text)
    {
        var words = text.Split([' ', '\u00A0', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length < 2 || words.Take(2).Any(word => word.Length < 2 || word.Contains('.', StringComparison.Ordinal)) ? null
            : new ListName(words[0], words[1], string.Join(' ', words.Skip(2)));
    }

    private static string Plain(string text) => string.Concat(text.ToLowerInvariant().Replace('ё', 'е').Where(char.IsLetter));
}

/// <summary>A row of a list, field by field; what is wrong goes to the bad rows under the column's own title.</summary>
internal sealed class ListRow(string sheet, ListHeader header, BadRows bad)
{
    private const int MaxText = 300;
    private const int FirstBirthYear = 1900;
    private static readonly string[] DateForms = ["d.M.yyyy", "yyyy-MM-dd", "d/M/yyyy", "d-M-yyyy", "d M yyyy"];
    private readonly Dictionary<ListField, List<SheetCell>> cells = [];
    private int filled;

    public int Number { get; private set; }

    /// <summary>Whether there is anything but one lonely cell: a total, a remark, a line drawn by hand.</summary>
    public bool IsPerson => filled > 1 || (filled == 1 && header.Columns.Length == 1);

    public void Take(int number, IReadOnlyList<SheetCell> from)
    {
        Number = number;
        filled = from.Count;
        cells.Clear();
        foreach (var column in header.Columns)
            if (column.Field != ListField.None)
                foreach (var cell in from.Where(cell => cell.Column == column.Index))
                {
                    if (cell.IsError) Refuse(column.Field, Texts.ListCellError);
                    else if (cells.TryGetValue(column.Field, out var more)) more.Add(cell);
                    else cells[column.Field] = [cell];
                }
    }

    public void Refuse(ListField field, string reason) => bad.Add(sheet, Number, TitleOf(field), reason);

    public string TitleOf(ListField field) => header.Columns.FirstOrDefault(column => column.Field == field)?.Title ?? "";

    public string Text(ListField field)
    {
        if (!cells.TryGetValue(field, out var found)) return "";
        var text = string.Join(' ', found.Select(cell => cell.Value switch
        {
            double number => number.ToString(number == Math.Floor(number) ? "0" : "R", CultureInfo.InvariantCulture),
            DateTime date => date.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
            var other => other.ToString()!,
        })).Trim();
        return text.Length <= MaxText ? text : text[..MaxText];
    }

    /// <summary>The person's name: one column, or three.</summary>
    public ListName? Name()
    {
        var inParts = header.Has(ListField.LastName) && header.Has(ListField.FirstName);
        var text = inParts ? $"{Text(ListField.LastName)} {Text(ListField.FirstName)}" : Text(ListField.FullName);
        if (ListName.Parse(text) is not { } name)
        {
            Refuse(inParts ? ListField.LastName : ListField.FullName, Texts.ListNameNotWhole);
            return null;
        }
        return inParts ? new ListName(Text(ListField.LastName), Text(ListField.FirstName), Text(ListField.MiddleName)) : name;
    }

    /// <summary>Another person of the row: a parent, a child, a class leader.</summary>
    public ListName? Other(ListField field)
    {
        var text = Text(field);
        if (text.Length == 0 || text is "-" or "–" or "—") return null;
        if (ListName.Parse(text) is { } name) return name;
        Refuse(field, Texts.ListNameNotWhole);
        return null;
    }

    public DateOnly? BirthDate()
    {
        if (!cells.TryGetValue(ListField.BirthDate, out var found)) return null;
        var date = found[0].Value is DateTime known ? DateOnly.FromDateTime(known)
            : DateOnly.TryParseExact(Text(ListField.BirthDate).TrimEnd('.', ' ').Replace("г", "", StringComparison.Ordinal).TrimEnd('.', ' '), DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var typed)
                ? typed : (DateOnly?)null;
        if (date is { Year: >= FirstBirthYear and <= 2099 }) return date;
        Refuse(ListField.BirthDate, Texts.ListDate);
        return null;
    }

    public string Snils()
    {
        var text = Text(ListField.Snils);
        if (text.Length == 0) return "";
        // Written as a number it has lost its zeros in front.
        if (cells[ListField.Snils][0].Value is double && text.Length < 11) text = text.PadLeft(11, '0');
        if (Domain.Snils.TryParse(text, out var number)) return number.Digits;
        Refuse(ListField.Snils, Texts.BadSnils);
        return "";
    }

    public string Sex()
    {
        var text = Text(ListField.Gender);
        if (text.Length == 0) return "";
        if (ListWords.SexOf(text) is { } sex) return sex;
        Refuse(ListField.Gender, Texts.ListSex);
        return "";
    }

    public string? Class(string? above)
    {
        var text = Text(ListField.Class);
        if (text.Length == 0 && above is not null) return above;
        if (ListWords.ClassOf(text) is { } name) return name;
        Refuse(ListField.Class, text.Length == 0 ? Texts.ListNoClass : Texts.ListClass);
        return null;
    }
}
