using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Whose classes and groups are read.</summary>
internal enum LearnersOf { Guardian, LearnerAtSchool, AnyLearner }

/// <summary>A learner's own classes and groups, or those of a guardian's children.</summary>
internal sealed class LearnerDetails(LearnersOf whose) : Details
{
    // Whose diary: the children not barred by a court, or the learner at the school of the role worn.
    private string Kids => whose == LearnersOf.Guardian
        ? """
          kids as (select g.learner_id as id, g.starts_on, g.ends_on from registry.guardianships g
                    where g.guardian_id = $1 and g.restriction is null and g.starts_on <= $3 and (g.ends_on is null or g.ends_on >= $2)),
          places as (select e.* from registry.enrolments e join kids k on k.id = e.person_id
                      where e.starts_on <= $3 and (e.ends_on is null or e.ends_on >= $2))
          """
        : $"""
          kids as (select $1::uuid as id, null::date as starts_on, null::date as ends_on),
          places as (select e.* from registry.enrolments e
                      where e.person_id = $1 {(whose == LearnersOf.LearnerAtSchool ? "and e.school_id = $4" : "")}
                        and e.starts_on <= $3 and (e.ends_on is null or e.ends_on >= $2))
          """;

    public override void Add(NpgsqlBatch batch, Window window)
    {
        AddBound(batch, window, $"""
            with {Kids}
            select e.person_id, p.last_name, p.first_name, p.middle_name, e.school_id, o.short_name, o.time_zone, e.class_id,
                   c.grade || c.letter, c.year, e.starts_on, e.ends_on, k.starts_on, k.ends_on,
                   exists (select from registry.enrolments x where x.person_id = e.person_id and x.ends_on >= x.starts_on and x.ends_on < e.starts_on
                              and x.ends_on >= make_date(c.year, 8, 1))
              from places e join kids k on k.id = e.person_id
              join registry.people p on p.id = e.person_id
              join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
              join registry.organisations o on o.id = e.school_id
             order by c.grade desc, p.first_name
            """);
        AddBound(batch, window, $"""
            with {Kids}
            select e.person_id, e.class_id, t.id, s.name, coalesce(teacher.name, '')
              from places e
              join registry.teaching_groups t on t.class_id = e.class_id
              join registry.subjects s on s.id = t.subject_id
              left join lateral (
                select p.first_name || ' ' || p.middle_name as name
                  from registry.teaching_assignments a join registry.people p on p.id = a.person_id
                 where a.group_id = t.id and a.starts_on <= $3 and (a.ends_on is null or a.ends_on >= $2)
                 order by a.basis desc limit 1) teacher on true
             where t.kind = 'class' or exists (
                select from registry.group_members m
                 where m.group_id = t.id and m.person_id = e.person_id and m.starts_on <= $3 and (m.ends_on is null or m.ends_on >= $2))
             order by s.name
            """);
        AddBound(batch, window, $"""
            with {Kids}
            select t.school_id, t.id, t.number, t.name, t.starts_on, t.ends_on, t.year
              from registry.terms t where t.school_id in (select school_id from places) order by t.starts_on
            """);
        if (whose == LearnersOf.Guardian)
            AddBound(batch, window, $"""
                with {Kids}
                select k.id, p.last_name, p.first_name, p.middle_name, k.starts_on, k.ends_on from kids k join registry.people p on p.id = k.id order by p.first_name, k.id
                """);
    }

    public override async Task<PersonFacts> ReadAsync(NpgsqlDataReader reader, PersonFacts facts, DateTimeOffset now, CancellationToken cancel)
    {
        var learners = await ReadLearnersAsync(reader, now, cancel);
        var wards = whose == LearnersOf.Guardian ? await reader.ReadAllAsync(r => (Ward: new Ward(r.GetGuid(0), RegistryRows.Name(r, 1)), From: r.GetFieldValue<DateOnly>(4), To: r.Maybe<DateOnly>(5)), cancel) : [];
        var zone = learners.FirstOrDefault()?.TimeZone ?? facts.TimeZone;
        var today = RegistryRows.DateIn(now, zone);
        return facts with
        {
            Learners = learners,
            TimeZone = zone,
            Wards = [.. wards.Where(held => held.From <= today && (held.To is null || held.To >= today)).Select(held => held.Ward).DistinctBy(ward => ward.PersonId)],
            Ties = [.. learners.SelectMany(TiesOf), .. wards.Select(held => new Tie(Relations.Represents, new Coordinate(Places.Person, held.Ward.PersonId), held.From, held.To))],
        };
    }

    public static async Task<ImmutableArray<LearnerFacts>> ReadLearnersAsync(NpgsqlDataReader reader, DateTimeOffset now, CancellationToken cancel)
    {
        var rows = await reader.ReadAllAsync(ReadRow, cancel);
        var groups = (await reader.ReadAllAsync(
            r => (Person: r.GetGuid(0), Class: r.GetGuid(1), Group: new AttendedGroup(r.GetGuid(2), r.GetString(3), r.GetString(4).Trim())), cancel))
            .ToLookup(g => (g.Person, g.Class), g => g.Group);
        var terms = (await reader.ReadAllAsync(r => (School: r.GetGuid(0), Year: r.GetInt16(6), Term: RegistryRows.Term(r, 1)), cancel))
            .ToLookup(t => (t.School, t.Year), t => t.Term);

        // A fact given twice (two guardianships, two enrolments of one class) binds once.
        return [.. rows.Where(row => row.HoldsOn(RegistryRows.DateIn(now, row.Facts.TimeZone)))
            .DistinctBy(row => (row.Facts.PersonId, row.Facts.ClassId))
            .Select(row => row.Facts with
            {
                Groups = [.. groups[(row.Facts.PersonId, row.Facts.ClassId)].DistinctBy(group => group.GroupId)],
                Terms = [.. terms[(row.Facts.SchoolId, row.Facts.SchoolYear)]],
            })];
    }

    private static void AddBound(NpgsqlBatch batch, Window window, string sql)
    {
        var command = batch.Add(sql, window.PersonId, window.From, window.To);
        if (sql.Contains("$4", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter { Value = window.Worn!.Value.UnitId });
    }

    private IEnumerable<Tie> TiesOf(LearnerFacts learner)
    {
        yield return new Tie(whose == LearnersOf.Guardian ? Relations.Guardian : Relations.Self, new Coordinate(Places.Person, learner.PersonId));
        yield return new Tie(Relations.Member, new Coordinate(Places.School, learner.SchoolId));
        yield return new Tie(Relations.Attends, new Coordinate(Places.Class, learner.ClassId));
        foreach (var group in learner.Groups)
            yield return new Tie(Relations.Attends, new Coordinate(Places.Group, group.GroupId));
    }

    private static Row ReadRow(NpgsqlDataReader r) => new(
        new LearnerFacts(r.GetGuid(0), RegistryRows.Name(r, 1), r.GetGuid(4), r.GetString(5), r.GetString(6), r.GetGuid(7), r.GetString(8), r.GetInt16(9), [], [])
        { Since = r.GetFieldValue<DateOnly>(10), HasMoved = r.GetBoolean(14) },
        r.GetFieldValue<DateOnly>(10), r.Maybe<DateOnly>(11), r.Maybe<DateOnly>(12), r.Maybe<DateOnly>(13));

    private sealed record Row(LearnerFacts Facts, DateOnly From, DateOnly? To, DateOnly? TieFrom, DateOnly? TieTo)
    {
        public bool HoldsOn(DateOnly today) =>
            From <= today && (To is null || To >= today) && (TieFrom is null || TieFrom <= today) && (TieTo is null || TieTo >= today);
    }
}
