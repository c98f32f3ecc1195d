using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Features.Homework;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Topic, work type and homework of a lesson as a form sends them.</summary>
internal sealed record EditLessonRequest(string? Topic, short Work, string? Homework, DateOnly? DueOn, int Version)
{
    /// <summary>Topics of the plan that the lesson gives; null leaves those that it has.</summary>
    public ImmutableArray<Guid>? PlanRows { get; init; }
}

/// <summary>A lesson for its own page: the grid's column turned into a list for a phone.</summary>
internal sealed record LessonCard(ClassJournal Journal, JournalLesson Lesson, int Version, DateOnly? DueOn, DateOnly? NextLesson, EditLessonRequest? Typed, Problem? Refusal)
{
    /// <summary>Everything that was given at the lesson; the first of it stands in the lesson's own form too.</summary>
    public ImmutableArray<KeptHomework> Works { get; init; } = [];
}

/// <summary>Shows and changes one lesson.</summary>
internal sealed class EditLesson(AppDb db, ShowClassJournal journals, IRegistry registry, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/{groupId:guid}/lessons/{lessonId:guid}", async (
            Guid groupId, Guid lessonId, HttpContext context, EditLesson handler, CancellationToken cancel) =>
                (await handler.ShowAsync(context.RequireActor(), groupId, lessonId, null, null, cancel)).ToLessonPage())
            .Allow(JournalActions.OpenJournal);
        routes.MapPost("/journal/{groupId:guid}/lessons/{lessonId:guid}", async (
            Guid groupId, Guid lessonId, [FromForm] string? topic, [FromForm] short work, [FromForm] string? homework, [FromForm] string? dueOn,
            [FromForm] int version, [FromForm] string? planned, HttpContext context, EditLesson handler, CancellationToken cancel) =>
        {
            var due = DateOnly.TryParse(dueOn, System.Globalization.CultureInfo.InvariantCulture, out var date) ? date : (DateOnly?)null;
            var typed = new EditLessonRequest(topic?.Trim(), work, homework?.Trim(), due, version) { PlanRows = RowsOf(topic, planned) };
            var saved = await handler.HandleAsync(context.RequireActor(), groupId, lessonId, typed, cancel);
            if (saved.IsOk) return Results.Redirect($"/journal/{groupId}/lessons/{lessonId}");
            return (await handler.ShowAsync(context.RequireActor(), groupId, lessonId, typed, saved.Problem, cancel)).ToLessonPage();
        }).Allow(JournalActions.EditLesson);
    }

    // A lesson without a topic has given nothing of the plan.
    private static ImmutableArray<Guid>? RowsOf(string? topic, string? planned) => string.IsNullOrWhiteSpace(topic) ? [] : Guid.TryParse(planned, out var row) ? [row] : null;

    public async Task<Result<LessonCard>> ShowAsync(
        Actor actor, Guid groupId, Guid lessonId, EditLessonRequest? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404) return refusal;
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is not { } group) return Problem.NotFound;
        var found = await FindAsync(actor, group, lessonId, cancel);
        if (found is not { } lesson) return Problem.NotFound;
        var term = ((IReadOnlyList<TermFacts>)group.Terms).TermAt(lesson.Date);
        var journal = await journals.HandleAsync(actor, groupId, term?.Number, cancel);
        if (!journal.IsOk) return journal.Problem!;
        if (journal.Value.Lessons.FirstOrDefault(l => l.Id == lessonId) is not { } column) return Problem.NotFound;
        var works = await db.ReadAsync(actor, batch => HomeworkRows.AddOfLesson(batch, group, lessonId), HomeworkRows.ReadOfLessonAsync, cancel);
        return new LessonCard(journal.Value, column with { Homework = works.FirstOrDefault(work => work.Position == 1)?.Text }, lesson.Version, lesson.DueOn, lesson.Next, typed, refusal) { Works = works };
    }

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid groupId, Guid lessonId, EditLessonRequest request, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } group) return Problem.NotFound;
        if (await FindAsync(actor, group, lessonId, cancel) is not { } lesson) return Problem.NotFound;
        if (request.Topic?.Length > 500) return new Problem("journal.topic-too-long", Texts.TopicTooLong, "topic");
        if (request.Homework?.Length > 4000) return new Problem("journal.homework-too-long", Texts.HomeworkTooLong, "homework");
        var isHomeworkGiven = !string.IsNullOrEmpty(request.Homework);
        if (isHomeworkGiven && group.Grade == 1) return new Problem("journal.no-homework-in-grade-1", Texts.NoHomeworkInGrade1, "homework");
        var due = request.DueOn ?? lesson.Next ?? lesson.Date.AddDays(7);
        if (isHomeworkGiven && due < lesson.Date) return new Problem("journal.due-before-lesson", Texts.DueBeforeLesson, "dueOn");
        if (request.Version != lesson.Version) return new Problem("journal.lesson-changed", Texts.LessonChanged, null, 409);
        return await SaveAsync(actor, group, lesson, request, due, cancel);
    }

    private async Task<Result<bool>> SaveAsync(
        Actor actor, GroupRoster group, FoundLesson lesson, EditLessonRequest request, DateOnly due, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var updated = await transaction.RunAsync(batch => batch.Add("""
            update journal.lessons set topic = $4, work_type = coalesce((select number from journal.work_types where school_id = $2 and number = $5), work_type),
                   version = version + 1
             where school_year = $1 and school_id = $2 and id = $3 and version = $6 returning version
            """, group.SchoolYear, group.SchoolId, lesson.Id, request.Topic ?? "", request.Work, request.Version),
            (reader, token) => reader.ReadFirstAsync(r => (int?)r.GetInt32(0), token), cancel);
        if (updated is not { } version) return new Problem("journal.lesson-changed", Texts.LessonChanged, null, 409);
        var work = lesson.HomeworkId ?? Ids.New();
        await transaction.RunAsync(batch =>
        {
            if (request.PlanRows is { } rows) PlanBook.AddFacts(batch, group.SchoolYear, group.SchoolId, group.GroupId, lesson.Id, rows);
            AddHomework(batch, actor, group, lesson, work, request.Homework, due);
            AddHistory(batch, actor, group, lesson, version, "topic", lesson.Topic, request.Topic ?? "");
            AddHistory(batch, actor, group, lesson, version, "homework", lesson.Homework, request.Homework);
            AddHistory(batch, actor, group, lesson, version, "work_type", $"{lesson.Work}", $"{request.Work}");
            batch.AddAudit(actor, JournalActions.EditLesson, clock.Now, group.SchoolId, null, $"lesson={lesson.Id}");
            if (request.Homework is { Length: > 0 } text && (text != lesson.Homework || due != lesson.DueOn))
                batch.AddEvent(new HomeworkGiven(Ids.New(), group.SchoolId, group.GroupId, group.SubjectName, lesson.Id, due, text, lesson.Homework is not null,
                    lesson.Chosen.Length > 0 ? [.. lesson.Chosen] : [.. group.Learners.Where(learner => group.Attends(learner.PersonId, lesson.Date)).Select(learner => learner.PersonId)], clock.Now)
                { Homework = work });
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static void AddHomework(NpgsqlBatch batch, Actor actor, GroupRoster group, FoundLesson lesson, Guid work, string? text, DateOnly due)
    {
        if (string.IsNullOrEmpty(text))
            batch.Add("""
                with gone as (delete from journal.homework where school_year = $1 and school_id = $2 and lesson_id = $3 and position = 1 returning id),
                     files as (delete from journal.homework_files where school_year = $1 and school_id = $2 and homework_id in (select id from gone))
                delete from journal.homework_learners where school_year = $1 and school_id = $2 and homework_id in (select id from gone)
                """, group.SchoolYear, group.SchoolId, lesson.Id);
        else
            batch.Add("""
                insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by, class_id, subject_name, due_lesson_id)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (select id from journal.lessons where school_year = $1 and school_id = $2 and group_id = $4 and date = $7 order by number limit 1))
                on conflict (school_year, school_id, lesson_id, position) do update
                   set text = excluded.text, due_on = excluded.due_on, due_lesson_id = excluded.due_lesson_id, version = homework.version + 1, given_by = excluded.given_by
                """, group.SchoolYear, group.SchoolId, work, group.GroupId, lesson.Id, lesson.Date, due, text, actor.PersonId, group.ClassId, group.SubjectName);
    }

    private void AddHistory(
        NpgsqlBatch batch, Actor actor, GroupRoster group, FoundLesson lesson, int version, string field, string? before, string? after)
    {
        if ((before ?? "") == (after ?? "")) return;
        batch.Add("""
            insert into journal.lesson_history (school_year, school_id, lesson_id, version, field, old_value, new_value, at, by_person)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, group.SchoolYear, group.SchoolId, lesson.Id, version, field,
            Maybe.Text(before),
            Maybe.Text(after), clock.Now, actor.PersonId);
    }

    private Task<FoundLesson?> FindAsync(Actor actor, GroupRoster group, Guid lessonId, CancellationToken cancel) =>
        db.ReadAsync(actor, batch => batch.Add("""
            select l.date, l.topic, l.work_type, l.version, h.text, h.due_on,
                   (select min(n.date) from journal.lessons n where n.school_year = l.school_year and n.school_id = l.school_id
                     and n.group_id = l.group_id and n.date > l.date and not n.is_cancelled), h.id,
                   array(select c.learner_id from journal.homework_learners c where c.school_year = h.school_year and c.school_id = h.school_id and c.homework_id = h.id)
              from journal.lessons l
              left join journal.homework h on h.school_year = l.school_year and h.school_id = l.school_id and h.lesson_id = l.id and h.position = 1
             where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and l.id = $4
            """, group.SchoolYear, group.SchoolId, group.GroupId, lessonId),
            (reader, token) => reader.ReadFirstAsync(r => new FoundLesson(
                lessonId, r.GetFieldValue<DateOnly>(0), r.GetString(1), r.GetInt16(2), r.GetInt32(3), r.Text(4),
                r.Maybe<DateOnly>(5), r.Maybe<DateOnly>(6), r.Maybe<Guid>(7), r.GetFieldValue<Guid[]>(8)), token),
            cancel);

    private sealed record FoundLesson(
        Guid Id, DateOnly Date, string Topic, short Work, int Version, string? Homework, DateOnly? DueOn, DateOnly? Next, Guid? HomeworkId, Guid[] Chosen);
}
