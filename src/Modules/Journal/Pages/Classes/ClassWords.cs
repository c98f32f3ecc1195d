using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Resources;
using MySchool.Ui;

namespace MySchool.Journal.Pages;

/// <summary>Figures and names of a class as its pages say them.</summary>
internal static class ClassWords
{
    /// <summary>«87 %», «—».</summary>
    public static string Percent(decimal? share) => share is null ? "—" : Whole(share) + " %";

    /// <summary>«87» under a title that names the per cent, «—».</summary>
    public static string Whole(decimal? share) => share is { } value ? Math.Round(value, MidpointRounding.AwayFromZero).ToString("0", Words.Russian) : "—";

    /// <summary>«4,12», «—».</summary>
    public static string Mean(decimal? average) => average is { } value ? Math.Round(value, 2, MidpointRounding.AwayFromZero).ToString("0.00", Words.Russian) : "—";

    /// <summary>A count, nothing for none.</summary>
    public static string Blank(int count) => count == 0 ? "" : count.ToString("N0", Words.Russian);

    /// <summary>Terms and the year as tabs of a page.</summary>
    public static IReadOnlyList<TabItem> Terms(IEnumerable<TermFacts> terms, short now, Func<short, string> href) =>
        [.. terms.Select(term => new TabItem(term.Name, href(term.Number), term.Number == now)), new TabItem(Texts.Year, href(Period.Year), now == Period.Year)];

    public static string Category(string? kind) => kind switch
    {
        "illness" => Texts.ByIllness, "excused" => Texts.ByExcuse, "unexcused" => Texts.Unexcused, "unknown" => Texts.UnknownReason, "late" => Texts.Late, _ => Texts.LessonsMissed,
    };

    public static string StandingName(Standing standing) => standing switch
    {
        Standing.Excellent => Texts.StandingExcellent, Standing.Good => Texts.StandingGood, Standing.Middling => Texts.StandingMiddling,
        Standing.Failing => Texts.StandingFailing, Standing.NotAttested => Texts.StandingNotAttested, _ => Texts.StandingUnknown,
    };

    /// <summary>«Алгебра, Физика»: subjects whose mark is one of these.</summary>
    public static string SubjectsWith(ClassLearner row, params string[] values) =>
        string.Join(", ", row.Subjects.Where(subject => values.Contains(subject.Value.Value)).Select(subject => subject.Key));

    public static string CareKind(string kind) => kind switch
    {
        "talk" => Texts.CareTalk, "family" => Texts.CareFamily, "teacher" => Texts.CareTeacher, "specialist" => Texts.CareSpecialist, _ => Texts.CareOther,
    };
}
