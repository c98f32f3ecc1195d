using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>A lesson of the teacher's day.</summary>
internal sealed record TeacherLesson(
    Guid LessonId, TaughtGroup Group, DateOnly Date, short Number, TimeOnly StartsAt, TimeOnly EndsAt, string Room, string Topic,
    bool IsCancelled, int Marks, int Absences, bool HasHomework)
{
    /// <summary>What the plan says of the lesson; null when its group has none.</summary>
    public LaidLesson? Plan { get; init; }
}

/// <summary>A class led, with who is absent today.</summary>
internal sealed record LedToday(LedClass Class, int Learners, ImmutableArray<string> Absent);

/// <summary>A teacher's day.</summary>
internal sealed record TeacherDay(
    PersonFacts Facts, DateOnly Today, TimeOnly Now, ImmutableArray<TeacherLesson> Lessons, DateOnly? NextDay, ImmutableArray<LedToday> Led)
{
    /// <summary>Works owed to the teacher.</summary>
    public ImmutableArray<Debt> Debts { get; init; } = [];

    /// <summary>What families of the classes led say of absences.</summary>
    public ImmutableArray<LedNote> Notes { get; init; } = [];

    /// <summary>Groups behind their plan, the worst first.</summary>
    public ImmutableArray<(TaughtGroup Group, PlanProgress Progress)> Behind { get; init; } = [];

    /// <summary>Remarks on the teacher's journals that wait for an answer.</summary>
    public ImmutableArray<Remarks.RemarkLine> Remarks { get; init; } = [];

    /// <summary>The lesson going on, or the next one today.</summary>
    public TeacherLesson? Current => Lessons.FirstOrDefault(lesson => lesson.Date == Today && !lesson.IsCancelled && lesson.EndsAt >= Now);
}

/// <summary>The teacher's lessons today, or on the next day that has any; absentees of the classes led.</summary>
internal sealed class TeacherToday(AppDb db, IRegistry registry, IClock clock)
{
    public async Task<TeacherDay> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var now = clock.NowIn(facts.TimeZone);
        var today = DateOnly.FromDateTime(now.DateTime);
        var groups = facts.Taught.ToDictionary(g => g.GroupId);
        var ledLearners = actor.Targets(Contracts.Access.Relations.Leads, Contracts.Access.Places.Person).ToArray();
        var (lessons, absent, debts, plans) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                with day as (
                  select min(date) as date from journal.lessons
                   where school_year = $3 and school_id = $1 and group_id = any($2) and date between $4 and $4 + 14)
                select l.id, l.group_id, l.date, l.number, l.starts_at, l.ends_at, l.room, l.topic, l.is_cancelled,
                       (select count(*) from journal.marks m where m.school_year = l.school_year and m.school_id = l.school_id
                         and m.group_id = l.group_id and m.lesson_id = l.id)::int,
                       (select count(*) from journal.absences a where a.school_year = l.school_year and a.school_id = l.school_id
                         and a.group_id = l.group_id and a.lesson_id = l.id)::int,
                       exists (select from journal.homework h where h.school_year = l.school_year and h.school_id = l.school_id and h.lesson_id = l.id)
                  from journal.lessons l, day
                 where l.school_year = $3 and l.school_id = $1 and l.group_id = any($2) and l.date = day.date
                 order by l.number
                """, facts.Worn!.Value.UnitId, groups.Keys.ToArray(), SchoolYear.Of(today), today);
            batch.Add("""
                select distinct learner_id from journal.absences
                 where school_year = $3 and school_id = $1 and learner_id = any($2) and lesson_date = $4
                """, facts.Worn!.Value.UnitId, ledLearners, SchoolYear.Of(today), today);
            ShowDebts.Add(batch, facts.Worn!.Value.UnitId, groups.Keys, today);
            PlanBook.AddGroups(batch, SchoolYear.Of(today), facts.Worn!.Value.UnitId, [.. groups.Keys]);
        }, async (reader, token) => (
            await reader.ReadAllAsync(r => new TeacherLesson(
                r.GetGuid(0), groups[r.GetGuid(1)], r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetFieldValue<TimeOnly>(4),
                r.GetFieldValue<TimeOnly>(5), r.GetString(6), r.GetString(7), r.GetBoolean(8), r.GetInt32(9), r.GetInt32(10), r.GetBoolean(11)), token),
            await reader.ReadAllAsync(r => r.GetGuid(0), token), await reader.ReadAllAsync(ShowDebts.Read, token), await PlanBook.ReadGroupsAsync(reader, today, token)), cancel);

        var names = absent.Count == 0 ? new Dictionary<Guid, PersonName>() : await registry.GetNamesAsync(actor, absent, cancel);
        return new(
            facts, today, TimeOnly.FromDateTime(now.DateTime),
            [.. lessons.Select(lesson => lesson with { Plan = plans.GetValueOrDefault(lesson.Group.GroupId)?.Layout.At(lesson.LessonId) })],
            lessons.Count > 0 && lessons[0].Date != today ? lessons[0].Date : null,
            [.. facts.Led.Select(led => new LedToday(
                led, ledLearners.Length, [.. names.Values.Select(n => n.Short).Order(StringComparer.Create(Words.Russian, false))]))])
        {
            Debts = [.. debts],
            Behind = [.. plans.Where(plan => plan.Value.Layout.Progress.Lag > 0).Select(plan => (groups[plan.Key], plan.Value.Layout.Progress)).OrderByDescending(line => line.Progress.Short).ThenByDescending(line => line.Progress.Lag)],
        };
    }
}
