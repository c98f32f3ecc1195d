using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Journal.Features.Homework;

/// <summary>A file that goes with homework, for lists.</summary>
internal sealed record AttachedFile(Guid Id, string Name, int Size, string State);

/// <summary>Homework as its teacher keeps it.</summary>
internal sealed record KeptHomework(
    Guid Id, Guid LessonId, DateOnly GivenOn, DateOnly DueOn, Guid? DueLessonId, string Text, short? Minutes, bool TakesWork, bool IsChosen,
    ImmutableArray<string> Links, short Position, int Version)
{
    public ImmutableArray<Guid> Learners { get; init; } = [];

    public ImmutableArray<AttachedFile> Files { get; init; } = [];

    public const string Columns = "h.id, h.lesson_id, h.given_on, h.due_on, h.due_lesson_id, h.text, h.minutes, h.takes_work, h.is_chosen, h.links, h.position, h.version";

    public static KeptHomework Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetFieldValue<DateOnly>(3), r.Maybe<Guid>(4), r.GetString(5), r.Maybe<short>(6),
        r.GetBoolean(7), r.GetBoolean(8), [.. r.GetFieldValue<string[]>(9)], r.GetInt16(10), r.GetInt32(11));
}

/// <summary>A lesson that homework may fall due at.</summary>
internal sealed record DueLesson(Guid Id, DateOnly Date, short Number, TimeOnly StartsAt);

/// <summary>Statements over homework: one spelling for the quick field of a lesson, the full form and copies.</summary>
internal static class HomeworkRows
{
    public const int DueOffered = 12;

    /// <summary>Lessons of the group after a day, the nearest first.</summary>
    public static void AddDueLessons(NpgsqlBatch batch, GroupRoster group, DateOnly after) => batch.Add($"""
        select id, date, number, starts_at from journal.lessons
         where school_year = $1 and school_id = $2 and group_id = $3 and date > $4 and not is_cancelled order by date, number limit {DueOffered}
        """, group.SchoolYear, group.SchoolId, group.GroupId, after);

    public static DueLesson ReadDueLesson(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt16(2), r.GetFieldValue<TimeOnly>(3));

    /// <summary>Works of a lesson with their learners and files; three results.</summary>
    public static void AddOfLesson(NpgsqlBatch batch, GroupRoster group, Guid lessonId)
    {
        const string Of = "where school_year = $1 and school_id = $2 and homework_id in (select id from journal.homework where school_year = $1 and school_id = $2 and lesson_id = $3 and group_id = $4)";
        object[] place = [group.SchoolYear, group.SchoolId, lessonId, group.GroupId];
        batch.Add($"select {KeptHomework.Columns} from journal.homework h where h.school_year = $1 and h.school_id = $2 and h.lesson_id = $3 and h.group_id = $4 order by h.position", place);
        batch.Add($"select homework_id, learner_id from journal.homework_learners {Of}", place);
        batch.Add($"select homework_id, id, name, size, state from journal.homework_files {Of} order by position", place);
    }

    public static async Task<ImmutableArray<KeptHomework>> ReadOfLessonAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var works = await reader.ReadAllAsync(KeptHomework.Read, cancel);
        var learners = (await reader.ReadAllAsync(r => (Work: r.GetGuid(0), Learner: r.GetGuid(1)), cancel)).ToLookup(row => row.Work, row => row.Learner);
        var files = (await reader.ReadAllAsync(r => (Work: r.GetGuid(0), File: new AttachedFile(r.GetGuid(1), r.GetString(2), r.GetInt32(3), r.GetString(4))), cancel)).ToLookup(row => row.Work, row => row.File);
        return [.. works.Select(work => work with { Learners = [.. learners[work.Id]], Files = [.. files[work.Id]] })];
    }

    /// <summary>Writes a new work, or a new state of one, and answers its version; nothing when an existing one is not as it was seen.</summary>
    public static void AddSave(NpgsqlBatch batch, Actor actor, GroupRoster group, KeptHomework work, DraftHomework draft, int files)
    {
        batch.Add("""
            insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by, position, minutes, takes_work, is_chosen,
                                          due_lesson_id, links, files, class_id, subject_name)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            on conflict (school_year, school_id, id) do update
               set text = excluded.text, due_on = excluded.due_on, due_lesson_id = excluded.due_lesson_id, minutes = excluded.minutes, takes_work = excluded.takes_work,
                   is_chosen = excluded.is_chosen, links = excluded.links, files = excluded.files, class_id = excluded.class_id, subject_name = excluded.subject_name,
                   given_by = excluded.given_by, version = homework.version + 1
             where homework.version = $19 returning version
            """, group.SchoolYear, group.SchoolId, work.Id, group.GroupId, work.LessonId, work.GivenOn, work.DueOn, draft.Text, actor.PersonId, work.Position,
            Maybe.Of(draft.Minutes, NpgsqlDbType.Smallint), draft.TakesWork, draft.IsChosen, Maybe.Uuid(work.DueLessonId), draft.Links.ToArray(), (short)files, group.ClassId, group.SubjectName, work.Version);
    }

    /// <summary>Writes whom a work is for.</summary>
    public static void AddLearners(NpgsqlBatch batch, GroupRoster group, Guid homeworkId, DraftHomework draft)
    {
        batch.Add("delete from journal.homework_learners where school_year = $1 and school_id = $2 and homework_id = $3 and learner_id <> all($4)",
            group.SchoolYear, group.SchoolId, homeworkId, draft.Learners.ToArray());
        if (draft.IsChosen)
            batch.Add("insert into journal.homework_learners (school_year, school_id, homework_id, learner_id, group_id) select $1, $2, $3, x, $4 from unnest($5) x on conflict do nothing",
                group.SchoolYear, group.SchoolId, homeworkId, group.GroupId, draft.Learners.ToArray());
    }

    /// <summary>Names bytes of the store as files of a work.</summary>
    public static void AddFile(NpgsqlBatch batch, GroupRoster group, Guid homeworkId, TakenFile file, int position) => batch.Add("""
        insert into journal.homework_files (school_year, school_id, homework_id, id, group_id, position, name, media_type, size, address, sealed_key, digest, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """, group.SchoolYear, group.SchoolId, homeworkId, Ids.New(), group.GroupId, (short)position, file.Name, file.Kind.MediaType, (int)file.Bytes.Size,
        file.Bytes.Address, file.Bytes.SealedKey, file.Bytes.Digest, file.State);

    /// <summary>Leaves a line of the lesson's history, under the lesson's next version.</summary>
    public static void AddHistory(NpgsqlBatch batch, Actor actor, GroupRoster group, Guid lessonId, string? before, string? after, DateTimeOffset at) => batch.Add("""
        with lesson as (update journal.lessons set version = version + 1 where school_year = $1 and school_id = $2 and id = $3 returning version)
        insert into journal.lesson_history (school_year, school_id, lesson_id, version, field, old_value, new_value, at, by_person)
        select $1, $2, $3, version, 'homework', $4, $5, $6, $7 from lesson
        """, group.SchoolYear, group.SchoolId, lessonId, Maybe.Text(before), Maybe.Text(after), at, actor.PersonId);
}
