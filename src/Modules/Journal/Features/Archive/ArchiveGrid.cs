using System.Globalization;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Printing;

namespace MySchool.Journal.Features.Archive;

/// <summary>Grids of the archive's book: learners down, lessons or subjects across, on as many pages as they need.</summary>
internal static class ArchiveGrid
{
    private const float Names = 150;
    private const float Cell = 16;
    private const float Row = 12.5f;
    private const float Head = 60;
    private const float HighHead = 110;
    private const float Size = 7.5f;

    /// <summary>Adds a subject's grid; marks of the periods stand after the last lesson. Answers its first page.</summary>
    public static int Add(PdfBook pages, ArchiveBook book, ArchiveJournal journal, string title)
    {
        var lessons = journal.Lessons.Select(lesson => new GridColumn(
            lesson.Date.ToString("dd.MM", Words.Russian), journal.Learners.ToDictionary(learner => learner.PersonId, learner => journal.Cells.GetValueOrDefault((lesson.Id, learner.PersonId), "")), lesson.IsCancelled));
        var results = book.Periods.Select(period => new GridColumn(
            period.Name, journal.Learners.ToDictionary(learner => learner.PersonId, learner => book.Mark(journal.Group.GroupId, learner.PersonId, period.Number) ?? ""), false) { IsResult = true });
        return Add(pages, title, [.. journal.Learners], [.. lessons, .. results], Head);
    }

    /// <summary>Adds the summary of a period: subjects across. Answers its first page.</summary>
    public static int AddSummary(PdfBook pages, ArchiveBook book, short period, string title) => Add(pages, title, [.. book.Learners.Select(row => row.Who)],
        [.. book.Journals.GroupBy(journal => journal.Group.SubjectName).Select(subject => new GridColumn(subject.Key, book.Learners.ToDictionary(
            row => row.Who.PersonId, row => subject.Select(journal => book.Mark(journal.Group.GroupId, row.Who.PersonId, period)).FirstOrDefault(mark => mark is not null) ?? ""), false))], HighHead);

    /// <summary>A column of a grid.</summary>
    private sealed record GridColumn(string Title, Dictionary<Guid, string> Values, bool IsCancelled)
    {
        public bool IsResult { get; init; }
    }

    private static int Add(PdfBook pages, string title, List<RosterLearner> learners, List<GridColumn> columns, float head)
    {
        var first = pages.Count + 1;
        var across = (int)((PdfBook.Right - PdfBook.Left - Names) / Cell);
        var down = (int)((PdfBook.Bottom - PdfBook.Top - 14 - head) / Row);
        foreach (var left in Across(columns, across))
            foreach (var rows in learners.Select((learner, at) => (Learner: learner, Number: at + 1)).Chunk(down))
                pages.Add(page => Draw(page, title, rows, left, head));
        return first;
    }

    // Marks of the periods stay together: when they do not fit beside the last lessons they get a page of their own.
    private static IEnumerable<GridColumn[]> Across(List<GridColumn> columns, int across)
    {
        var parts = columns.Where(column => !column.IsResult).Chunk(across).ToList();
        var results = columns.Where(column => column.IsResult).ToArray();
        if (parts.Count == 0) return [results];
        if (parts[^1].Length + results.Length > across) return [.. parts, results];
        return [.. parts[..^1], [.. parts[^1], .. results]];
    }

    private static void Draw(PdfPage page, string title, (RosterLearner Learner, int Number)[] rows, GridColumn[] columns, float head)
    {
        page.Fitted(title, PdfBook.Left, PdfBook.Top + 4, PdfBook.Right - PdfBook.Left, 11, isBold: true);
        var top = PdfBook.Top + 14;
        var bottom = top + head + rows.Length * Row;
        var right = PdfBook.Left + Names + columns.Length * Cell;
        for (var at = 0; at < columns.Length; at++)
        {
            var x = PdfBook.Left + Names + at * Cell;
            page.Box(x, top, Cell, columns[at].IsCancelled || columns[at].IsResult ? head + rows.Length * Row : head, columns[at].IsCancelled || columns[at].IsResult);
            page.Upright(columns[at].Title, x + Cell / 2 + 2.6f, top + head - 3, head - 5, Size);
        }
        page.Box(PdfBook.Left, top, Names, head);
        for (var at = 0; at < rows.Length; at++)
        {
            var y = top + head + at * Row;
            page.Line(PdfBook.Left, y + Row, right, y + Row);
            page.Text(rows[at].Number.ToString(CultureInfo.InvariantCulture), PdfBook.Left + 14, y + Row - 3.5f, Size, align: PdfAlign.Right);
            page.Fitted(rows[at].Learner.Name.Short, PdfBook.Left + 18, y + Row - 3.5f, Names - 20, Size);
            for (var column = 0; column < columns.Length; column++)
                if (columns[column].Values.GetValueOrDefault(rows[at].Learner.PersonId) is { Length: > 0 } value)
                    page.Text(value, PdfBook.Left + Names + column * Cell + Cell / 2, y + Row - 3.5f, value.Length > 3 ? 4.5f : value.Length > 2 ? 5.5f : Size, columns[column].IsResult, PdfAlign.Centre);
        }
        for (var x = PdfBook.Left + Names; x <= right + 0.1f; x += Cell) page.Line(x, top, x, bottom);
        page.Line(PdfBook.Left, top, PdfBook.Left, bottom);
    }
}
