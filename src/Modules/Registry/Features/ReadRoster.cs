using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features;

/// <summary>A teaching group with its learners, as far as the actor's scopes let them be seen.</summary>
internal sealed class ReadRoster(AppDb db)
{
    public Task<GroupRoster?> HandleAsync(Actor actor, Guid groupId, CancellationToken cancel) => db.ReadAsync(actor, batch =>
    {
        batch.Add("""
            select t.school_id, t.year, t.class_id, c.grade, c.letter, t.name, s.name, o.time_zone
              from registry.teaching_groups t
              join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
              join registry.subjects s on s.id = t.subject_id
              join registry.organisations o on o.id = t.school_id
             where t.id = $1
            """, groupId);
        batch.Add("""
            select p.id, p.last_name, p.first_name, p.middle_name, e.starts_on, e.ends_on
              from registry.teaching_groups t
              join registry.enrolments e on e.class_id = t.class_id and e.school_id = t.school_id
              join registry.people p on p.id = e.person_id
             where t.id = $1 and t.kind = 'class' and (e.ends_on is null or e.ends_on >= e.starts_on)
            union all
            select p.id, p.last_name, p.first_name, p.middle_name, m.starts_on, m.ends_on
              from registry.group_members m join registry.people p on p.id = m.person_id
             where m.group_id = $1 and (m.ends_on is null or m.ends_on >= m.starts_on)
             order by 2, 3, 4, 1
            """, groupId);
        batch.Add("""
            select r.id, r.number, r.name, r.starts_on, r.ends_on
              from registry.terms r join registry.teaching_groups t on t.school_id = r.school_id and t.year = r.year
             where t.id = $1 order by r.number
            """, groupId);
    }, async (reader, token) =>
    {
        var head = await reader.ReadFirstAsync(r => new GroupRoster(
            groupId, r.GetGuid(0), r.GetInt16(1), r.GetGuid(2), RegistryRows.GroupName($"{r.GetInt16(3)}{r.GetString(4)}", r.GetString(5)),
            r.GetInt16(3), r.GetString(6), r.GetString(7), [], []), token);
        var learners = await reader.ReadAllAsync(r => new RosterLearner(
            r.GetGuid(0), RegistryRows.Name(r, 1), r.GetFieldValue<DateOnly>(4), r.Maybe<DateOnly>(5)), token);
        var terms = await reader.ReadAllAsync(r => RegistryRows.Term(r, 0), token);
        return head is null ? null : head with { Learners = [.. learners], Terms = [.. terms] };
    }, cancel);

    // One year, the one that today belongs to; in summer the one that has ended last.
    private const string OfYear = """
        join registry.academic_years y on y.school_id = t.school_id and y.year = t.year
         where t.school_id = $1 and ($2::uuid is null or t.class_id = $2)
           and t.year = (select max(year) from registry.academic_years where school_id = $1 and starts_on <= $3)
        """;

    public async Task<SchoolRosters?> OfSchoolAsync(Actor actor, Guid schoolId, Guid? classId, CancellationToken cancel) => await db.ReadAsync(actor, batch =>
    {
        batch.Add($"""
            select t.id, t.class_id, c.grade, c.letter, t.name, s.name, t.year, o.time_zone, coalesce(w.name, ''), w.id, o.name
              from registry.teaching_groups t
              join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
              join registry.subjects s on s.id = t.subject_id
              join registry.organisations o on o.id = t.school_id
              left join lateral (select p.id, p.last_name || ' ' || left(p.first_name, 1) || '.' || left(p.middle_name, 1) || '.' as name
                      from registry.teaching_assignments a join registry.people p on p.id = a.person_id
                     where a.group_id = t.id and a.starts_on <= $3 and (a.ends_on is null or a.ends_on >= $3) limit 1) w on true
              {OfYear} order by c.grade, c.letter, s.name, t.name
            """, schoolId, Maybe.Uuid(classId), actor.Today);
        batch.Add($"""
            select t.id, p.id, p.last_name, p.first_name, p.middle_name, e.starts_on, e.ends_on
              from registry.teaching_groups t
              join registry.enrolments e on e.class_id = t.class_id and e.school_id = t.school_id
              join registry.people p on p.id = e.person_id
              {OfYear} and t.kind = 'class' and (e.ends_on is null or e.ends_on >= e.starts_on)
            union all
            select t.id, p.id, p.last_name, p.first_name, p.middle_name, m.starts_on, m.ends_on
              from registry.teaching_groups t join registry.group_members m on m.group_id = t.id join registry.people p on p.id = m.person_id
              {OfYear} and (m.ends_on is null or m.ends_on >= m.starts_on)
             order by 3, 4, 5, 2
            """, schoolId, Maybe.Uuid(classId), actor.Today);
        batch.Add("""
            select r.id, r.number, r.name, r.starts_on, r.ends_on from registry.terms r
             where r.school_id = $1 and r.year = (select max(year) from registry.academic_years where school_id = $1 and starts_on <= $2) order by r.number
            """, schoolId, actor.Today);
        batch.Add("""
            select l.class_id, p.last_name, p.first_name, p.middle_name from registry.class_leaders l join registry.people p on p.id = l.person_id
             where l.school_id = $1 and ($2::uuid is null or l.class_id = $2) and l.starts_on <= $3 and (l.ends_on is null or l.ends_on >= $3)
            """, schoolId, Maybe.Uuid(classId), actor.Today);
    }, async (reader, token) =>
    {
        (short Year, string Zone, string Name) head = (0, TimeZones.Capital, "");
        var groups = await reader.ReadAllAsync(r =>
        {
            head = (r.GetInt16(6), r.GetString(7), r.GetString(10));
            return new SchoolGroup(r.GetGuid(0), r.GetGuid(1), RegistryRows.GroupName($"{r.GetInt16(2)}{r.GetString(3)}", r.GetString(4)), r.GetInt16(2), r.GetString(5), r.GetString(8)) { TeacherId = r.Maybe<Guid>(9) };
        }, token);
        var learners = await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Learner: new RosterLearner(
            r.GetGuid(1), RegistryRows.Name(r, 2), r.GetFieldValue<DateOnly>(5), r.Maybe<DateOnly>(6))), token);
        var terms = await reader.ReadAllAsync(r => RegistryRows.Term(r, 0), token);
        var leaders = await reader.ReadAllAsync(r => (Class: r.GetGuid(0), RegistryRows.Name(r, 1).Full), token);
        return groups.Count == 0 ? null : new SchoolRosters(head.Year, head.Zone, [.. terms], groups, learners.ToLookup(l => l.Group, l => l.Learner))
        {
            SchoolName = head.Name,
            Leaders = leaders.GroupBy(leader => leader.Class).ToDictionary(of => of.Key, of => string.Join(", ", of.Select(leader => leader.Full))),
        };
    }, cancel);
}
