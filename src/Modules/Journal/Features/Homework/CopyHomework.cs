using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features.Homework;

/// <summary>Gives a work of one group to a parallel one too: at its lesson nearest to the day, due at the lesson after it.</summary>
internal sealed class CopyHomework(AppDb db, IRegistry registry, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost($"{GiveHomework.Pattern}/{{homeworkId:guid}}/copy", async (
            Guid groupId, Guid lessonId, Guid homeworkId, [FromForm] Guid toGroup, HttpContext http, CopyHomework feature, CancellationToken cancel) =>
        {
            var copied = await feature.HandleAsync(http.RequireActor(), groupId, homeworkId, toGroup, cancel);
            return copied.IsOk ? Results.LocalRedirect($"/journal/{toGroup}/lessons/{copied.Value.Lesson}/homework/{copied.Value.Homework}") : copied.Problem!.ToPage();
        }).Allow(JournalActions.EditLesson);

    /// <summary>Copies text, links, files, minutes and whether work is handed in. Chosen learners are the group's own and do not travel: the copy is for all.</summary>
    public async Task<Result<(Guid Lesson, Guid Homework)>> HandleAsync(Actor actor, Guid groupId, Guid homeworkId, Guid toGroup, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } from) return Problem.NotFound;
        if (await JournalAccess.FindGroupAsync(registry, actor, toGroup, JournalActions.EditLesson, cancel) is not { } to || to.SchoolId != from.SchoolId) return Problem.NotFound;
        if (to.Grade == 1) return new Problem("journal.no-homework-in-grade-1", Texts.NoHomeworkInGrade1);
        var (work, lessons) = await db.ReadAsync(actor, batch =>
        {
            batch.Add($"select {KeptHomework.Columns} from journal.homework h where h.school_year = $1 and h.school_id = $2 and h.id = $3 and h.group_id = $4", from.SchoolYear, from.SchoolId, homeworkId, groupId);
            batch.Add($"""
                with given as (select given_on from journal.homework where school_year = $1 and school_id = $2 and id = $4)
                select l.id, l.date, l.number, l.starts_at, coalesce((select max(h.position) from journal.homework h where h.school_year = $1 and h.school_id = $2 and h.lesson_id = l.id), 0)
                  from journal.lessons l, given where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and not l.is_cancelled and l.date >= given.given_on order by l.date, l.number limit 2
                """, to.SchoolYear, to.SchoolId, toGroup, homeworkId);
        }, async (reader, token) => (await reader.ReadFirstAsync(KeptHomework.Read, token),
            await reader.ReadAllAsync(r => (Lesson: HomeworkRows.ReadDueLesson(r), Last: r.GetInt32(4)), token)), cancel);
        if (work is null) return Problem.NotFound;
        if (lessons.Count == 0) return new Problem("journal.no-lesson-to-copy", string.Format(Words.Russian, Texts.NoLessonToCopy, to.ClassName));
        if (lessons[0].Last >= GiveHomework.MostWorks) return new Problem("journal.homework-many", string.Format(Words.Russian, Texts.HomeworkMany, GiveHomework.MostWorks));
        var given = lessons[0].Lesson;
        var due = lessons.Count > 1 ? lessons[1].Lesson : null;
        var copy = work with
        {
            Id = Ids.New(), LessonId = given.Id, GivenOn = given.Date, DueOn = due?.Date ?? given.Date.AddDays(7), DueLessonId = due?.Id, Position = (short)(lessons[0].Last + 1), Version = 0, IsChosen = false,
        };
        await SaveAsync(actor, from, to, work, copy, cancel);
        return (given.Id, copy.Id);
    }

    private Task SaveAsync(Actor actor, GroupRoster from, GroupRoster to, KeptHomework work, KeptHomework copy, CancellationToken cancel) => db.WriteAsync(actor, batch =>
    {
        var draft = new DraftHomework(work.Text, work.Links, work.Minutes, [], work.TakesWork);
        HomeworkRows.AddSave(batch, actor, to, copy, draft, 0);
        // The same bytes under a second row: they stay as long as either names them.
        batch.Add("""
            with copied as (
              insert into journal.homework_files (school_year, school_id, homework_id, id, group_id, position, name, media_type, size, address, sealed_key, digest, state)
              select $1, $2, $5, gen_random_uuid(), $6, position, name, media_type, size, address, sealed_key, digest, state
                from journal.homework_files where school_year = $3 and school_id = $2 and homework_id = $4 returning 1)
            update journal.homework set files = (select count(*) from copied) where school_year = $1 and school_id = $2 and id = $5
            """, to.SchoolYear, to.SchoolId, from.SchoolYear, work.Id, copy.Id, to.GroupId);
        HomeworkRows.AddHistory(batch, actor, to, copy.LessonId, null, copy.Text, clock.Now);
        batch.AddAudit(actor, JournalActions.EditLesson, clock.Now, to.SchoolId, null, $"lesson={copy.LessonId} homework={copy.Id} copy-of={work.Id}");
        batch.AddEvent(new HomeworkGiven(Ids.New(), to.SchoolId, to.GroupId, to.SubjectName, copy.LessonId, copy.DueOn, copy.Text, false, GiveHomework.AddressedTo(to, copy, draft), clock.Now) { Homework = copy.Id });
    }, cancel);
}
