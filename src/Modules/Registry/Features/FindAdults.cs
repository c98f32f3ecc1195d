using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;

namespace MySchool.Registry.Features;

/// <summary>An adult the school already knows, to give a role or a child to.</summary>
internal sealed record KnownAdult(Guid PersonId, PersonName Name, string Note);

/// <summary>Staff (also former) and guardians of a school by name. Others come by import, with their papers.</summary>
internal sealed class FindAdults(AppDb db)
{
    public async Task<ImmutableArray<KnownAdult>> HandleAsync(Actor actor, Guid schoolId, string? name, CancellationToken cancel)
    {
        var words = SearchWords.Of(name);
        if (!words.IsEnough) return [];
        return await db.ReadAsync(actor, batch => batch.Add("""
            with known as (
              select m.person_id as id, m.role, null as child from registry.memberships m where m.unit_id = $2
              union
              select g.guardian_id, 'guardian', k.last_name || ' ' || k.first_name
                from registry.enrolments e join registry.guardianships g on g.learner_id = e.person_id join registry.people k on k.id = e.person_id
               where e.school_id = $2)
            select p.id, p.last_name, p.first_name, p.middle_name, array_agg(distinct known.role), array_agg(distinct known.child) filter (where known.child is not null)
              from known join registry.people p on p.id = known.id
             where (select bool_and(translate(lower(p.last_name), 'ё', 'е') like w or translate(lower(p.first_name), 'ё', 'е') like w
                                 or translate(lower(p.middle_name), 'ё', 'е') like w) from unnest($1) w)
             group by p.id, p.last_name, p.first_name, p.middle_name order by p.last_name, p.first_name, p.middle_name limit 20
            """, words.Prefixes.ToArray(), schoolId),
            async (reader, token) => (await reader.ReadAllAsync(r => new KnownAdult(
                r.GetGuid(0), RegistryRows.Name(r, 1), Note(r.GetFieldValue<string[]>(4), r.IsDBNull(5) ? [] : r.GetFieldValue<string[]>(5))), token)).ToImmutableArray(),
            cancel);
    }

    // «Родитель: Иванова Анна, Иванов Пётр; Учитель»: namesakes are told apart by their children.
    private static string Note(string[] roles, string[] children) => string.Join("; ", roles.Select(role =>
        role == Roles.Guardian ? $"{Words.Role(role)}: {string.Join(", ", children)}" : Words.Role(role)));
}
