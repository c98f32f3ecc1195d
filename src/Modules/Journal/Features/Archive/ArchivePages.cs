using MySchool.Journal.Domain;
using MySchool.Journal.Printing;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Features.Archive;

/// <summary>The archive's book of a class, page by page: title, contents, learners, a subject after another, summaries, remarks, the last page with the hash and places for signatures.</summary>
internal sealed class ArchivePages
{
    private readonly ArchiveBook book;
    private readonly string hash;
    private readonly string moment;
    private readonly PdfBook pages = new();
    private readonly PdfRuler ruler;
    private readonly List<(string Title, int Page)> contents = [];

    private ArchivePages(ArchiveBook book, string hash, string moment, PdfRuler ruler)
    {
        this.book = book;
        this.hash = hash;
        this.moment = moment;
        this.ruler = ruler;
    }

    /// <summary>Writes the book; answers the number of its pages.</summary>
    /// <param name="to">Written to the end, left open.</param>
    /// <param name="book">What is printed.</param>
    /// <param name="hash">Its hash in hexadecimal.</param>
    /// <param name="made">When, by the school's clock.</param>
    public static int Write(Stream to, ArchiveBook book, string hash, DateTimeOffset made)
    {
        using var ruler = new PdfRuler();
        var one = new ArchivePages(book, hash, made.ToString("dd.MM.yyyy, HH:mm", Words.Russian), ruler);
        one.Compose();
        one.pages.Write(to, $"{one.Title}, {book.Of.School.SchoolName}", made, Say(Texts.PrintFooter, book.Of.School.SchoolName, book.Of.ClassName, one.Year, one.moment, hash[..16]), Texts.PrintPageOf);
        return one.pages.Count;
    }

    private string Title => Say(Texts.PrintTitle, book.Of.ClassName);

    private string Year => $"{book.Of.School.SchoolYear}/{book.Of.School.SchoolYear + 1}";

    private string PeriodName => book.Of.Term is { } term ? $"{term.Name}, {Date(term.Starts)} – {Date(term.Ends)}" : Say(Texts.PrintWholeYear, Year);

    private void Compose()
    {
        pages.Add(DrawTitle);
        pages.Add(DrawContents);
        Section(Texts.PrintLearners, Learners());
        foreach (var journal in book.Journals.Where(journal => journal.Lessons.Length > 0))
        {
            var name = $"{journal.Group.SubjectName}, {journal.Group.ClassName}";
            Section(name, ArchiveGrid.Add(pages, book, journal, $"{name}. {journal.Group.TeacherName}"));
            PdfTable.Add(pages, ruler, Say(Texts.PrintTopics, name), [new(Texts.Date, 50), new("№", 24, PdfAlign.Centre), new(Texts.Topic, 400), new(Texts.Homework, 290)],
                journal.Lessons.Select(IReadOnlyList<string> (lesson) =>
                    [Date(lesson.Date), lesson.Number.ToString(Words.Russian), lesson.IsCancelled ? $"{Texts.Cancelled}. {lesson.Topic}" : lesson.Topic, lesson.Homework ?? ""]));
        }
        foreach (var (number, name) in book.Periods)
            if (book.Of.Book.Set.Keys.Any(key => key.Period == number)) Section(Say(Texts.PrintSummary, name), ArchiveGrid.AddSummary(pages, book, number, Say(Texts.PrintSummary, name)));
        Section(Texts.PrintAbsences, Absences());
        Section(Texts.RemarksTitle, Remarks());
        Section(Texts.PrintSignatures, pages.Add(DrawLast));
    }

    private void Section(string title, int page) => contents.Add((title, page));

    private int Learners() => PdfTable.Add(pages, ruler, Texts.PrintLearners,
        [new("№", 28, PdfAlign.Right), new(Texts.Learner, 300), new(Texts.PrintCame, 130), new(Texts.PrintLeft, 130), new(Texts.Note, 170)],
        book.Learners.Select(IReadOnlyList<string> (row, at) => [
            $"{at + 1}", row.Who.Name.Full, Date(row.Who.From), row.Who.To is { } last ? Date(last) : "",
            row.Who.To < book.Of.To ? Texts.PrintHasLeft : row.Who.From > book.Of.From.AddDays(7) ? Texts.PrintHasCome : ""]));

    private int Absences() => PdfTable.Add(pages, ruler, Texts.PrintAbsences,
        [new("№", 28, PdfAlign.Right), new(Texts.Learner, 250), .. new[] { Texts.LessonsMissed, Texts.ByIllness, Texts.ByExcuse, Texts.Unexcused, Texts.UnknownReason, Texts.Late, Texts.WholeDays }.Select(title => new PdfColumn(title, 68, PdfAlign.Right))],
        book.Learners.Select(IReadOnlyList<string> (row, at) => [
            $"{at + 1}", row.Who.Name.Full,
            .. new[] { row.Absences.Lessons, row.Absences.Illness, row.Absences.Excused, row.Absences.Unexcused, row.Absences.Unknown, row.Absences.Late, row.Absences.Days }.Select(count => count == 0 ? "" : count.ToString(Words.Russian))]));

