using System.Collections.Immutable;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using Npgsql;

namespace MySchool.Journal.Features.Homework;

/// <summary>Answers about homework for those who take in the work, and sets the marks of it by the journal's own door.</summary>
internal sealed class FindHomework(AppDb db, IRegistry registry, RecordMarks record, IClock clock) : IHomeworks
{
    private const string Columns = """
        select h.id, h.group_id, h.text, h.given_on, h.due_on, h.takes_work, h.minutes, h.links, h.is_chosen, h.lesson_id, d.id, d.starts_at
          from journal.homework h
          left join journal.lessons d on d.school_year = h.school_year and d.school_id = h.school_id and d.id = coalesce(h.due_lesson_id,
               (select l.id from journal.lessons l where l.school_year = h.school_year and l.school_id = h.school_id and l.group_id = h.group_id and l.date = h.due_on order by l.number limit 1))
         where h.school_year = $1 and h.school_id = $2 and h.id = $3
        """;

    private const string FilesSql = "select id, name, state from journal.homework_files where school_year = $1 and school_id = $2 and homework_id = $3 order by position";

    public async Task<HomeworkTask?> FindForLearnerAsync(Actor reader, LearnerFacts learner, Guid homeworkId, CancellationToken cancel)
    {
        if (!JournalAccess.AllowsDiary(reader, learner)) return null;
        object[] key = [learner.SchoolYear, learner.SchoolId, homeworkId];
        var (row, files) = await db.ReadAsync(reader, batch =>
        {
            batch.Add($"{Columns} and h.group_id = any($4) and {DiaryRows.IsFor("$5")}", [.. key, learner.Groups.Select(group => group.GroupId).ToArray(), learner.PersonId]);
            batch.Add(FilesSql, key);
        }, async (rows, token) => (await rows.ReadFirstAsync(Row.Read, token), await rows.ReadAllAsync(ReadFile, token)), cancel);
        if (row is null) return null;
        var subject = learner.Groups.First(group => group.GroupId == row.Group).SubjectName;
        var task = row.ToTask(learner.SchoolId, learner.SchoolYear, subject, "", learner.TimeZone, clock.TodayIn(learner.TimeZone));
        var marks = await MarksAsync(reader, task, [learner.PersonId], cancel);
        return task with
        {
            Files = [.. files.Select(file => file.At($"/diary/{learner.PersonId}/homework/{homeworkId}/files/{file.Id}"))],
            Learners = [Of(learner.PersonId, learner.Name, marks)],
        };
    }

