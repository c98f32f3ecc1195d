using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>A lesson of a diary with everything that stands beside it.</summary>
internal sealed record DiaryLesson(
    Guid LessonId, Guid GroupId, DateOnly Date, short Number, TimeOnly StartsAt, TimeOnly EndsAt, string Subject, string Teacher,
    string Topic, string Room, bool IsCancelled, ImmutableArray<DiaryMark> Marks, DiaryAbsence? Absence, ImmutableArray<DiaryHomework> DueHomework)
{
    /// <summary>The school it was given at, when the learner has left that school.</summary>
    public string? FormerSchool { get; init; }
}

internal sealed record DiaryMark(Guid GroupId, string Subject, DateOnly Date, string Value, short Weight, string Work, string? Comment, string Topic);

internal sealed record DiaryAbsence(string Code, string Name, bool IsBad, string? Reason);

internal sealed record DiaryHomework(Guid Id, string Subject, DateOnly DueOn, string Text, bool IsDone)
{
    /// <summary>Minutes it should take, when the teacher has said so.</summary>
    public short? Minutes { get; init; }

    /// <summary>Whether the work is handed in here.</summary>
    public bool TakesWork { get; init; }

    /// <summary>Links and files that go with it.</summary>
    public int Materials { get; init; }
}

/// <summary>One learner's days: lessons with marks, and homework that falls due.</summary>
internal sealed record DiaryDays(LearnerFacts Learner, ImmutableArray<DiaryLesson> Lessons, ImmutableArray<DiaryHomework> Homework)
{
    /// <summary>Whether another school gave a statement of the learner this year.</summary>
    public bool HasStatement { get; init; }

    public IEnumerable<DiaryMark> Marks => Lessons.SelectMany(lesson => lesson.Marks);
}

/// <summary>Reads diaries of any number of learners in one round trip, audit included.</summary>
internal static class DiaryRows
{
    /// <summary>Whether the work <c>h</c> is addressed to a learner: to the whole group, or to them among the chosen. A guardian of two reads each diary apart.</summary>
    /// <param name="learner">A parameter: <c>$6</c>.</param>
    public static string IsFor(string learner) => $"""
        (not h.is_chosen or exists (select from journal.homework_learners c
          where c.school_year = h.school_year and c.school_id = h.school_id and c.homework_id = h.id and c.learner_id = {learner}))
        """;

    /// <summary>Adds the statements for one learner. Results are read by <see cref="ReadAsync"/> in the same order.</summary>
    public static void Add(NpgsqlBatch batch, LearnerFacts learner, DateOnly from, DateOnly to)
    {
        var groups = learner.Groups.Select(g => g.GroupId).ToArray();
        // Plan: one probe of (year, school, group, date) for each of about fifteen groups.
        batch.AddOfYear("""
            select id, group_id, date, number, starts_at, ends_at, topic, room, is_cancelled from journal.lessons
             where school_year = $1 and school_id = $2 and group_id = any($3) and date between $4 and $5
             order by date, number
            """, learner.SchoolYear, learner.SchoolId, groups, from, to);
        // Plan: one range of (year, school, learner, date).
        batch.AddOfYear("""
            select m.lesson_id, m.group_id, m.lesson_date, m.value, m.weight, coalesce(w.name, ''), m.comment
              from journal.marks m left join journal.work_types w on w.school_id = m.school_id and w.number = m.work_type
             where m.school_year = $1 and m.school_id = $2 and m.learner_id = $3 and m.lesson_date between $4 and $5
             order by m.lesson_date, m.slot
            """, learner.SchoolYear, learner.SchoolId, learner.PersonId, from, to);
        batch.AddOfYear("""
            select a.lesson_id, a.code, coalesce(c.name, a.code), coalesce(c.category, '') in ('unexcused', 'unknown'), a.reason
              from journal.absences a left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
             where a.school_year = $1 and a.school_id = $2 and a.learner_id = $3 and a.lesson_date between $4 and $5
            """, learner.SchoolYear, learner.SchoolId, learner.PersonId, from, to);
        batch.AddOfYear($"""
            select h.id, h.group_id, h.due_on, h.text, d.done_at is not null, h.minutes, h.takes_work, h.files + cardinality(h.links)
              from journal.homework h
              left join journal.homework_done d
                on d.school_year = h.school_year and d.school_id = h.school_id and d.homework_id = h.id and d.learner_id = $6
             where h.school_year = $1 and h.school_id = $2 and h.group_id = any($3) and h.due_on between $4 and $5 and {IsFor("$6")}
             order by h.due_on, h.position
            """, learner.SchoolYear, learner.SchoolId, groups, from, to, learner.PersonId);
    }

    public static async Task<DiaryDays> ReadAsync(NpgsqlDataReader reader, LearnerFacts learner, CancellationToken cancel)
    {
        var groups = learner.Groups.ToDictionary(g => g.GroupId);
        var lessons = await reader.ReadAllAsync(r => ReadLesson(r, groups), cancel);
        var topics = lessons.ToDictionary(l => l.LessonId, l => l.Topic);
        var marks = (await reader.ReadAllAsync(r => (Lesson: r.GetGuid(0), Mark: new DiaryMark(
            r.GetGuid(1), Subject(groups, r.GetGuid(1)), r.GetFieldValue<DateOnly>(2), r.GetString(3), r.GetInt16(4), r.GetString(5), r.Text(6),
            topics.GetValueOrDefault(r.GetGuid(0), ""))), cancel)).ToLookup(m => m.Lesson, m => m.Mark);
        var absences = (await reader.ReadAllAsync(
            r => (Lesson: r.GetGuid(0), Absence: new DiaryAbsence(r.GetString(1), r.GetString(2), r.GetBoolean(3), r.Text(4))), cancel))
            .ToDictionary(a => a.Lesson, a => a.Absence);
        var homework = await reader.ReadAllAsync(r => (Group: r.GetGuid(1), Homework: new DiaryHomework(
            r.GetGuid(0), Subject(groups, r.GetGuid(1)), r.GetFieldValue<DateOnly>(2), r.GetString(3), r.GetBoolean(4))
        { Minutes = r.Maybe<short>(5), TakesWork = r.GetBoolean(6), Materials = r.GetInt32(7) }), cancel);
        var due = homework.ToLookup(h => (h.Group, h.Homework.DueOn), h => h.Homework);

        // Homework stands at the first lesson of its subject on the day it falls due.
        var shown = new HashSet<Guid>();
        return new(learner,
            [.. lessons.Select(lesson => lesson with
            {
                Marks = [.. marks[lesson.LessonId]],
                Absence = absences.GetValueOrDefault(lesson.LessonId),
                DueHomework = [.. due[(lesson.GroupId, lesson.Date)].Where(h => shown.Add(h.Id))],
            })],
            [.. homework.Select(h => h.Homework)]);
    }

    private static DiaryLesson ReadLesson(NpgsqlDataReader r, Dictionary<Guid, AttendedGroup> groups)
    {
        var group = groups.GetValueOrDefault(r.GetGuid(1));
        return new(r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetFieldValue<TimeOnly>(4), r.GetFieldValue<TimeOnly>(5),
            group?.SubjectName ?? "", group?.TeacherName ?? "", r.GetString(6), r.GetString(7), r.GetBoolean(8), [], null, []);
    }

    private static string Subject(Dictionary<Guid, AttendedGroup> groups, Guid id) => groups.GetValueOrDefault(id)?.SubjectName ?? "";
}
