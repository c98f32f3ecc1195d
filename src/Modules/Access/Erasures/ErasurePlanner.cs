using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Erasures;

/// <summary>Asks every module what it has of a person and works out what becomes of it today.</summary>
internal sealed class ErasurePlanner(WorkerDb db, IEnumerable<IPersonalErasure> modules, IClock clock)
{
    /// <summary>Modules in the order they are carried out: the one that lets people in is the last, so that it can still tell them.</summary>
    public IReadOnlyList<IPersonalErasure> Modules { get; } = [.. modules.OrderBy(module => module.Name == "access").ThenBy(module => module.Name, StringComparer.Ordinal)];

    public IPersonalErasure Of(string module) => Modules.First(known => known.Name == module);

    public async Task<ErasurePlan> PlanAsync(Guid person, CancellationToken cancel)
    {
        var terms = await TermsAsync(cancel);
        var (lines, obstacles) = (new List<ErasureLine>(), new List<string>());
        foreach (var module in Modules)
        {
            var look = await module.LookAsync(person, cancel);
            obstacles.AddRange(look.Obstacles);
            lines.AddRange(module.Rules.Zip(look.Found, (rule, found) => Judge(module, rule, found, terms, clock.TodayIn(TimeZones.Capital))));
        }
        return new(Longest(lines), obstacles);
    }

    public async Task<IReadOnlyDictionary<string, RetentionTerm>> TermsAsync(CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select code, years, law from access.retention_terms");
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(row => new RetentionTerm(row.GetString(0), row.GetInt16(1), row.GetString(2)), cancel)).ToDictionary(term => term.Code);
    }

    private static ErasureLine Judge(IPersonalErasure module, ErasureRule rule, ErasureFound found, IReadOnlyDictionary<string, RetentionTerm> terms, DateOnly today)
    {
        if (rule.Fate != Fate.Kept || rule.Term == RetentionTerms.Longest) return new(module, rule.Key, rule.Fate, found.Rows, null, null);
        var term = terms[rule.Term!];
        // Nothing there, or the archive wants it no more: it goes with the rest.
        return found is { Rows: > 0, LastDay: { } last } && ErasureRules.KeepUntil(last, term.Years) is var until && until >= today
            ? new(module, rule.Key, Fate.Kept, found.Rows, term.Law, until) : new(module, rule.Key, Fate.Erased, found.Rows, null, null);
    }

    // The name of whom the kept rows are rests as long as the last of them, and goes at once where nothing is kept.
    private static List<ErasureLine> Longest(List<ErasureLine> lines)
    {
        var last = lines.Where(line => line.Until is not null).MaxBy(line => line.Until);
        return [.. lines.Select(line => line is not { Fate: Fate.Kept, Until: null } ? line
            : last is null || line.Rows == 0 ? line with { Fate = Fate.Erased, Rows = 0 } : line with { Law = last.Law, Until = last.Until })];
    }
}
