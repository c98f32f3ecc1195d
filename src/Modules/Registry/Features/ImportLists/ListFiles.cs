using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using MySchool.Registry.Features.ImportOneRoster;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>
/// A list as the files of the one import: written to a folder of their own, with every line traced back to the sheet and row
/// it came from, so that what the import refuses is told in the words of the list.
/// </summary>
internal sealed class ListFiles : IDisposable
{
    private static readonly (string Name, string[] Columns)[] Files =
    [
        ("manifest.csv", ["propertyName", "value"]),
        ("orgs.csv", ["sourcedId", "name", "type"]),
        ("academicSessions.csv", ["sourcedId", "title", "type", "startDate", "endDate"]),
        ("classes.csv", ["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds", "grades", "metadata.shift"]),
        ("users.csv", ["sourcedId", "familyName", "givenName", "middleName", "userIds", "roles", "orgSourcedIds", "agentSourcedIds"]),
        ("demographics.csv", ["sourcedId", "birthDate", "sex"]),
        ("enrollments.csv", ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"]),
    ];

    private static readonly Dictionary<string, ListField> Titles = new()
    {
        ["familyName"] = ListField.FullName, ["givenName"] = ListField.FirstName, ["middleName"] = ListField.MiddleName, ["userIds"] = ListField.Snils,
        ["roles"] = ListField.Position, ["birthDate"] = ListField.BirthDate, ["sex"] = ListField.Gender, ["title"] = ListField.Class, ["classSourcedId"] = ListField.Class,
    };

    private readonly GuardedFolder folder = new();
    private readonly Dictionary<string, List<string?[]>> rows = Files.ToDictionary(file => file.Name, _ => new List<string?[]>());
    private readonly Dictionary<string, List<(string Sheet, int Row)>> origins = Files.ToDictionary(file => file.Name, _ => new List<(string, int)>());

    public BadRows BadRows { get; } = new();

    public List<string> Notes { get; } = [];

    /// <summary>Columns as they were understood, sheet by sheet, for the page.</summary>
    public List<(string Sheet, ListHeader Header)> Headers { get; } = [];

    /// <summary>Why nothing could be made of the workbook; null when something could.</summary>
    public Problem? Refusal { get; set; }

    /// <summary>Formulas whose values were taken.</summary>
    public int Formulas { get; set; }

    public bool IsTemplate { get; set; }

    /// <summary>What the columns were taken for, to be shown and mended.</summary>
    public ImmutableArray<SheetColumns> Columns =>
        [.. Headers.Select(sheet => new SheetColumns(sheet.Sheet, sheet.Header.Signature, [.. sheet.Header.Columns.Select(column => new ColumnTaken(column.Title, column.Field))]))];

    public string Path => folder.Path;

    public void Add(string file, (string Sheet, int Row) from, params string?[] values)
    {
        rows[file].Add(values);
        origins[file].Add(from);
    }

    public async Task WriteAsync(CancellationToken cancel)
    {
        foreach (var (name, columns) in Files)
        {
            await using var file = new FileStream(System.IO.Path.Combine(folder.Path, name), FileMode.CreateNew, FileAccess.Write);
            await using var writer = CsvWriter.Create(file, new CsvWriterOptions { Separator = ',' }, leaveOpen: true);
            await writer.WriteRecordAsync(columns, cancel);
            foreach (var row in rows[name]) await writer.WriteRecordAsync([.. row.Select(value => value ?? "")], cancel);
            rows[name].Clear();
        }
    }

    /// <summary>A bad row of the files as a bad row of the list.</summary>
    public ImportBadRow Named(ImportBadRow bad)
    {
        if (!origins.TryGetValue(bad.File, out var from) || bad.Line < 2 || bad.Line - 2 >= from.Count) return bad;
        var (sheet, row) = from[(int)bad.Line - 2];
        var header = Headers.FirstOrDefault(known => known.Sheet == sheet).Header;
        var title = Titles.TryGetValue(bad.Field, out var field) ? header?.Columns.FirstOrDefault(column => column.Field == field)?.Title : null;
        return new ImportBadRow(sheet, row, title ?? "", RowNamed(bad.Reason, from));
    }

    public void Dispose() => folder.Dispose();

    // Reasons that name a line of the file name the row of the list instead.
    private static string RowNamed(string reason, List<(string Sheet, int Row)> from)
    {
        foreach (var pattern in (ImmutableArray<string>)[Resources.Texts.BadDuplicateSnils, Resources.Texts.BadSamePerson, Resources.Texts.BadTwoClasses])
        {
            var parts = pattern.Split("{0}");
            if (parts.Length == 2 && reason.StartsWith(parts[0], StringComparison.Ordinal) && reason.EndsWith(parts[1], StringComparison.Ordinal)
                && int.TryParse(reason.AsSpan(parts[0].Length, reason.Length - parts[0].Length - parts[1].Length), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                && line >= 2 && line - 2 < from.Count)
                return $"{parts[0]}{from[line - 2].Row}{parts[1]}";
        }
        return reason;
    }
}

/// <summary>The columns of a sheet as they were understood.</summary>
internal sealed record SheetColumns(string Sheet, string Signature, ImmutableArray<ColumnTaken> Columns);

/// <summary>A column's title and what it was taken for.</summary>
internal sealed record ColumnTaken(string Title, ListField Field);
