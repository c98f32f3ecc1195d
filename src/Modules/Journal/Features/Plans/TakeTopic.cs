using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features.Plans;

/// <summary>What a teacher takes from the plan to a lesson.</summary>
/// <param name="Take">«topic», «all» (with homework), «join» (a second topic), «drop» (the lesson gives nothing of the plan).</param>
/// <param name="TopicText">A line of the plan; none takes the one that falls to the lesson.</param>
/// <param name="VersionText">Version of the lesson on the page; none takes it as it stands.</param>
/// <param name="Back">Where the tap was: «today» or nothing.</param>
internal sealed record TakeForm(
    [FromForm(Name = "take")] string? Take, [FromForm(Name = "topic")] string? TopicText, [FromForm(Name = "version")] string? VersionText, [FromForm(Name = "back")] string? Back)
{
    public Guid? Topic => FormIds.Read(TopicText);

    public int? Version => int.TryParse(VersionText, System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : null;
}

/// <summary>One tap: topic, kind of work and homework of a lesson from the plan, by the same handler that saves the lesson by hand.</summary>
internal sealed class TakeTopic(AppDb db, IRegistry registry, EditLesson lessons, IClock clock)
{
    private sealed record LessonNow(string Topic, short Work, int Version, string? Homework, DateOnly? DueOn);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/journal/{groupId:guid}/lessons/{lessonId:guid}/plan", async (
            Guid groupId, Guid lessonId, [AsParameters] TakeForm form, HttpContext context, TakeTopic handler, EditLesson shown, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var refusal = await handler.HandleAsync(actor, groupId, lessonId, form, cancel);
            if (refusal is null) return Results.LocalRedirect(form.Back == "today" ? "/today" : $"/journal/{groupId}/lessons/{lessonId}");
            return (await shown.ShowAsync(actor, groupId, lessonId, null, refusal with { Field = null }, cancel)).ToLessonPage();
        }).Allow(JournalActions.EditLesson);
        routes.MapPost("/journal/{groupId:guid}/plan/past", async (Guid groupId, HttpContext context, TakeTopic handler, CancellationToken cancel) =>
        {
            var done = await handler.TakePastAsync(context.RequireActor(), groupId, cancel);
            return done.IsOk ? Results.LocalRedirect($"/plans/{done.Value}?group={groupId}&done=past") : done.Problem!.ToPage();
        }).Allow(JournalActions.AttachPlan);
    }

    /// <summary>Null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, Guid groupId, Guid lessonId, TakeForm form, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } group) return Problem.NotFound;
        var today = clock.TodayIn(group.TimeZone);
        var (plan, lesson, kinds) = await db.ReadAsync(actor, batch =>
        {
            PlanBook.AddGroups(batch, group.SchoolYear, group.SchoolId, [groupId]);
            batch.AddOfYear("""
                select l.topic, l.work_type, l.version, h.text, h.due_on from journal.lessons l
                  left join journal.homework h on h.school_year = $1 and h.school_id = l.school_id and h.lesson_id = l.id and h.position = 1
                 where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and l.id = $4
                """, group.SchoolYear, group.SchoolId, groupId, lessonId);
            batch.Add(LessonKind.Sql, group.SchoolId);
        }, async (reader, token) => ((await PlanBook.ReadGroupsAsync(reader, today, token)).GetValueOrDefault(groupId),
            await reader.ReadFirstAsync(r => new LessonNow(r.GetString(0), r.GetInt16(1), r.GetInt32(2), r.Text(3), r.Maybe<DateOnly>(4)), token),
            await reader.ReadAllAsync(LessonKind.Read, token)), cancel);
        if (lesson is null || plan?.Layout.At(lessonId) is not { } laid) return Problem.NotFound;
        var request = Request(form, plan.Layout, laid, lesson, kinds, group.Grade);
        if (!request.IsOk) return request.Problem;
        return (await lessons.HandleAsync(actor, groupId, lessonId, request.Value with { Version = form.Version ?? lesson.Version }, cancel)).Problem;
    }

    private static Result<EditLessonRequest> Request(TakeForm form, PlanLayout layout, LaidLesson laid, LessonNow lesson, IReadOnlyList<LessonKind> kinds, short grade)
    {
        var same = new EditLessonRequest(lesson.Topic, lesson.Work, lesson.Homework, lesson.DueOn, lesson.Version);
        if (form.Take == "drop") return same with { PlanRows = [] };
        if (laid.Lesson.IsCancelled) return new Problem("journal.lesson-cancelled", Texts.PlanLessonCancelled);
        var row = form.Topic is { } id ? layout.Rows.FirstOrDefault(line => line.Id == id && !line.IsSection) : laid.Planned;
        if (row is null) return new Problem("journal.plan-no-topic", Texts.PlanNoTopicHere);
        ImmutableArray<PlanRow> given = form.Take == "join" && laid.Given.All(line => line.Id != row.Id) ? [.. laid.Given, row] : [row];
        var topic = string.Join("; ", given.Select(line => line.Title));
        var work = kinds.FirstOrDefault(kind => kind.Number == row.Kind)?.Work ?? lesson.Work;
        var homework = form.Take == "all" && lesson.Homework is null && grade > 1 && row.Homework.Length > 0 ? row.Homework : lesson.Homework;
        return same with { Topic = topic.Length <= PlanRow.LongestTitle ? topic : topic[..PlanRow.LongestTitle], Work = work, Homework = homework, PlanRows = [.. given.Select(line => line.Id)] };
    }

    /// <summary>Lays the plan over the lessons held before today that have given nothing of it, in order: a plan that came in the middle of the year.</summary>
    /// <returns>The plan.</returns>
    public async Task<Result<Guid>> TakePastAsync(Actor actor, Guid groupId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.AttachPlan, cancel) is not { } group) return Problem.NotFound;
        var today = clock.TodayIn(group.TimeZone);
        if (await PlanBook.OfGroupAsync(db, actor, group.SchoolYear, group.SchoolId, groupId, today, cancel) is not { } plan) return Problem.NotFound;
        var layout = plan.Layout;
        var hours = layout.Rows.SelectMany(row => Enumerable.Repeat(row, row.Hours - layout.GivenHours.GetValueOrDefault(row.Id)));
        var taken = layout.Lessons.Where(laid => laid.Lesson.Date < today && !laid.Lesson.IsCancelled && laid.Given.IsEmpty).Zip(hours).ToList();
        if (taken.Count == 0) return plan.PlanId;
        var bare = taken.Where(pair => !pair.First.Lesson.HasTopic).ToList();
        await db.WriteAsync(actor, batch =>
        {
            batch.AddOfYear("""
                insert into journal.lesson_topics (school_year, school_id, group_id, lesson_id, row_id, plan_id)
                select $1, $2, $3, x.lesson, x.row, $4 from unnest($5, $6) as x(lesson, row) on conflict do nothing
                """, group.SchoolYear, group.SchoolId, groupId, plan.PlanId, taken.Select(pair => pair.First.Lesson.Id).ToArray(), taken.Select(pair => pair.Second.Id).ToArray());
            // A topic that a colleague has written meanwhile stands.
            batch.AddOfYear("""
                with written as (
                  update journal.lessons l set topic = x.title, version = l.version + 1 from unnest($4, $5) as x(lesson, title)
                   where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and l.id = x.lesson and l.topic = '' returning l.id, l.version, l.topic)
                insert into journal.lesson_history (school_year, school_id, lesson_id, version, field, old_value, new_value, at, by_person)
                select $1, $2, id, version, 'topic', null, topic, $6, $7 from written
                """, group.SchoolYear, group.SchoolId, groupId, bare.Select(pair => pair.First.Lesson.Id).ToArray(), bare.Select(pair => pair.Second.Title).ToArray(), clock.Now, actor.PersonId);
            batch.AddAudit(actor, JournalActions.AttachPlan, clock.Now, group.SchoolId, null, $"group={groupId} past={taken.Count} written={bare.Count}");
        }, cancel);
        return plan.PlanId;
    }
}
