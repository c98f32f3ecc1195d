using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using MySchool.Kernel.Sheets;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>A column of a list: where it stands, what it is called, what it was taken for.</summary>
internal sealed record ListColumn(int Index, string Title, ListField Field);

/// <summary>The header of a sheet: found within its first rows by the words schools use, or as the school explained it before.</summary>
/// <param name="FirstRow">The first row of people.</param>
/// <param name="Columns">Every column with a title.</param>
/// <param name="Signature">SHA-256 of the titles: the same list next year has the same one.</param>
/// <param name="ClassAbove">The class a line above the header speaks of, or null.</param>
internal sealed record ListHeader(int FirstRow, ImmutableArray<ListColumn> Columns, string Signature, string? ClassAbove)
{
    private const int RowsLookedAt = 20;

    public bool Has(ListField field) => Columns.Any(column => column.Field == field);

    /// <summary>Whether it tells enough: somebody's name and what ties them to the school.</summary>
    public bool IsEnough => (Has(ListField.FullName) || (Has(ListField.LastName) && Has(ListField.FirstName)));

    /// <summary>Reads the first rows of a sheet; null when none of them is a header.</summary>
    /// <param name="reader">A reader of the workbook; the sheet is started anew.</param>
    /// <param name="sheet">The sheet.</param>
    /// <param name="known">Columns by signature, as the school explained them.</param>
    public static ListHeader? Find(SheetReader reader, SheetInfo sheet, IReadOnlyDictionary<string, ImmutableArray<ListField>> known)
    {
        var merges = reader.Merges(sheet);
        var rows = new List<(int Row, Dictionary<int, string> Cells)>();
        reader.Start(sheet);
        while (reader.Read() && reader.Row <= RowsLookedAt + 1)
            rows.Add((reader.Row, reader.Cells.ToDictionary(cell => cell.Column, cell => cell.Value.ToString()!.Trim())));
        ListHeader? best = null;
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Row > RowsLookedAt) break;
            var header = Of(rows, i, merges, known);
            if (header.Columns.Length >= 2 && header.IsEnough && Score(header) > Score(best)) best = header;
        }
        // When no row speaks the known words, the fullest one may be explained by hand.
        return best ?? (rows.Where(row => row.Row <= RowsLookedAt && row.Cells.Count >= 2).OrderByDescending(row => row.Cells.Count).Select(row => row.Row).FirstOrDefault() is > 0 and var fullest
            ? Of(rows, rows.FindIndex(row => row.Row == fullest), merges, known) : null);
    }

    private static int Score(ListHeader? header) => header?.Columns.Select(column => column.Field).Where(field => field != ListField.None).Distinct().Count() ?? 1;

    // A title merged over several columns is said before each of the titles under it: «Мать: Фамилия», «Мать: Имя».
    private static ListHeader Of(
        List<(int Row, Dictionary<int, string> Cells)> rows, int at, IReadOnlyList<SheetMerge> merges, IReadOnlyDictionary<string, ImmutableArray<ListField>> known)
    {
        var (number, cells) = rows[at];
        var wide = merges.Where(merge => merge.FirstRow == number && merge.LastRow == number && merge.LastColumn > merge.FirstColumn && cells.ContainsKey(merge.FirstColumn)).ToList();
        var below = wide.Count > 0 && at + 1 < rows.Count && rows[at + 1].Row == number + 1 ? rows[at + 1].Cells : null;
        var isDouble = below is not null && wide.Any(merge => Enumerable.Range(merge.FirstColumn, Math.Min(merge.LastColumn - merge.FirstColumn + 1, 50)).Count(below.ContainsKey) > 1);
        var titles = new SortedDictionary<int, string>(cells);
        if (isDouble)
            foreach (var (column, title) in below!)
            {
                var above = wide.FirstOrDefault(merge => column >= merge.FirstColumn && column <= merge.LastColumn);
                titles[column] = above.LastColumn > 0 ? $"{cells[above.FirstColumn]} {title}" : titles.GetValueOrDefault(column) ?? title;
            }
        var last = merges.Where(merge => merge.FirstRow == number).Select(merge => merge.LastRow).DefaultIfEmpty(number).Max();
        var signature = SignatureOf(titles.Values);
        var fields = known.TryGetValue(signature, out var explained) && explained.Length == titles.Count ? explained : [.. titles.Select(title => ListWords.FieldOf(title.Value) is var field && field == ListField.None && below?.TryGetValue(title.Key, out var own) == true ? ListWords.FieldOf(own) : field)];
        var above2 = rows.Take(at).SelectMany(row => row.Cells.Values).Select(ListWords.ClassWithin).FirstOrDefault(name => name is not null);
        return new ListHeader(isDouble ? number + 2 : Math.Min(last, number + 2) + 1, [.. titles.Select((title, i) => new ListColumn(title.Key, title.Value, fields[i]))], signature, above2);
    }

    private static string SignatureOf(IEnumerable<string> titles) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', titles.Select(ListWords.Plain)))));
}
