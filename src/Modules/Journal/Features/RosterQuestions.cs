using MySchool.Contracts.Registry;

namespace MySchool.Journal.Features;

/// <summary>Questions the journal asks of a roster.</summary>
internal static class RosterQuestions
{
    public static bool Attends(this GroupRoster group, Guid learner, DateOnly day) =>
        group.Learners.Any(l => l.PersonId == learner && l.From <= day && (l.To is null || l.To >= day));

    /// <summary>The term a day falls in; between terms, the next one; after the year, the last.</summary>
    public static TermFacts? TermAt(this IReadOnlyList<TermFacts> terms, DateOnly day) =>
        terms.FirstOrDefault(term => day <= term.Ends) ?? (terms.Count > 0 ? terms[^1] : null);

    /// <summary>The terms of the year, each with the last day that counts as its own: <see cref="TermAt"/> for the database.</summary>
    public static IReadOnlyList<(DateOnly Until, DateOnly From, DateOnly To)> TermRanges(this GroupRoster group, DateOnly today) =>
        group.Terms.IsEmpty ? [(DateOnly.MaxValue, today.AddMonths(-2), today)]
            : [.. group.Terms.Select((term, i) => (i == group.Terms.Length - 1 ? DateOnly.MaxValue : term.Ends, term.Starts, term.Ends))];
}
