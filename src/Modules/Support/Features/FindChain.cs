using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Support.Domain;

namespace MySchool.Support.Features;

/// <summary>Finds who answers whom: school, municipality, region, operator.</summary>
internal sealed class FindChain(IRegistry registry, IUnitFacts units, IClock clock)
{
    /// <summary>The chain of somebody in a role.</summary>
    /// <param name="unit">School or office the person writes from; null when they left it out: the operator answers then.</param>
    /// <param name="role">The role worn; those who answer for a unit do not answer themselves.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Chain> HandleAsync(Guid? unit, string role, CancellationToken cancel)
    {
        Guid[] ids = unit is { } known ? [known, .. await registry.GetTerritoriesAsync(known, cancel)] : [await CountryAsync(cancel)];
        var facts = (await units.CountAsync(ids, clock.TodayIn(TimeZones.Capital), cancel)).ToDictionary(found => found.Id);
        var all = ids.Where(facts.ContainsKey).Select(id => facts[id]).ToList();
        // An id that names no unit came from a form: as good as none.
        if (all.Count == 0) return await HandleAsync(null, role, cancel);
        var from = unit is null ? "" : all[0].ShortName;
        var isAnswering = role is Roles.SchoolAdministrator or Roles.MunicipalCoordinator or Roles.RegionalCoordinator;
        var links = all.Skip(isAnswering && all.Count > 1 ? 1 : 0).ToList();
        // A unit that nobody answers for would keep the ticket for ever; the country always has its operator.
        var start = links.FindIndex(link => link.Kind == "country" || !link.Officials.IsEmpty && !link.IsClosed);
        return new Chain([.. links.Select(link => new Link(link.Id, link.Kind, link.ShortName))], Math.Max(0, start), from);
    }

    /// <summary>Schools the person has to do with in the role worn, to choose whose support answers.</summary>
    public static ImmutableArray<(Guid Id, string Name)> SchoolsOf(Actor actor, PersonFacts? facts)
    {
        if (facts is null) return [];
        if (facts.Learners.Length > 0) return [.. facts.Learners.Select(learner => (learner.SchoolId, learner.SchoolName)).Distinct()];
        return actor.Hat.UnitId == Guid.Empty ? [] : [(actor.Hat.UnitId, facts.Offers.FirstOrDefault(offer => offer.Hat == actor.Hat)?.UnitName ?? "")];
    }

    /// <summary>Units right below one, for somebody who looks for their school from the country down.</summary>
    public Task<IReadOnlyList<UnitSummary>> BelowAsync(Guid unit, CancellationToken cancel) => registry.GetUnitsBelowAsync(unit, cancel);

    public async Task<Guid> CountryAsync(CancellationToken cancel)
    {
        var any = (await units.ListUnitsAsync(Guid.Empty, 1, cancel))[0];
        var above = await registry.GetTerritoriesAsync(any, cancel);
        return above.IsEmpty ? any : above[^1];
    }
}
