using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>What kind of people a sheet lists.</summary>
internal enum ListKind
{
    Learners, Staff, Classes, Parents,
}

/// <summary>Turns a workbook, our template or a list in the school's own shape, into the files of the import.</summary>
internal sealed class ConvertLists(AppDb db)
{
    private static readonly string[] SheetEndings = [".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"];

    /// <summary>Whether the file is, or pretends to be, a workbook rather than an archive of files.</summary>
    public static bool IsSheet(string path, string name)
    {
        try
        {
            using var archive = new ZipArchive(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read), ZipArchiveMode.Read);
            if (archive.Entries.Any(entry => entry.FullName is "manifest.csv" or "orgs.csv" or "users.csv")) return false;
            if (archive.Entries.Any(entry => entry.FullName is "[Content_Types].xml" or "mimetype")) return true;
        }
        catch (InvalidDataException) { /* Not a zip at all: its name says what it was meant to be. */ }
        return SheetEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    public async Task<Result<ListFiles>> HandleAsync(Actor actor, Guid schoolId, string path, CancellationToken cancel)
    {
        var opened = SheetReader.Open(path, new SheetLimits());
        if (!opened.IsOk) return opened.Problem!;
        using var reader = opened.Value;
        var files = new ListFiles();
        var school = await ReadSchoolAsync(actor, schoolId, cancel);
        files.Refusal = await FillAsync(reader, files, school, cancel);
        return files;
    }

    private static async Task<Problem?> FillAsync(SheetReader reader, ListFiles files, SchoolOfList school, CancellationToken cancel)
    {
        var people = new ListPeople(files);
        foreach (var (sheet, header, kind) in Sheets(reader, files, school.Mappings))
        {
            Read(reader, sheet, header, kind, people, files);
            if (reader.Fault is { } fault) return fault;
            files.Formulas += reader.Formulas;
            cancel.ThrowIfCancellationRequested();
        }
        if (reader.Fault is { } broken) return broken;
        if (!files.Headers.Any(sheet => sheet.Header.IsEnough)) return new Problem("registry.list-no-header", Texts.ListNoHeader, "file");
        people.Write(from => files.BadRows.Add(from.Sheet, from.Row, Texts.Leader, Texts.ListNoLeader));
        if (people.Count == 0 && files.BadRows.Count == 0) return new Problem("registry.list-empty", Texts.ListEmpty, "file");
        AddFrame(files, school);
        Tell(reader, files, people);
        await files.WriteAsync(cancel);
        return null;
    }

    // Parents are read last: they name children of the other sheets.
    private static IEnumerable<(SheetInfo, ListHeader, ListKind)> Sheets(
        SheetReader reader, ListFiles files, IReadOnlyDictionary<string, ImmutableArray<ListField>> known)
    {
        var found = new List<(SheetInfo Sheet, ListHeader Header, ListKind Kind)>();
        foreach (var sheet in reader.Sheets.Where(sheet => !sheet.IsHidden && sheet.Name != ListWords.HelpSheet))
        {
            if ((sheet.Name == ListWords.ClassSheet ? ClassHeader(reader, sheet, known) : ListHeader.Find(reader, sheet, known)) is not { } header) continue;
            files.Headers.Add((sheet.Name, header));
            if (KindOf(sheet, header) is { } kind) found.Add((sheet, header, kind));
        }
        files.IsTemplate = found.Any(sheet => sheet.Sheet.Name == ListWords.LearnerSheet) && reader.Sheets.Any(sheet => sheet.Name == ListWords.HelpSheet);
        return found.OrderBy(sheet => sheet.Kind == ListKind.Parents);
    }

    // The sheet of classes names nobody in its first column.
    private static ListHeader? ClassHeader(SheetReader reader, SheetInfo sheet, IReadOnlyDictionary<string, ImmutableArray<ListField>> known)
    {
        reader.Start(sheet);
        if (!reader.Read()) return null;
        var columns = reader.Cells.Select(cell => new ListColumn(cell.Column, cell.Value.ToString()!, ListWords.FieldOf(cell.Value.ToString()!))).ToImmutableArray();
        return columns.Any(column => column.Field == ListField.Class) ? new ListHeader(reader.Row + 1, columns, new string('0', 64), null) : ListHeader.Find(reader, sheet, known);
    }

    private static ListKind? KindOf(SheetInfo sheet, ListHeader header) =>
        !header.IsEnough ? header.Has(ListField.Class) ? ListKind.Classes : null
        : header.Has(ListField.Child) ? ListKind.Parents
        : header.Has(ListField.Position) ? ListKind.Staff
        : header.Has(ListField.Class) || ClassAbove(sheet, header) is not null ? ListKind.Learners
        : null;

