using System.Collections.Immutable;
using System.Globalization;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Domain;

/// <summary>A cell of a file of КТП.</summary>
/// <param name="Column">0 is A.</param>
/// <param name="Text">As a person reads it.</param>
internal sealed record PlanSheetCell(int Column, string Text);

/// <summary>A row of a file of КТП.</summary>
/// <param name="Number">As the spreadsheet numbers it.</param>
/// <param name="Cells">Cells that hold something.</param>
/// <param name="IsWide">Whether a merged cell runs over several columns: a heading of a section.</param>
internal sealed record PlanSheetLine(int Number, ImmutableArray<PlanSheetCell> Cells, bool IsWide)
{
    public string Text(int column) => Cells.FirstOrDefault(cell => cell.Column == column)?.Text ?? "";
}

/// <summary>A column of a file with what it was taken for.</summary>
internal sealed record PlanColumn(int Index, string Title, PlanField Field);

/// <summary>A sheet as it was read, header found.</summary>
/// <param name="Header">Number of the row of titles; lines after it are the plan.</param>
/// <param name="Columns">Every column with a title.</param>
/// <param name="Lines">Rows after the header.</param>
internal sealed record PlanSheet(int Header, ImmutableArray<PlanColumn> Columns, ImmutableArray<PlanSheetLine> Lines)
{
    private const int RowsLookedAt = 25;

    /// <summary>Whether it is known where topics stand.</summary>
    public bool HasTitles => Columns.Any(column => column.Field == PlanField.Title);

    /// <summary>Finds the row of titles by the words teachers use; when none speaks them, the fullest one, to be explained by hand.</summary>
    /// <returns>Null when no row has two cells.</returns>
    public static PlanSheet? Find(IReadOnlyList<PlanSheetLine> lines)
    {
        var first = lines.TakeWhile(line => line.Number <= RowsLookedAt).ToList();
        var best = first.Where(line => line.Cells.Length >= 1).Select(line => (Line: line, Columns: Take(line)))
            .OrderByDescending(header => Score(header.Columns)).ThenBy(header => header.Line.Number).FirstOrDefault();
        if (best.Line is null || Score(best.Columns) == 0) best = first.Where(line => line.Cells.Length >= 2).OrderByDescending(line => line.Cells.Length).Select(line => (line, Take(line))).FirstOrDefault();
        return best.Line is null ? null : new(best.Line.Number, best.Columns, [.. lines.Where(line => line.Number > best.Line.Number)]);
    }

    /// <summary>The same sheet with columns as a person explains them.</summary>
    public PlanSheet With(IReadOnlyDictionary<int, PlanField> chosen) =>
        this with { Columns = [.. Columns.Select(column => column with { Field = chosen.GetValueOrDefault(column.Index, column.Field) })] };

    // A file that has a column of topics as well means sections by «Раздел»; one that has not means the topics themselves.
    private static ImmutableArray<PlanColumn> Take(PlanSheetLine line)
    {
        ImmutableArray<PlanColumn> columns = [.. line.Cells.Select(cell => new PlanColumn(cell.Column, cell.Text, PlanWords.FieldOf(cell.Text)))];
        if (columns.All(column => column.Field != PlanField.Title) && columns.FirstOrDefault(column => column.Field == PlanField.Section) is { } only && columns.Length > 1)
            columns = columns.Replace(only, only with { Field = PlanField.Title });
        var seen = new HashSet<PlanField>();
        return [.. columns.Select(column => column.Field is PlanField.None or PlanField.Date || seen.Add(column.Field) ? column : column with { Field = PlanField.None })];
    }

    private static int Score(ImmutableArray<PlanColumn> columns) => columns.Any(column => column.Field == PlanField.Title) && columns.Length > 1
        ? columns.Select(column => column.Field).Where(field => field is not (PlanField.None or PlanField.Number)).Distinct().Count() : 0;
}

/// <summary>Lines of a plan read from a sheet, with what was not understood.</summary>
/// <param name="Rows">Sections and topics in order; every id is new.</param>
/// <param name="Remarks">What was taken otherwise than it stands, for a person.</param>
internal sealed record PlanReading(ImmutableArray<PlanRow> Rows, ImmutableArray<string> Remarks)
{
    private const int MostRemarks = 20;

    /// <summary>Reads the lines of a sheet by its columns.</summary>
    /// <param name="sheet">The sheet.</param>
    /// <param name="kinds">Kinds of lessons by their names in the school's dictionary.</param>
    /// <param name="newId">Ids for the lines.</param>
    public static PlanReading Of(PlanSheet sheet, IReadOnlyList<(short Number, string Name, string ShortName)> kinds, Func<Guid> newId)
    {
        var reader = new Reader(sheet, kinds, newId);
        foreach (var line in sheet.Lines)
        {
            if (reader.Rows.Count >= PlanRow.MostRows)
            {
                reader.Remarks.Add(string.Format(Words.Russian, Texts.PlanTooLong, PlanRow.MostRows));
                break;
            }
            reader.Take(line);
        }
        return new([.. reader.Rows], reader.Remarks.Count <= MostRemarks ? [.. reader.Remarks]
            : [.. reader.Remarks.Take(MostRemarks), string.Format(Words.Russian, Texts.PlanMoreRemarks, reader.Remarks.Count - MostRemarks)]);
    }

