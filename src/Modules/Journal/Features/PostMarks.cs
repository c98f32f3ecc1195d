using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Keeps marks of a lesson from families until their teacher posts them, all at once: the work of a whole class is told together.</summary>
internal sealed class PostMarks(AppDb db, IRegistry registry, TeacherNames teachers, OutboxSignal signal, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/journal/{groupId:guid}/lessons/{lessonId:guid}/hold", async (
            Guid groupId, Guid lessonId, [FromForm] bool holds, HttpContext context, PostMarks handler, CancellationToken cancel) =>
            Answer(await handler.HoldAsync(context.RequireActor(), groupId, lessonId, holds, cancel), groupId, lessonId)).Allow(JournalActions.RecordMarks);
        routes.MapPost("/journal/{groupId:guid}/lessons/{lessonId:guid}/post", async (
            Guid groupId, Guid lessonId, HttpContext context, PostMarks handler, CancellationToken cancel) =>
            Answer((await handler.PostAsync(context.RequireActor(), groupId, lessonId, cancel)).Problem, groupId, lessonId)).Allow(JournalActions.RecordMarks);
    }

    private static IResult Answer(Problem? refusal, Guid groupId, Guid lessonId) =>
        refusal is null ? Results.Redirect($"/journal/{groupId}/lessons/{lessonId}") : refusal.ToPage();

    /// <summary>Says whether marks put from now on wait; those that stand stay as they are. Null when done.</summary>
    public async Task<Problem?> HoldAsync(Actor actor, Guid groupId, Guid lessonId, bool holds, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.RecordMarks, cancel) is not { } group) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await SwitchAsync(transaction, group, lessonId, holds, cancel) is not { } switched) return Problem.NotFound;
        if (switched.Version is { } version) await NoteAsync(transaction, actor, group, lessonId, version, holds, $"lesson={lessonId} holds={holds}", cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }

    /// <summary>Shows families what waits. Answers how many cells were posted.</summary>
    public async Task<Result<int>> PostAsync(Actor actor, Guid groupId, Guid lessonId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.RecordMarks, cancel) is not { } group) return Problem.NotFound;
        var names = await teachers.OfAsync(actor, [actor.PersonId], cancel);
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await SwitchAsync(transaction, group, lessonId, false, cancel) is not { } switched) return Problem.NotFound;
        var cells = await transaction.RunAsync(batch => AddPosting(batch, group, lessonId),
            (reader, token) => ReadAsync(reader, lessonId, names.GetValueOrDefault(actor.PersonId, ""), token), cancel);
        if (switched.Version is { } version) await NoteAsync(transaction, actor, group, lessonId, version, false, $"lesson={lessonId} posted={cells.Count}", cancel);
        if (cells.Count > 0)
            await transaction.RunAsync(batch => batch.AddEvent(new MarksRecorded(Ids.New(), group.SchoolId, group.SchoolYear, group.GroupId, group.SubjectName,
                actor.PersonId, names.GetValueOrDefault(actor.PersonId, ""), Guid.Empty, clock.Now, [.. cells])), cancel);
        await transaction.CommitAsync(cancel);
        if (cells.Count > 0) signal.Ring();
        return cells.Count;
    }

    // Null for a lesson the group does not have; no version when it was so already.
    private static Task<Switched?> SwitchAsync(AppTransaction transaction, GroupRoster group, Guid lesson, bool holds, CancellationToken cancel) =>
        transaction.RunAsync(batch => batch.Add("""
            with switched as (
              update journal.lessons set holds_marks = $5, version = version + 1
               where school_year = $1 and school_id = $2 and id = $3 and group_id = $4 and holds_marks <> $5 returning version)
            select (select version from switched) from journal.lessons where school_year = $1 and school_id = $2 and id = $3 and group_id = $4
            """, group.SchoolYear, group.SchoolId, lesson, group.GroupId, holds), (reader, token) => reader.ReadFirstAsync(r => new Switched(r.Maybe<int>(0)), token), cancel);

    private Task NoteAsync(AppTransaction transaction, Actor actor, GroupRoster group, Guid lesson, int version, bool holds, string details, CancellationToken cancel) =>
        transaction.RunAsync(batch =>
        {
            batch.Add("""
                insert into journal.lesson_history (school_year, school_id, lesson_id, version, field, old_value, new_value, at, by_person)
                values ($1, $2, $3, $4, 'holds', $5, $6, $7, $8)
                """, group.SchoolYear, group.SchoolId, lesson, version, holds ? "false" : "true", holds ? "true" : "false", clock.Now, actor.PersonId);
            batch.AddAudit(actor, JournalActions.RecordMarks, clock.Now, group.SchoolId, null, details);
        }, cancel);

    // A save that looked before the switch may lay one more aside after it: it stays in sight of the teacher, who posts again.
    private static void AddPosting(NpgsqlBatch batch, GroupRoster group, Guid lesson)
    {
        object[] place = [group.SchoolYear, group.SchoolId, group.GroupId, lesson];
        batch.Add("update journal.debts set is_held = false where school_year = $1 and school_id = $2 and group_id = $3 and lesson_id = $4 and is_held", place);
        batch.Add("""
            with posted as (
              update journal.marks set slot = slot - 10 where school_year = $1 and school_id = $2 and group_id = $3 and lesson_id = $4 and slot > 10
              returning lesson_id, learner_id, slot, lesson_date, value, work_type, weight, comment, version)
            select p.learner_id, p.lesson_date, p.value, p.work_type, p.weight, p.comment, p.version, d.due_on, a.code, a.version
              from posted p
              left join journal.debts d on d.school_year = $1 and d.school_id = $2 and d.group_id = $3 and d.learner_id = p.learner_id and d.lesson_id = $4
              left join journal.absences a on a.school_year = $1 and a.school_id = $2 and a.group_id = $3 and a.learner_id = p.learner_id and a.lesson_id = $4
             order by p.learner_id, p.slot
            """, place);
    }

    private sealed record Switched(int? Version);

    private static async Task<List<RecordedCell>> ReadAsync(NpgsqlDataReader reader, Guid lesson, string by, CancellationToken cancel)
    {
        var rows = await reader.ReadAllAsync(r => new RecordedCell(lesson, r.GetGuid(0), r.GetFieldValue<DateOnly>(1),
            new RecordedMark(r.GetString(2), r.GetInt16(3), r.GetInt16(4), r.Text(5), r.GetInt32(6), by) { Due = r.Maybe<DateOnly>(7) },
            r.IsDBNull(8) ? null : new RecordedAbsence(r.GetString(8), r.GetInt32(9), ""), true, !r.IsDBNull(8)) { IsAbsenceChanged = false, IsPosted = true }, cancel);
        return [.. rows.GroupBy(row => row.Learner).Select(cell => cell.First() with { Mark = CellShow.Joined([.. cell.Select(row => row.Mark!)]) })];
    }
}
