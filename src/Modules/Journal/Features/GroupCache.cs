using System.Collections.Concurrent;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Journal.Features;

/// <summary>
/// Rosters of groups being written to, for half a minute: a save needs to know who learns in the group, not whether the
/// actor may write. Permission never comes from here; it is decided afresh from the actor's ties.
/// </summary>
internal sealed class GroupCache(IRegistry registry, IClock clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);
    private const int MaxEntries = 20_000;
    private readonly ConcurrentDictionary<(Guid Person, Guid Group), (DateTimeOffset At, GroupRoster Roster)> rosters = new();
    private readonly ConcurrentDictionary<Guid, string> names = new();

    public async ValueTask<GroupRoster?> FindAsync(Actor actor, Guid groupId, CancellationToken cancel)
    {
        var key = (actor.PersonId, groupId);
        if (rosters.TryGetValue(key, out var known) && clock.Now - known.At < Life) return known.Roster;
        var roster = await registry.GetRosterAsync(actor, groupId, cancel);
        if (roster is null) return null;
        if (rosters.Count > MaxEntries) rosters.Clear();
        rosters[key] = (clock.Now, roster);
        return roster;
    }

    /// <summary>Polite names of teachers; kept, since a name of staff is open to the whole school.</summary>
    public async ValueTask<IReadOnlyDictionary<Guid, string>> NamesAsync(Actor actor, IReadOnlyCollection<Guid> people, CancellationToken cancel)
    {
        var missing = people.Where(id => !names.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            if (names.Count > MaxEntries) names.Clear();
            foreach (var (id, name) in await registry.GetNamesAsync(actor, missing, cancel)) names[id] = name.Polite;
        }
        return people.Distinct().ToDictionary(id => id, id => names.GetValueOrDefault(id, ""));
    }
}

/// <summary>Questions the journal asks of a roster.</summary>
internal static class RosterQuestions
{
    public static bool Attends(this GroupRoster group, Guid learner, DateOnly day) =>
        group.Learners.Any(l => l.PersonId == learner && l.From <= day && (l.To is null || l.To >= day));

    /// <summary>The term a day falls in; between terms, the next one; after the year, the last.</summary>
    public static TermFacts? TermAt(this IReadOnlyList<TermFacts> terms, DateOnly day) =>
        terms.FirstOrDefault(term => day <= term.Ends) ?? (terms.Count > 0 ? terms[^1] : null);

    public static (DateOnly From, DateOnly To) TermOf(this GroupRoster group, DateOnly day) =>
        group.Terms.TermAt(day) is { } term ? (term.Starts, term.Ends) : (day.AddMonths(-2), day);
}
