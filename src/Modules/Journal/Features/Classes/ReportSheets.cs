using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel.Sheets;

namespace MySchool.Journal.Features.Classes;

/// <summary>Reports as workbooks.</summary>
internal static class ReportSheets
{
    private const int LongestName = 31;

    public static string FileName(ClassTerm of) => string.Format(Words.Russian, Texts.ClassReportFile, of.ClassName, of.Term?.Name ?? Texts.Year);

    /// <summary>Marks, absences and shares of a class.</summary>
    public static byte[] OfClass(ClassTerm of)
    {
        var subjects = of.Subjects.Select(subject => subject.Name).ToList();
        var marks = new Sheet(Texts.SheetMarks,
            [new(Texts.Learner, 34), .. subjects.SelectMany(name => new SheetColumn[] { new(name, 12), new(string.Format(Words.Russian, Texts.AverageOfSubject, name), 12) })],
            of.Learners.Select(IReadOnlyList<object?> (row) =>
                [row.Who.Name.Full, .. subjects.SelectMany(name => row.Subjects.TryGetValue(name, out var stand) ? [Mark(stand.Set), Rounded(stand.Average.Value)] : new object?[] { null, null })]));
        var absences = new Sheet(Texts.Absences,
            [new(Texts.Learner, 34), new(Texts.LessonsMissed, 12), new(Texts.ByIllness, 12), new(Texts.ByExcuse, 12), new(Texts.Unexcused, 12), new(Texts.UnknownReason, 12), new(Texts.Late, 12), new(Texts.WholeDays, 12)],
            of.Learners.Select(IReadOnlyList<object?> (row) =>
                [row.Who.Name.Full, row.Absences.Lessons, row.Absences.Illness, row.Absences.Excused, row.Absences.Unexcused, row.Absences.Unknown, row.Absences.Late, row.Absences.Days]));
        var shares = new Sheet(Texts.SheetShares, [new(Texts.Subject, 30), new(Texts.Teacher, 24), .. ShareColumns],
            of.Subjects.Select(IReadOnlyList<object?> (subject) => [subject.Name, Teachers(subject), .. Cells(of.SharesOf(subject.Name))]));
        return Write(marks, absences, shares);
    }

    /// <summary>Rows of a report over the school.</summary>
    public static byte[] OfSchool(SchoolReport report)
    {
        var names = report.By == ReportBy.Class ? new SheetColumn[] { new(Texts.Class, 12), new(Texts.ClassTeacher, 34) } : [new(report.By == ReportBy.Subject ? Texts.Subject : Texts.Teacher, 34), new(Texts.Journals, 40)];
        return Write(new Sheet(report.Title.Length > LongestName ? report.Title[..LongestName] : report.Title,
            [.. names, new(Texts.LearnersColumn, 12), new(Texts.ResultsSet, 12), .. ShareColumns, new(Texts.LessonsMissed, 14), new(Texts.WithoutReason, 14)],
            report.Rows.Append(report.Total).Select(IReadOnlyList<object?> (row) => [row.Name, row.Note, row.Learners, row.Set, .. Cells(row.Shares), row.Missed, row.Unexcused])));
    }

    private static IEnumerable<SheetColumn> ShareColumns =>
        [new("5", 6), new("4", 6), new("3", 6), new("2", 6), new(MarkValue.NotAttested, 6), new(Texts.Progress, 16), new(Texts.Quality, 12), new(Texts.Mastery, 10), new(Texts.Average, 10)];

    private static IEnumerable<object?> Cells(Shares shares) =>
        [shares.Fives, shares.Fours, shares.Threes, shares.Twos, shares.NotAttested, Rounded(shares.Progress), Rounded(shares.Quality), Rounded(shares.Mastery), Rounded(shares.Average)];

    /// <summary>Teachers of a subject, each once.</summary>
    public static string Teachers(ClassSubject subject) => string.Join(", ", subject.Groups.Select(group => group.TeacherName).Where(name => name.Length > 0).Distinct());

    internal static object? Mark(string? value) => value is { Length: 1 } ? value[0] - '0' : value;

    internal static object? Rounded(decimal? value) => value is { } number ? Math.Round(number, 2, MidpointRounding.AwayFromZero) : null;

    internal static byte[] Write(params IReadOnlyList<Sheet> sheets)
    {
        using var file = new MemoryStream();
        SheetWriter.Write(file, sheets);
        return file.ToArray();
    }
}
