using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features;

/// <summary>The school a person belongs to, or belonged to last, when somebody else administers it today; else the operator's country.</summary>
internal sealed class FindPersonHome(WorkerDb db, IClock clock) : IPersonHome
{
    public async Task<PersonHome> FindAsync(Guid personId, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("""
            (select o.id, o.short_name, o.time_zone from registry.home_schools(array[$1]) h join registry.organisations o on o.id = h.unit_id and o.kind = 'school' and o.closed_on is null
              where exists (select from registry.memberships m where m.unit_id = o.id and m.role = 'school-administrator' and m.person_id <> $1
                and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)) order by o.id limit 1)
            union all (select id, short_name, time_zone from registry.organisations where kind = 'country' order by id limit 1)
            """);
        find.Parameters.Add(new() { Value = personId });
        find.Parameters.Add(new() { Value = clock.TodayIn(TimeZones.Capital) });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(row => new PersonHome(row.GetGuid(0), row.GetString(1), row.GetString(2)), cancel)
            ?? throw new InvalidOperationException("There is no country");
    }
}