    private static string? ClassAbove(SheetInfo sheet, ListHeader header) => header.ClassAbove ?? ListWords.ClassOf(sheet.Name) ?? ListWords.ClassWithin(sheet.Name);

    private static void Read(SheetReader reader, SheetInfo sheet, ListHeader header, ListKind kind, ListPeople people, ListFiles files)
    {
        var row = new ListRow(sheet.Name, header, files.BadRows);
        var above = ClassAbove(sheet, header);
        reader.Start(sheet);
        while (reader.Read())
        {
            if (reader.Row < header.FirstRow) continue;
            row.Take(reader.Row, reader.Cells);
            if (!row.IsPerson && kind != ListKind.Classes || reader.Cells[0].Value.ToString()!.StartsWith(ListWords.Example, StringComparison.OrdinalIgnoreCase)) continue;
            switch (kind)
            {
                case ListKind.Learners: people.AddLearner(row, sheet.Name, above); break;
                case ListKind.Staff: people.AddStaff(row, sheet.Name); break;
                case ListKind.Classes: people.AddClass(row, sheet.Name); break;
                default: people.AddParent(row, sheet.Name); break;
            }
        }
    }

    private static void AddFrame(ListFiles files, SchoolOfList school)
    {
        var from = (files.Headers[0].Sheet, 0);
        files.Add("manifest.csv", from, "oneroster.version", "1.2");
        files.Add("orgs.csv", from, "s", school.Name, "school");
        files.Add("academicSessions.csv", from, "y", school.Year.ToString(CultureInfo.InvariantCulture), "schoolYear",
            school.Starts.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), school.Ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static void Tell(SheetReader reader, ListFiles files, ListPeople people)
    {
        if (files.Formulas > 0) files.Notes.Add(string.Format(Domain.Words.Russian, Texts.ListFormulas, files.Formulas));
        if (reader.HasExternalLinks) files.Notes.Add(Texts.ListExternal);
        var others = people.OtherPositions.OrderByDescending(position => position.Value).Take(5).Select(position => $"{(position.Key.Length > 0 ? position.Key : Texts.ListNoPosition)} ({position.Value})").ToList();
        if (others.Count > 0) files.Notes.Add(string.Format(Domain.Words.Russian, Texts.ListOtherPositions, string.Join(", ", others)));
        foreach (var (sheet, header) in files.Headers)
            if (header.Columns.Where(column => column.Field == ListField.None).Select(column => column.Title).ToList() is { Count: > 0 } passed)
                files.Notes.Add(string.Format(Domain.Words.Russian, Texts.ListPassedOver, sheet, string.Join(", ", passed.Take(8))));
    }

    private Task<SchoolOfList> ReadSchoolAsync(Actor actor, Guid schoolId, CancellationToken cancel) => db.ReadAsync(actor, batch =>
    {
        batch.Add("""
            select o.name, y.year, y.starts_on, y.ends_on from registry.organisations o
              left join lateral (select * from registry.academic_years a where a.school_id = o.id and a.ends_on >= $2 order by a.starts_on limit 1) y on true
             where o.id = $1
            """, schoolId, actor.Today);
        batch.Add("select signature, columns::text from registry.import_mappings where school_id = $1", schoolId);
    }, async (reader, token) =>
    {
        // A school without a year of its own gets the law's: 273-ФЗ leaves the end to the plan, and it is 31 May in most.
        var first = actor.Today.Month >= 6 ? actor.Today.Year : actor.Today.Year - 1;
        var school = await reader.ReadFirstAsync(r => new SchoolOfList(r.GetString(0), r.Maybe<short>(1) ?? (short)first,
            r.Maybe<DateOnly>(2) ?? new DateOnly(first, 9, 1), r.Maybe<DateOnly>(3) ?? new DateOnly(first + 1, 5, 31), new Dictionary<string, ImmutableArray<ListField>>()), token);
        var known = await reader.ReadAllAsync(r => (Signature: r.GetString(0), Columns: JsonSerializer.Deserialize<ImmutableArray<ListField>>(r.GetString(1), Json.Options)), token);
        return school! with { Mappings = known.ToDictionary(mapping => mapping.Signature, mapping => mapping.Columns) };
    }, cancel);
}

/// <summary>What a list does not say of its school.</summary>
internal sealed record SchoolOfList(string Name, short Year, DateOnly Starts, DateOnly Ends, IReadOnlyDictionary<string, ImmutableArray<ListField>> Mappings);
