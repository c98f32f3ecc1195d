using System.Globalization;
using MySchool.Journal.Resources;
using MySchool.Kernel;

namespace MySchool.Journal.Domain;

/// <summary>Why a learner does not come, as a family says it.</summary>
internal static class AbsenceReasons
{
    public const string Illness = "illness";
    public const string Doctor = "doctor";
    public const string Family = "family";
    public const string Other = "other";

    /// <summary>In the order of the buttons.</summary>
    public static readonly IReadOnlyList<string> All = [Illness, Doctor, Family, Other];

    /// <summary>«болезнь».</summary>
    public static string Word(string reason) => reason switch
    {
        Illness => Texts.ReasonIllness, Doctor => Texts.ReasonDoctor, Family => Texts.ReasonFamily, _ => Texts.ReasonOther,
    };

    /// <summary>Categories of absence codes that fit, the best first.</summary>
    public static string[] Categories(string reason) => reason == Illness ? ["illness", "excused"] : ["excused", "illness"];
}

/// <summary>Days a family names: ISO dates as typed, or an earlier chosen day.</summary>
internal sealed record TypedAbsence(string? Day, string? From, string? To, string? Reason, string? Text)
{
    /// <summary>The choice that opens the two dates.</summary>
    public const string OtherDays = "other";
}

/// <summary>What may be said about an absence: pure, every rule a row of a table in the tests.</summary>
internal static class AbsenceRules
{
    /// <summary>Days back that can still be explained.</summary>
    public const int DaysBack = 7;

    /// <summary>Days ahead that can be told of.</summary>
    public const int DaysAhead = 60;

    /// <summary>Days one note may span.</summary>
    public const int LongestDays = 31;

    /// <summary>Letters of the family's own words.</summary>
    public const int LongestText = 300;

    /// <summary>The days and reason meant, or the refusal at its field.</summary>
    public static Result<(DateOnly From, DateOnly To, string Reason, string? Text)> Judge(TypedAbsence typed, DateOnly today)
    {
        var (from, to) = typed.Day == TypedAbsence.OtherDays ? (Parse(typed.From), Parse(typed.To) ?? Parse(typed.From)) : (Parse(typed.Day), Parse(typed.Day));
        if (from is not { } first || to is not { } last) return new Problem("journal.absence-days", Texts.AbsenceDaysWanted, "from");
        if (last < first) return new Problem("journal.absence-order", Texts.AbsenceDaysOrder, "to");
        if (first < today.AddDays(-DaysBack)) return new Problem("journal.absence-long-ago", string.Format(Words.Russian, Texts.AbsenceLongAgo, DaysBack), "from");
        if (last > today.AddDays(DaysAhead) || last.DayNumber - first.DayNumber >= LongestDays)
            return new Problem("journal.absence-too-long", string.Format(Words.Russian, Texts.AbsenceTooLong, LongestDays), "to");
        if (typed.Reason is null || !AbsenceReasons.All.Contains(typed.Reason)) return new Problem("journal.absence-reason", Texts.AbsenceReasonWanted, "reason");
        var text = string.IsNullOrWhiteSpace(typed.Text) ? null : typed.Text.Trim();
        if (text?.Length > LongestText) return new Problem("journal.absence-text", Texts.AbsenceTextTooLong, "text");
        if (typed.Reason == AbsenceReasons.Other && text is null) return new Problem("journal.absence-why", Texts.AbsenceTextWanted, "text");
        return (first, last, typed.Reason, text);
    }

    /// <summary>A note is taken back before its first day, and on that day until the class teacher has accepted it.</summary>
    public static bool MayWithdraw(DateOnly from, bool isAccepted, DateOnly today) => from > today || from == today && !isAccepted;

    /// <summary>The next day a family thinks of: tomorrow, and on Saturday the Monday after.</summary>
    public static DateOnly NextDay(DateOnly today) => today.DayOfWeek == DayOfWeek.Saturday ? today.AddDays(2) : today.AddDays(1);

    private static DateOnly? Parse(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
