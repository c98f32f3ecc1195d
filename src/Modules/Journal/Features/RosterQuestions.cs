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
}
