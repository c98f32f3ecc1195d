using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Groups taught and classes led at the school of the role worn.</summary>
internal sealed class TeacherDetails : Details
{
    public override void Add(NpgsqlBatch batch, Window window)
    {
        var school = window.Worn!.Value.UnitId;
        batch.Add("""
            select t.id, t.class_id, t.kind, c.grade || c.letter, t.name, s.name, a.starts_on, a.ends_on
              from registry.teaching_assignments a
              join registry.teaching_groups t on t.school_id = a.school_id and t.id = a.group_id
              join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
              join registry.subjects s on s.id = t.subject_id
             where a.person_id = $1 and a.school_id = $4 and a.starts_on <= $3 and (a.ends_on is null or a.ends_on >= $2)
             order by c.grade, c.letter, s.name, t.name
            """, window.PersonId, window.From, window.To, school);
        batch.Add("""
            select l.class_id, c.grade || c.letter, l.starts_on, l.ends_on,
                   array(select e.person_id from registry.enrolments e join registry.organisations o on o.id = e.school_id where e.class_id = l.class_id
                          and e.starts_on <= ($5 at time zone o.time_zone)::date and (e.ends_on is null or e.ends_on >= ($5 at time zone o.time_zone)::date)),
                   array(select t.id from registry.teaching_groups t where t.class_id = l.class_id)
              from registry.class_leaders l join registry.classes c on c.school_id = l.school_id and c.id = l.class_id
             where l.person_id = $1 and l.school_id = $4 and l.starts_on <= $3 and (l.ends_on is null or l.ends_on >= $2)
             order by c.grade, c.letter
            """, window.PersonId, window.From, window.To, school, window.Now.ToUniversalTime());
    }

    public override async Task<PersonFacts> ReadAsync(NpgsqlDataReader reader, PersonFacts facts, DateTimeOffset now, CancellationToken cancel)
    {
        var school = facts.Worn!.Value.UnitId;
        var today = RegistryRows.DateIn(now, facts.TimeZone);
        var taught = await reader.ReadAllAsync(r => new TaughtRow(
            new TaughtGroup(r.GetGuid(0), school, RegistryRows.GroupName(r.GetString(3), r.GetString(4)), r.GetString(5)),
            r.GetGuid(1), r.GetString(2) == "class", r.GetFieldValue<DateOnly>(6), r.Maybe<DateOnly>(7)), cancel);
        var led = await reader.ReadAllAsync(r => new LedRow(
            new LedClass(r.GetGuid(0), school, r.GetString(1)), r.GetFieldValue<DateOnly>(2), r.Maybe<DateOnly>(3),
            r.GetFieldValue<Guid[]>(4), r.GetFieldValue<Guid[]>(5)), cancel);

        return facts with
        {
            Taught = [.. taught.Where(t => Holds(t.From, t.To)).Select(t => t.Group).DistinctBy(g => g.GroupId)],
            Led = [.. led.Where(l => Holds(l.From, l.To)).Select(l => l.Class)],
            Ties = [.. facts.Ties, .. taught.SelectMany(TiesOf), .. led.SelectMany(TiesOf)],
        };

        bool Holds(DateOnly from, DateOnly? to) => from <= today && (to is null || to >= today);
    }

    private static IEnumerable<Tie> TiesOf(TaughtRow row)
    {
        yield return new Tie(Relations.Teaches, new Coordinate(Places.Group, row.Group.GroupId), row.From, row.To);
        if (row.IsWholeClass)
            yield return new Tie(Relations.Teaches, new Coordinate(Places.Class, row.ClassId), row.From, row.To);
    }

    private static IEnumerable<Tie> TiesOf(LedRow row)
    {
        yield return new Tie(Relations.Leads, new Coordinate(Places.Class, row.Class.ClassId), row.From, row.To);
        foreach (var learner in row.Learners)
            yield return new Tie(Relations.Leads, new Coordinate(Places.Person, learner), row.From, row.To);
        foreach (var group in row.Groups)
            yield return new Tie(Relations.Leads, new Coordinate(Places.Group, group), row.From, row.To);
    }

    private sealed record TaughtRow(TaughtGroup Group, Guid ClassId, bool IsWholeClass, DateOnly From, DateOnly? To);

    private sealed record LedRow(LedClass Class, DateOnly From, DateOnly? To, Guid[] Learners, Guid[] Groups);
}
