using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Counts units for modules that keep figures: rows of persons stay here.</summary>
internal sealed class CountUnits(WorkerDb db) : IUnitFacts
{
    private const string Holds = "starts_on <= $2 and (ends_on is null or ends_on >= $2)";

    public async Task<IReadOnlyList<UnitFacts>> CountAsync(IReadOnlyCollection<Guid> unitIds, DateOnly day, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        var ids = unitIds.ToArray();
        AddUnits(batch, ids);
        batch.Add($"""
            select m.unit_id, m.person_id, m.role, p.last_name, p.first_name, p.middle_name, m.ends_on
              from registry.memberships m join registry.people p on p.id = m.person_id
             where m.unit_id = any($1) and {Holds} and m.role in ('school-administrator', 'municipal-coordinator', 'regional-coordinator', 'operator')
             order by m.starts_on, m.id
            """, ids, day);
        AddSchools(batch, ids, day);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var units = await reader.ReadAllAsync(ReadUnit, cancel);
        var officials = (await reader.ReadAllAsync(row => (Unit: row.GetGuid(0), Official: new Official(
            row.GetGuid(1), row.GetString(2), RegistryRows.Name(row, 3), row.Maybe<DateOnly>(6))), cancel)).ToLookup(line => line.Unit, line => line.Official);
        var counts = (await reader.ReadAllAsync(row => (
            Unit: row.GetGuid(0), Staff: row.GetFieldValue<Guid[]>(1), Bells: row.GetInt32(2), Terms: row.GetInt32(3), Classes: row.GetInt32(4),
            Learners: row.GetInt32(5), WithGuardian: row.GetInt32(6)), cancel)).ToDictionary(line => line.Unit);
        return [.. units.Select(unit => counts.TryGetValue(unit.Id, out var count)
            ? unit with
            {
                Officials = [.. officials[unit.Id]], Staff = [.. count.Staff], Bells = count.Bells, Terms = count.Terms, Classes = count.Classes,
                Learners = count.Learners, WithGuardian = count.WithGuardian,
            }
            : unit with { Officials = [.. officials[unit.Id]] })];
    }

    public async Task<IReadOnlyList<Guid>> ListUnitsAsync(Guid after, int limit, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("select id from registry.organisations where id > $1 order by id limit $2");
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }

    private static void AddUnits(NpgsqlBatch batch, Guid[] ids) => batch.Add("""
        select o.id, o.kind, o.name, o.short_name, o.oktmo, o.ogrn, o.address,
               array(select c.ancestor_id from registry.unit_closure c where c.descendant_id = o.id and c.depth > 0 order by c.depth),
               o.is_demo, o.closed_on is not null,
               array_remove(array[case when o.ogrn is null then 'ogrn' end, case when o.inn is null then 'inn' end,
                                  case when o.oktmo is null then 'oktmo' end, case when o.address is null then 'address' end], null)
          from registry.organisations o where o.id = any($1)
        """, ids);

    private static void AddSchools(NpgsqlBatch batch, Guid[] ids, DateOnly day) => batch.Add($"""
        select o.id,
               array(select distinct m.person_id from registry.memberships m where m.unit_id = o.id and {Holds}),
               (select count(*)::int from registry.bells b where b.school_id = o.id),
               (select count(*)::int from registry.terms t join registry.academic_years y on y.school_id = t.school_id and y.year = t.year and $2 between y.starts_on and y.ends_on
                 where t.school_id = o.id),
               (select count(*)::int from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year and $2 between y.starts_on and y.ends_on
                 where c.school_id = o.id),
               l.learners, l.with_guardian
          from registry.organisations o
          cross join lateral (
            select count(*)::int as learners, (count(*) filter (where exists (
                     select from registry.guardianships g where g.learner_id = e.person_id and g.restriction is null and g.starts_on <= $2 and (g.ends_on is null or g.ends_on >= $2))))::int as with_guardian
              from (select distinct person_id from registry.enrolments where school_id = o.id and {Holds}) e) l
         where o.id = any($1) and o.kind = 'school'
        """, ids, day);

    private static UnitFacts ReadUnit(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.Text(5), row.Text(6), [.. row.GetFieldValue<Guid[]>(7)],
        row.GetBoolean(8), row.GetBoolean(9), [.. row.GetFieldValue<string[]>(10)]);
}
