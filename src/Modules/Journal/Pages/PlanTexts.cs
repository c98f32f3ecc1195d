using MySchool.Journal.Domain;
using MySchool.Journal.Features.Plans;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Pages;

/// <summary>Plan against fact in words.</summary>
internal static class PlanTexts
{
    public static string Hours(int count) => Words.Plural(count, Texts.CountHours);

    public static string Lessons(int count) => Words.Plural(count, Texts.CountLessons);

    /// <summary>«2 урока без темы, отменено: 1 урок»; null when nothing explains.</summary>
    public static string? Why(PlanProgress progress) => string.Join(", ", new[]
    {
        progress.Unwritten > 0 ? string.Format(Words.Russian, Texts.PlanWhyUnwritten, Lessons(progress.Unwritten)) : null,
        progress.Cancelled > 0 ? string.Format(Words.Russian, Texts.PlanWhyCancelled, Lessons(progress.Cancelled)) : null,
    }.Where(part => part is not null)) is { Length: > 0 } why ? why : null;

    /// <summary>How to catch up, the nearest way first.</summary>
    public static IEnumerable<string> Ways(PlanProgress progress, int reserve)
    {
        if (progress is { Unwritten: > 0, Lag: > 0 }) yield return string.Format(Words.Russian, Texts.PlanWayWrite, Hours(progress.LagOnceWritten));
        if (progress.Short == 0) yield return progress.Spare > 0 ? string.Format(Words.Russian, Texts.PlanWayEnough, Lessons(progress.Spare)) : Texts.PlanWayExact;
        else if (reserve > 0) yield return string.Format(Words.Russian, Texts.PlanWayReserve, Hours(progress.Short), Hours(reserve));
        if (progress.Short > reserve) yield return string.Format(Words.Russian, Texts.PlanWayMerge, Hours(progress.Short - reserve));
    }

    /// <summary>«не хватает: 2 часа», «запас: 1 урок» or «ровно».</summary>
    public static string YearEnd(PlanProgress progress) => progress.Short > 0 ? string.Format(Words.Russian, Texts.PlanShort, Hours(progress.Short))
        : progress.Spare > 0 ? string.Format(Words.Russian, Texts.PlanSpare, Lessons(progress.Spare)) : Texts.PlanExact;

    /// <summary>Hours of the reserve that nothing has been given of.</summary>
    public static int Reserve(OpenPlan plan) => plan.Rows.Where(row => row.Kind is { } kind && plan.Reserves.Contains(kind)).Sum(row => row.Hours - plan.Given.GetValueOrDefault(row.Id));

    /// <summary>«№ 12. Квадратный корень».</summary>
    public static string Numbered(PlanLayout layout, PlanRow row) => $"{Texts.PlanNumberShort} {PlanEdits.Numbers(layout.Rows).GetValueOrDefault(row.Id)}. {row.Title}";

    public static string FieldName(PlanField field) => field switch
    {
        PlanField.Title => Texts.PlanFieldTitle, PlanField.Section => Texts.PlanFieldSection, PlanField.Hours => Texts.PlanFieldHours, PlanField.Kind => Texts.PlanFieldKind,
        PlanField.Homework => Texts.PlanFieldHomework, PlanField.Note => Texts.PlanFieldNote, PlanField.Number => Texts.PlanFieldNumber, PlanField.Date => Texts.PlanFieldDate, _ => Texts.PlanFieldNone,
    };

    public static string? Done(string? done) => done switch
    {
        "named" => Texts.PlanDoneNamed, "attached" => Texts.PlanDoneAttached, "detached" => Texts.PlanDoneDetached, "past" => Texts.PlanDonePast,
        "filled" => Texts.PlanDoneFilled, "removed" => Texts.PlanDoneRemoved, _ => null,
    };
}
