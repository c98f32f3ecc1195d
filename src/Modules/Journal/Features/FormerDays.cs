using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Days of the year that a learner spent in another class or school: as they were, beside the present ones.</summary>
internal static class FormerDays
{
    // The days attended there, cut to the days asked for.
    private const string Then = "journal.former_groups f on f.school_year = $1 and f.learner_id = $2";

    /// <summary>Adds the statements; results are read by <see cref="ReadAsync"/> in the same order.</summary>
    public static void Add(NpgsqlBatch batch, LearnerFacts learner, DateOnly from, DateOnly to)
    {
        batch.AddOfYear($"""
            select l.id, l.group_id, l.date, l.number, l.starts_at, l.ends_at, l.topic, l.room, l.is_cancelled, f.subject_name, f.school_id, f.school_name
              from journal.lessons l join {Then} and l.school_id = f.school_id and l.group_id = f.group_id and l.date between f.starts_on and f.ends_on
             where l.school_year = $1 and l.date between $3 and $4 order by l.date, l.number
            """, learner.SchoolYear, learner.PersonId, from, to);
        batch.AddOfYear($"""
            select m.lesson_id, m.group_id, f.subject_name, m.lesson_date, m.value, m.weight, coalesce(w.name, ''), m.comment
              from journal.marks m join {Then} and m.school_id = f.school_id and m.group_id = f.group_id and m.lesson_date between f.starts_on and f.ends_on
              left join journal.work_types w on w.school_id = m.school_id and w.number = m.work_type
             where m.school_year = $1 and m.learner_id = $2 and m.lesson_date between $3 and $4 order by m.lesson_date, m.slot
            """, learner.SchoolYear, learner.PersonId, from, to);
        batch.AddOfYear($"""
            select a.lesson_id, a.code, coalesce(c.name, a.code), coalesce(c.category, '') in ('unexcused', 'unknown'), a.reason
              from journal.absences a join {Then} and a.school_id = f.school_id and a.group_id = f.group_id and a.lesson_date between f.starts_on and f.ends_on
              left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
             where a.school_year = $1 and a.learner_id = $2 and a.lesson_date between $3 and $4
            """, learner.SchoolYear, learner.PersonId, from, to);
        batch.AddOfYear($"""
            select h.id, h.group_id, f.subject_name, h.due_on, h.text, d.done_at is not null
              from journal.homework h join {Then} and h.school_id = f.school_id and h.group_id = f.group_id and h.given_on between f.starts_on and f.ends_on
              left join journal.homework_done d on d.school_year = h.school_year and d.school_id = h.school_id and d.homework_id = h.id and d.learner_id = $2
             where h.school_year = $1 and h.due_on between $3 and $4 and {DiaryRows.IsFor("$2")} order by h.due_on
            """, learner.SchoolYear, learner.PersonId, from, to);
        batch.AddOfYear("select exists (select from journal.statements where school_year = $1 and learner_id = $2)", learner.SchoolYear, learner.PersonId);
    }

    /// <summary>Puts the former days beside the present ones. Lessons of the new class from before the first day in it are left out.</summary>
    public static async Task<DiaryDays> ReadAsync(NpgsqlDataReader reader, DiaryDays present, CancellationToken cancel)
    {
        var school = present.Learner.SchoolId;
        var lessons = await reader.ReadAllAsync(r => new DiaryLesson(
            r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetFieldValue<TimeOnly>(4), r.GetFieldValue<TimeOnly>(5),
            r.GetString(9), "", r.GetString(6), r.GetString(7), r.GetBoolean(8), [], null, [])
        { FormerSchool = r.GetGuid(10) == school ? null : r.GetString(11) }, cancel);
        var marks = (await reader.ReadAllAsync(r => (Lesson: r.GetGuid(0), Mark: new DiaryMark(
            r.GetGuid(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetString(4), r.GetInt16(5), r.GetString(6), r.Text(7), "")), cancel)).ToLookup(m => m.Lesson, m => m.Mark);
        var absences = (await reader.ReadAllAsync(
            r => (Lesson: r.GetGuid(0), Absence: new DiaryAbsence(r.GetString(1), r.GetString(2), r.GetBoolean(3), r.Text(4))), cancel)).ToDictionary(a => a.Lesson, a => a.Absence);
        var due = (await reader.ReadAllAsync(r => (Group: r.GetGuid(1), Homework: new DiaryHomework(
            r.GetGuid(0), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetString(4), r.GetBoolean(5))), cancel)).ToLookup(h => (h.Group, h.Homework.DueOn), h => h.Homework);
        var hasStatement = await reader.ReadFirstAsync(r => r.GetBoolean(0), cancel);
        var shown = new HashSet<Guid>();
        var former = lessons.Select(lesson => lesson with
        {
            Marks = [.. marks[lesson.LessonId].Select(mark => mark with { Topic = lesson.Topic })],
            Absence = absences.GetValueOrDefault(lesson.LessonId),
            DueHomework = [.. due[(lesson.GroupId, lesson.Date)].Where(h => shown.Add(h.Id))],
        }).ToList();
        var since = present.Learner.Since;
        return present with
        {
            HasStatement = hasStatement,
            Lessons = [.. present.Lessons.Where(lesson => lesson.Date >= since).Concat(former).DistinctBy(lesson => lesson.LessonId).OrderBy(lesson => lesson.Date).ThenBy(lesson => lesson.Number)],
        };
    }
}