    private int Remarks() => PdfTable.Add(pages, ruler, Texts.RemarksTitle,
        [new(Texts.Date, 56), new(Texts.JournalColumn, 150), new(Texts.RemarkKind, 110), new(Texts.RemarkText, 250), new(Texts.RemarkAnswers, 140), new(Texts.StateTitle, 58)],
        book.Remarks.Length == 0 ? [["", Texts.PrintNoRemarks, "", "", "", ""]] : book.Remarks.Select(IReadOnlyList<string> (remark) => [
            Date(Local(remark.Remark.OpenedAt)), remark.Journal, RemarkRules.KindName(remark.Remark.Kind), remark.Remark.Text,
            string.Join("; ", remark.Steps.Where(step => step.Number > 1 && step.Text.Length > 0).Select(step => $"{Date(Local(step.At))}: {step.Text}")), RemarkRules.StateName(remark.Remark.State)]));

    private void DrawTitle(PdfPage page)
    {
        const float middle = (PdfBook.Left + PdfBook.Right) / 2;
        var top = 92f;
        foreach (var line in ruler.Wrap(book.Of.School.SchoolName, 460, 13)) page.Text(line, middle, top += 18, 13, align: PdfAlign.Centre);
        page.Text(Title, middle, 215, 30, isBold: true, PdfAlign.Centre);
        page.Text(PeriodName, middle, 245, 14, align: PdfAlign.Centre);
        page.Text(Say(Texts.PrintLeader, book.Of.Leader ?? Texts.PrintNoLeader), middle, 300, 12, align: PdfAlign.Centre);
        page.Text(Say(Texts.PrintVersion, moment), middle, 322, 12, align: PdfAlign.Centre);
        var y = 400f;
        foreach (var line in ruler.Wrap(Texts.PrintWhat, 560, 9)) page.Text(line, middle, y += 13, 9, align: PdfAlign.Centre);
        page.Text(hash, middle, y + 26, 10, isBold: true, PdfAlign.Centre);
    }

    private void DrawContents(PdfPage page)
    {
        page.Text(Texts.PrintContents, PdfBook.Left, PdfBook.Top + 4, 14, isBold: true);
        const int inColumn = 34;
        const float width = (PdfBook.Right - PdfBook.Left - 30) / 2;
        for (var at = 0; at < contents.Count && at < 2 * inColumn; at++)
        {
            var (x, y) = (PdfBook.Left + at / inColumn * (width + 30), PdfBook.Top + 30 + at % inColumn * 14);
            page.Fitted(contents[at].Title, x, y, width - 40, 9);
            page.Text($"{contents[at].Page}", x + width, y, 9, align: PdfAlign.Right);
            page.Line(x, y + 3, x + width, y + 3);
        }
    }

    private void DrawLast(PdfPage page)
    {
        page.Text(Texts.PrintSignatures, PdfBook.Left, PdfBook.Top + 4, 14, isBold: true);
        var y = PdfBook.Top + 40;
        foreach (var (name, value) in ((string, string)[])
        [
            (Texts.PrintCountLearners, Number(book.Learners.Length)), (Texts.PrintCountJournals, Number(book.Journals.Length)),
            (Texts.PrintCountLessons, Number(book.Journals.Sum(journal => journal.Lessons.Count(lesson => !lesson.IsCancelled)))),
            (Texts.PrintCountCells, Number(book.Journals.Sum(journal => journal.Cells.Count))), (Texts.PrintCountPages, Number(pages.Count)), (Texts.PrintMoment, moment),
        ])
        {
            page.Text(name, PdfBook.Left, y, 10);
            page.Text(value, PdfBook.Left + 300, y, 10, isBold: true);
            y += 18;
        }
        page.Text("SHA-256", PdfBook.Left, y + 8, 10);
        page.Text(hash, PdfBook.Left + 60, y + 8, 10, isBold: true);
        y += 14;
        foreach (var line in ruler.Wrap(Texts.PrintHashExplained, PdfBook.Right - PdfBook.Left, 9)) page.Text(line, PdfBook.Left, y += 13, 9);
        foreach (var who in (string[])[Texts.PrintHead, Texts.PrintDeputy, Texts.PrintClassTeacher])
        {
            y += 42;
            page.Text(who, PdfBook.Left, y, 10);
            page.Line(PdfBook.Left + 200, y + 2, PdfBook.Left + 360, y + 2);
            page.Line(PdfBook.Left + 380, y + 2, PdfBook.Left + 600, y + 2);
            page.Text(Texts.PrintSign, PdfBook.Left + 280, y + 11, 7, align: PdfAlign.Centre);
            page.Text(Texts.PrintName, PdfBook.Left + 490, y + 11, 7, align: PdfAlign.Centre);
        }
        page.Text(Texts.PrintSeal, PdfBook.Left, y + 40, 9);
    }

    private DateOnly Local(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(book.Of.School.TimeZone)).DateTime);

    private static string Date(DateOnly date) => date.ToString("dd.MM.yyyy", Words.Russian);

    private static string Number(int count) => count.ToString("N0", Words.Russian);

    private static string Say(string words, params object?[] values) => string.Format(Words.Russian, words, values);
}
