using System.Collections.Concurrent;
using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features;

/// <summary>The public tree of organisations, and a school's groups for those who run it.</summary>
internal sealed class ReadUnits(AppDb app, FactsDb facts, UnitCounts counts, IClock clock)
{
    public async Task<ImmutableArray<Guid>> TerritoriesAsync(Guid schoolId, CancellationToken cancel)
    {
        if (counts.Territories.TryGetValue(schoolId, out var known)) return known;
        await using var command = facts.Source.CreateCommand(
            "select ancestor_id from registry.unit_closure where descendant_id = $1 and depth > 0 order by depth");
        command.Parameters.Add(new() { Value = schoolId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = (await reader.ReadAllAsync(r => r.GetGuid(0), cancel)).ToImmutableArray();
        if (!found.IsEmpty) counts.Territories[schoolId] = found;
        return found;
    }

    /// <summary>A school by its ОГРН, a territory by its ОКТМО: a school's own ОКТМО names the place it stands in.</summary>
    public async Task<IReadOnlyDictionary<string, Guid>> FindAsync(IReadOnlyCollection<string> codes, CancellationToken cancel)
    {
        await using var command = facts.Source.CreateCommand("""
            select distinct on (code) code, id from (
              select ogrn as code, id, 0 as depth from registry.organisations where ogrn = any($1)
              union all
              select o.oktmo, o.id, (select count(*) from registry.unit_closure c where c.descendant_id = o.id) from registry.organisations o
               where o.oktmo = any($1) and o.kind <> 'school') found
             order by code, depth
            """);
        command.Parameters.Add(new() { Value = codes.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(r => (Code: r.GetString(0), Id: r.GetGuid(1)), cancel)).ToDictionary(unit => unit.Code, unit => unit.Id);
    }

    public async Task<IReadOnlyDictionary<Guid, string>> CodesAsync(IReadOnlyCollection<Guid> unitIds, CancellationToken cancel)
    {
        await using var command = facts.Source.CreateCommand(
            "select id, coalesce(ogrn, oktmo) from registry.organisations where id = any($1) and coalesce(ogrn, oktmo) is not null");
        command.Parameters.Add(new() { Value = unitIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(r => (Id: r.GetGuid(0), Code: r.GetString(1)), cancel)).ToDictionary(unit => unit.Id, unit => unit.Code);
    }

    public async Task<IReadOnlyList<UnitSummary>> BelowAsync(Guid unitId, CancellationToken cancel)
    {
        // Counting 200,000 enrolments takes 50 ms: figures of a territory may be five minutes old.
        if (counts.Below.TryGetValue(unitId, out var known) && clock.Now - known.At < TimeSpan.FromMinutes(5)) return known.Units;
        await using var command = facts.Source.CreateCommand("""
            with below as (
              select child.id, child.kind, child.short_name, c.descendant_id as school_id
                from registry.organisations child
                join registry.unit_closure c on c.ancestor_id = child.id
                join registry.organisations s on s.id = c.descendant_id and s.kind = 'school' and s.closed_on is null and not s.is_demo
               where child.parent_id = $1)
            select b.id, b.kind, b.short_name, array_agg(b.school_id), coalesce(sum(n.learners), 0)::int
              from below b
              left join (select school_id, count(distinct person_id) as learners from registry.enrolments
                          where starts_on <= $2 and (ends_on is null or ends_on >= $2)
                            and school_id in (select school_id from below) group by school_id) n on n.school_id = b.school_id
             group by b.id, b.kind, b.short_name order by b.short_name
            """);
        command.Parameters.Add(new() { Value = unitId });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(clock.Now.UtcDateTime) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = await reader.ReadAllAsync(r => new UnitSummary(
            r.GetGuid(0), r.GetString(1), r.GetString(2), [.. r.GetFieldValue<Guid[]>(3)], r.GetInt32(4)), cancel);
        counts.Below[unitId] = (clock.Now, found);
        return found;
    }

    public Task<IReadOnlyList<SchoolGroup>> GroupsAsync(Actor actor, Guid schoolId, CancellationToken cancel) =>
        app.ReadAsync<IReadOnlyList<SchoolGroup>>(actor, batch => batch.Add("""
            select t.id, t.class_id, c.grade, c.letter, t.name, s.name,
                   coalesce((select p.last_name || ' ' || left(p.first_name, 1) || '.' || left(p.middle_name, 1) || '.'
                      from registry.teaching_assignments a join registry.people p on p.id = a.person_id
                     where a.group_id = t.id and a.starts_on <= $2 and (a.ends_on is null or a.ends_on >= $2) limit 1), '')
              from registry.teaching_groups t
              join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
              join registry.subjects s on s.id = t.subject_id
              join registry.academic_years y on y.school_id = t.school_id and y.year = t.year
             where t.school_id = $1 and $2 between y.starts_on and y.ends_on
             order by c.grade, c.letter, s.name, t.name
            """, schoolId, actor.Today),
            async (reader, token) => await reader.ReadAllAsync(r => new SchoolGroup(
                r.GetGuid(0), r.GetGuid(1), RegistryRows.GroupName($"{r.GetInt16(2)}{r.GetString(3)}", r.GetString(4)),
                r.GetInt16(2), r.GetString(5), r.GetString(6)), token),
            cancel);
}

/// <summary>Figures of the public tree kept between requests.</summary>
internal sealed class UnitCounts
{
    public ConcurrentDictionary<Guid, ImmutableArray<Guid>> Territories { get; } = new();

    public ConcurrentDictionary<Guid, (DateTimeOffset At, IReadOnlyList<UnitSummary> Units)> Below { get; } = new();
}