    public async Task<HomeworkTask?> FindForTeacherAsync(Actor teacher, Guid groupId, Guid homeworkId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, teacher, groupId, JournalActions.RecordMarks, cancel) is not { } group) return null;
        object[] key = [group.SchoolYear, group.SchoolId, homeworkId];
        var (row, files, chosen) = await db.ReadAsync(teacher, batch =>
        {
            batch.Add($"{Columns} and h.group_id = $4", [.. key, groupId]);
            batch.Add(FilesSql, key);
            batch.Add("select learner_id from journal.homework_learners where school_year = $1 and school_id = $2 and homework_id = $3", key);
        }, async (rows, token) => (await rows.ReadFirstAsync(Row.Read, token), await rows.ReadAllAsync(ReadFile, token), (await rows.ReadAllAsync(r => r.GetGuid(0), token)).ToHashSet()), cancel);
        if (row is null) return null;
        var task = row.ToTask(group.SchoolId, group.SchoolYear, group.SubjectName, group.ClassName, group.TimeZone, clock.TodayIn(group.TimeZone));
        var learners = group.Learners.Where(learner => row.IsChosen ? chosen.Contains(learner.PersonId) : group.Attends(learner.PersonId, row.GivenOn)).DistinctBy(learner => learner.PersonId).ToList();
        var marks = await MarksAsync(teacher, task, [.. learners.Select(learner => learner.PersonId)], cancel);
        return task with
        {
            Files = [.. files.Select(file => file.At($"/journal/{groupId}/homework/{homeworkId}/files/{file.Id}"))],
            Learners = [.. learners.Select(learner => Of(learner.PersonId, learner.Name, marks))],
        };
    }

    public async Task<Result<bool>> MarkAsync(Actor teacher, HomeworkMark mark, CancellationToken cancel)
    {
        CellChange[] changes = string.IsNullOrWhiteSpace(mark.Comment)
            ? [new(mark.LessonId, mark.LearnerId, CellKind.Mark, mark.Value, null, mark.Base)]
            : [new(mark.LessonId, mark.LearnerId, CellKind.Mark, mark.Value, null, mark.Base), new(mark.LessonId, mark.LearnerId, CellKind.Comment, mark.Comment, null, mark.Base)];
        var saved = await record.HandleAsync(teacher, mark.GroupId, new RecordMarksRequest(mark.Key, [.. changes]), cancel);
        if (!saved.IsOk) return saved.Problem! with { Field = "value" };
        return saved.Value.Cells.FirstOrDefault(cell => cell.State != "saved") is { } refused ? new Problem("journal.cell-refused", refused.Message ?? "", "value", refused.State == "conflict" ? 409 : 422) : true;
    }

    private Task<Dictionary<Guid, (string Value, int Version)>> MarksAsync(Actor reader, HomeworkTask task, Guid[] learners, CancellationToken cancel) =>
        db.ReadAsync(reader, batch => batch.Add("""
            select learner_id, string_agg(value, ' ' order by slot), max(version) from journal.marks
             where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = any($4) and lesson_id = $5 group by learner_id
            """, task.SchoolYear, task.SchoolId, task.GroupId, learners, task.MarkLesson),
            async (rows, token) => (await rows.ReadAllAsync(r => (r.GetGuid(0), (r.GetString(1), r.GetInt32(2))), token)).ToDictionary(), cancel);

    private static HomeworkLearner Of(Guid id, PersonName name, Dictionary<Guid, (string Value, int Version)> marks) =>
        marks.TryGetValue(id, out var mark) ? new(id, name, mark.Value, mark.Version) : new(id, name, null, 0);

    private static FoundFile ReadFile(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetString(1), r.GetString(2) == FileStates.Clean);

    private sealed record FoundFile(Guid Id, string Name, bool IsOpen)
    {
        public HomeworkMaterial At(string url) => new(Name, url, IsOpen);
    }

    private sealed record Row(
        Guid Id, Guid Group, string Text, DateOnly GivenOn, DateOnly DueOn, bool TakesWork, short? Minutes, ImmutableArray<string> Links, bool IsChosen, Guid Lesson, Guid? DueLesson, TimeOnly? DueTime)
    {
        public static Row Read(NpgsqlDataReader r) => new(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetFieldValue<DateOnly>(4), r.GetBoolean(5), r.Maybe<short>(6), [.. r.GetFieldValue<string[]>(7)],
            r.GetBoolean(8), r.GetGuid(9), r.Maybe<Guid>(10), r.Maybe<TimeOnly>(11));

        public HomeworkTask ToTask(Guid school, short year, string subject, string className, string zone, DateOnly today)
        {
            var wall = DueOn.ToDateTime(DueTime ?? new TimeOnly(23, 59, 59));
            var at = new DateTimeOffset(wall, TimeZoneInfo.FindSystemTimeZoneById(zone).GetUtcOffset(wall)).ToUniversalTime();
            var isDue = DueLesson is not null && DueOn <= today;
            return new HomeworkTask(Id, school, year, Group, subject, className, Text, GivenOn, DueOn, at, zone)
            { TakesWork = TakesWork, Minutes = Minutes, Links = Links, MarkLesson = isDue ? DueLesson!.Value : Lesson, MarkDay = isDue ? DueOn : GivenOn };
        }
    }
}