    private sealed class Reader(PlanSheet sheet, IReadOnlyList<(short Number, string Name, string ShortName)> kinds, Func<Guid> newId)
    {
        private readonly Dictionary<PlanField, int> at = sheet.Columns.Where(column => column.Field != PlanField.None).GroupBy(column => column.Field).ToDictionary(same => same.Key, same => same.First().Index);
        private string section = "";

        public List<PlanRow> Rows { get; } = [];

        public List<string> Remarks { get; } = [];

        public void Take(PlanSheetLine line)
        {
            var filled = line.Cells.Where(cell => cell.Text.Trim().Length > 0).ToList();
            if (filled.Count == 0) return;
            var (title, first) = (Text(line, PlanField.Title), filled[0].Text.Trim());
            // The numbers of columns under a header: 1, 2, 3…
            if (filled.Count > 2 && filled.Select(cell => cell.Text.Trim()).SequenceEqual(Enumerable.Range(1, filled.Count).Select(n => n.ToString(CultureInfo.InvariantCulture)))) return;
            if (PlanWords.IsTotal(first) || PlanWords.IsTotal(title)) return;
            var words = filled.Where(cell => cell.Text.Any(char.IsLetter)).ToList();
            if (words.Count == 0)
            {
                Say(line, Texts.PlanRowWithoutTopic);
                return;
            }
            if (words.Count == 1 && PlanWords.IsTerm(words[0].Text)) return;
            if (IsHeading(line, filled, words, title)) AddSection(words[0].Text.Trim());
            else AddTopic(line, title);
        }

        // A heading: words alone in the row, merged over columns, or said to be a section; its hours may stand beside it.
        private bool IsHeading(PlanSheetLine line, List<PlanSheetCell> filled, List<PlanSheetCell> words, string title)
        {
            var isNumbered = at.TryGetValue(PlanField.Number, out var number) && line.Text(number).Trim().Length > 0;
            if (words.Count > 1) return false;
            if (PlanWords.IsSection(words[0].Text)) return true;
            if (line.IsWide && filled.Count <= 2) return true;
            return !isNumbered && (title.Length == 0 || filled.Count == 1 && (at.ContainsKey(PlanField.Number) || at.ContainsKey(PlanField.Hours)) && !at.ContainsKey(PlanField.Section)) && filled.Count <= 2;
        }

        private void AddSection(string text)
        {
            var title = Fit(PlanWords.WithoutHours(text), PlanRow.LongestTitle);
            if (title.Length == 0) return;
            section = title;
            Rows.Add(PlanRow.Section(newId(), title));
        }

        private void AddTopic(PlanSheetLine line, string title)
        {
            if (Text(line, PlanField.Section) is { Length: > 0 } named && named != section && PlanWords.WithoutHours(named) != section) AddSection(named);
            if (title.Length == 0)
            {
                Say(line, Texts.PlanRowWithoutTopic);
                return;
            }
            if (title.Length > PlanRow.LongestTitle) Say(line, Texts.PlanTitleCut);
            Rows.Add(new(newId(), false, Fit(title, PlanRow.LongestTitle), HoursIn(line), KindIn(line, title), Fit(Text(line, PlanField.Homework), PlanRow.LongestHomework), Fit(Text(line, PlanField.Note), PlanRow.LongestNote)));
        }

        private int HoursIn(PlanSheetLine line)
        {
            var said = Text(line, PlanField.Hours);
            if (said.Length == 0) return PlanWords.LessonsIn(Text(line, PlanField.Number));
            if (PlanWords.HoursOf(said) is { } hours and <= PlanRow.MostHours) return hours;
            Say(line, string.Format(Words.Russian, Texts.PlanHoursNotRead, Fit(said, 20)));
            return 1;
        }

        private short? KindIn(PlanSheetLine line, string title)
        {
            var said = Text(line, PlanField.Kind);
            if (Find(said.Length > 0 ? said : title, said.Length > 0) is { } kind) return kind;
            if (said.Length > 0) Say(line, string.Format(Words.Russian, Texts.PlanKindNotRead, Fit(said, 40)));
            return null;
        }

        private short? Find(string said, bool isKind)
        {
            var plain = PlanWords.Plain(said);
            if (isKind && kinds.FirstOrDefault(kind => PlanWords.Plain(kind.Name) == plain || PlanWords.Plain(kind.ShortName) == plain) is { Number: > 0 } same) return same.Number;
            // A title tells a kind only by its whole word: «Контрольная работа № 1», and not «Практика великих реформ».
            if (PlanWords.KindOf(said) is not { } name || !isKind && !plain.StartsWith(name, StringComparison.Ordinal)) return null;
            return kinds.FirstOrDefault(kind => PlanWords.Plain(kind.Name).StartsWith(name, StringComparison.Ordinal)) is { Number: > 0 } found ? found.Number : null;
        }

        private string Text(PlanSheetLine line, PlanField field) => at.TryGetValue(field, out var column) ? line.Text(column).Trim() : "";

        private void Say(PlanSheetLine line, string what) => Remarks.Add(string.Format(Words.Russian, Texts.PlanInRow, line.Number, what));

        private static string Fit(string text, int longest) => text.Length <= longest ? text : text[..longest];
    }
}
