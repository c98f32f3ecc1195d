using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>A class in the head's day.</summary>
internal sealed record ClassToday(Guid ClassId, string Name, short Grade, int Lessons, int Absent, int WithoutTopic);

/// <summary>The school's day for its head and deputies.</summary>
internal sealed record SchoolDay(
    PersonFacts Facts, DateOnly Today, int Lessons, int Past, int WithoutTopic, int Absent, int Marks,
    ImmutableArray<ClassToday> Classes);

/// <summary>The school today, class by class.</summary>
internal sealed class SchoolToday(AppDb db, IRegistry registry, IClock clock)
{
    public async Task<SchoolDay> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var school = facts.Worn!.Value.UnitId;
        var now = clock.NowIn(facts.TimeZone);
        var today = DateOnly.FromDateTime(now.DateTime);
        var groups = (await registry.GetSchoolGroupsAsync(actor, school, cancel)).ToDictionary(g => g.GroupId);
        var (lessons, absent, marks) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                select group_id, ends_at, topic = '' from journal.lessons
                 where school_year = $2 and school_id = $1 and date = $3 and not is_cancelled
                """, school, SchoolYear.Of(today), today);
            batch.Add("""
                select distinct a.learner_id, a.group_id from journal.absences a
                 where a.school_year = $2 and a.school_id = $1 and a.group_id = any($4) and a.lesson_date = $3
                """, school, SchoolYear.Of(today), today, groups.Keys.ToArray());
            batch.Add("select coalesce(sum(marks), 0)::int from journal.day_totals where school_id = $1 and date = $2", school, today);
        }, async (reader, token) => (
            await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Ends: r.GetFieldValue<TimeOnly>(1), IsBare: r.GetBoolean(2)), token),
            await reader.ReadAllAsync(r => (Learner: r.GetGuid(0), Group: r.GetGuid(1)), token),
            await reader.ReadFirstAsync(r => r.GetInt32(0), token)), cancel);

        var clockTime = TimeOnly.FromDateTime(now.DateTime);
        var classOf = groups.Values.ToDictionary(g => g.GroupId, g => g.ClassId);
        var classes = groups.Values.GroupBy(g => g.ClassId).Select(c => new ClassToday(
            c.Key, c.First().ClassName.Split(',')[0], c.First().Grade,
            lessons.Count(l => classOf.GetValueOrDefault(l.Group) == c.Key),
            absent.Where(a => classOf.GetValueOrDefault(a.Group) == c.Key).Select(a => a.Learner).Distinct().Count(),
            lessons.Count(l => l.IsBare && l.Ends < clockTime && classOf.GetValueOrDefault(l.Group) == c.Key)));
        return new(
            facts, today, lessons.Count, lessons.Count(l => l.Ends < clockTime), lessons.Count(l => l.IsBare && l.Ends < clockTime),
            absent.Select(a => a.Learner).Distinct().Count(), marks, [.. classes]);
    }
}
