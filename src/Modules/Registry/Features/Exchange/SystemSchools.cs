using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features.Exchange;

/// <summary>What a system's registration comes to: the schools below its units, demonstration schools and closed ones left out.</summary>
internal sealed class SystemSchools(AppDb db)
{
    // The tree is public.
    private const string Below = """
        select distinct c.descendant_id from registry.unit_closure c
          join registry.organisations o on o.id = c.descendant_id and o.kind = 'school' and o.closed_on is null and not o.is_demo
         where c.ancestor_id = any($1)
        """;

    /// <summary>The same system, tied to each school whose roster it may read.</summary>
    /// <param name="system">As its token tells.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Actor> OpenAsync(Actor system, CancellationToken cancel)
    {
        var units = system.Ties.Select(tie => tie.Target).Where(place => Decide.Allows(system, RegistryActions.ReadRoster, place)).Select(place => place.Id).Distinct().ToArray();
        var schools = await db.ReadAsync(system, batch => batch.Add(Below, units), (rows, token) => rows.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        return new(system.PersonId, system.SessionId, system.Hat, schools.Select(school => new Tie(Relations.Rosters, new(Places.School, school))), system.Today, system.Address);
    }
}
