using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Works;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using MySchool.Works.Domain;
using MySchool.Works.Pages;
using MySchool.Works.Resources;

namespace MySchool.Works.Features;

/// <summary>What a teacher types over a work.</summary>
internal sealed record TypedCheck(
    [FromForm(Name = "key")] Guid? Key, [FromForm(Name = "value")] string? Value, [FromForm(Name = "comment")] string? Comment, [FromForm(Name = "base")] int? Base,
    [FromForm(Name = "version")] int? Version, [FromForm(Name = "reason")] string? Reason);

/// <summary>A work before its teacher, between the one before it and the one after.</summary>
internal sealed record CheckScreen(WorkList List, HomeworkLearner Learner, WholeWork Whole, WorkFile? File, int Page, string? Done, TypedCheck? Typed, Problem? Refusal)
{
    public HomeworkTask Task => List.Task;

    /// <summary>Files of the present attempt first.</summary>
    public IEnumerable<WorkFile> Files => Whole.Files.OrderByDescending(file => file.Attempt);

    public WorkLine? Previous => Beside(-1);

    public WorkLine? Next => Beside(1);

    // Among those that have something to look at, in the order of the class.
    private WorkLine? Beside(int step)
    {
        var there = List.Lines.Where(line => line.State is not null || line.Learner.PersonId == Learner.PersonId).ToList();
        var at = there.FindIndex(line => line.Learner.PersonId == Learner.PersonId) + step;
        return at >= 0 && at < there.Count ? there[at] : null;
    }
}

/// <summary>A teacher looks at a work, sets its mark in the journal, says a word, or sends it back.</summary>
internal sealed class CheckWork(AppDb db, ListWorks lists, IHomeworks homeworks, CountPages pages, ReadingAudit audit, IClock clock)
{
    private const string Pattern = "/works/{groupId:guid}/{homeworkId:guid}/{learnerId:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Pattern, async (Guid groupId, Guid homeworkId, Guid learnerId, Guid? file, int? page, string? done, HttpContext http, CheckWork feature, CancellationToken cancel) =>
            await feature.PageAsync(http, groupId, homeworkId, learnerId, file, page ?? 1, done, null, null, cancel)).Allow(WorksActions.Check);
        routes.MapPost($"{Pattern}/mark", async (Guid groupId, Guid homeworkId, Guid learnerId, [AsParameters] TypedCheck typed, HttpContext http, CheckWork feature, CancellationToken cancel) =>
            await feature.AnswerAsync(http, groupId, homeworkId, learnerId, "marked", typed, await feature.MarkAsync(http.RequireActor(), groupId, homeworkId, learnerId, typed, cancel), cancel)).Allow(WorksActions.Check);
        routes.MapPost($"{Pattern}/return", async (Guid groupId, Guid homeworkId, Guid learnerId, [AsParameters] TypedCheck typed, HttpContext http, CheckWork feature, CancellationToken cancel) =>
            await feature.AnswerAsync(http, groupId, homeworkId, learnerId, "returned", typed, await feature.ReturnAsync(http.RequireActor(), groupId, homeworkId, learnerId, typed, cancel), cancel)).Allow(WorksActions.Check);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Guid groupId, Guid homeworkId, Guid learnerId, string done, TypedCheck typed, Result<bool> result, CancellationToken cancel) =>
        result.IsOk ? Results.LocalRedirect($"/works/{groupId}/{homeworkId}/{learnerId}?done={done}") : await PageAsync(http, groupId, homeworkId, learnerId, null, 1, null, typed, result.Problem, cancel);

    private async Task<IResult> PageAsync(
        HttpContext http, Guid groupId, Guid homeworkId, Guid learnerId, Guid? fileId, int page, string? done, TypedCheck? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404 || await FindAsync(http.RequireActor(), groupId, homeworkId, learnerId, cancel) is not { } found) return Problem.NotFound.ToPage();
        var actor = http.RequireActor();
        var noted = audit.NoteAsync(actor, WorksActions.Open, found.List.Task.SchoolId, learnerId, $"homework={homeworkId}");
        var whole = await pages.HandleAsync(found.Whole, cancel);
        await noted;
        var file = whole.Files.FirstOrDefault(each => each.Id == fileId && each.IsShown)
            ?? whole.Files.OrderByDescending(each => each.Attempt).FirstOrDefault(each => each.IsShown && each.Attempt == whole.Work?.Attempt) ?? whole.Files.LastOrDefault(each => each.IsShown);
        return Page.Of<CheckPage>(new { Data = new CheckScreen(found.List, found.Learner, whole, file, Math.Clamp(page, 1, Math.Max(1, (int)(file?.Pages ?? 1))), done, typed, refusal) }, refusal?.Status ?? 200);
    }

    private async Task<(WorkList List, HomeworkLearner Learner, WholeWork Whole)?> FindAsync(Actor actor, Guid groupId, Guid homeworkId, Guid learnerId, CancellationToken cancel)
    {
        if (await lists.FindAsync(actor, groupId, homeworkId, cancel) is not { } list || list.Task.Learners.FirstOrDefault(each => each.PersonId == learnerId) is not { } learner) return null;
        var whole = await db.ReadAsync(actor, batch => WorkRows.AddWhole(batch, list.Task.SchoolYear, list.Task.SchoolId, homeworkId, learnerId), WorkRows.ReadWholeAsync, cancel);
        return (list, learner, whole);
    }

    /// <summary>Sets the mark in the journal first, then says so of the work: the same key again does only what is missing.</summary>
    public async Task<Result<bool>> MarkAsync(Actor actor, Guid groupId, Guid homeworkId, Guid learnerId, TypedCheck typed, CancellationToken cancel)
    {
        if (await FindAsync(actor, groupId, homeworkId, learnerId, cancel) is not var (list, _, whole)) return Problem.NotFound;
        if (whole.Work is not { } work) return new Problem("works.nothing", Texts.NothingHandedIn, null, 409);
        var next = WorkRules.After(work.Stand, WorkDeed.Mark);
        if (!next.IsOk) return next.Problem!;
        if (work.Version != typed.Version && work.State != WorkStates.Marked) return new Problem("works.changed", Texts.WorkChangedForTeacher, null, 409);
        var comment = (typed.Comment ?? "").Trim();
        if (comment.Length > WorkRules.MostComment) return new Problem("works.comment-long", Words.Say(Texts.CommentLong, WorkRules.MostComment), "comment");
        var value = (typed.Value ?? "").Trim().ToLower(CultureInfo.InvariantCulture);
        // A work may be checked in words alone; a mark goes where marks go.
        if (value.Length == 0 && comment.Length == 0) return new Problem("works.mark-missing", Texts.MarkMissing, "value");
        if (value.Length > 0)
        {
            var marked = await homeworks.MarkAsync(actor, new HomeworkMark(typed.Key is { } key && key != Guid.Empty ? key : Ids.New(), groupId, list.Task.MarkLesson, learnerId, value, comment.Length > 0 ? comment : null, typed.Base ?? 0), cancel);
            if (!marked.IsOk) return marked.Problem!;
        }
        return await MoveAsync(actor, list.Task, work, next.Value, "marked", comment, cancel);
    }

    /// <summary>Sends the work back with the reason; what was handed in stays as it was, and the pupil writes on.</summary>
    public async Task<Result<bool>> ReturnAsync(Actor actor, Guid groupId, Guid homeworkId, Guid learnerId, TypedCheck typed, CancellationToken cancel)
    {
        if (await FindAsync(actor, groupId, homeworkId, learnerId, cancel) is not var (list, _, whole)) return Problem.NotFound;
        if (whole.Work is not { } work) return new Problem("works.nothing", Texts.NothingHandedIn, null, 409);
        var reason = (typed.Reason ?? "").Trim().ReplaceLineEndings("\n");
        if (reason.Length == 0) return new Problem("works.reason-missing", Texts.ReasonMissing, "reason");
        if (reason.Length > WorkRules.MostReason) return new Problem("works.reason-long", Words.Say(Texts.ReasonLong, WorkRules.MostReason), "reason");
        var next = WorkRules.After(work.Stand, WorkDeed.Return);
        if (!next.IsOk) return next.Problem!;
        return work.Version == typed.Version ? await MoveAsync(actor, list.Task, work, next.Value, "returned", reason, cancel) : new Problem("works.changed", Texts.WorkChangedForTeacher, null, 409);
    }

    private async Task<Result<bool>> MoveAsync(Actor actor, HomeworkTask task, PupilWork work, WorkStand next, string what, string words, CancellationToken cancel)
    {
        var now = clock.Now;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var moved = await transaction.RunAsync(batch => WorkRows.AddMove(batch, task, work, next, now), (reader, token) => reader.ReadFirstAsync(r => (Guid?)r.GetGuid(0), token), cancel);
        if (moved is null) return new Problem("works.changed", Texts.WorkChangedForTeacher, null, 409);
        await transaction.RunAsync(batch =>
        {
            batch.Add("update works.layers set is_shown = true where school_year = $1 and school_id = $2 and work_id = $3", task.SchoolYear, task.SchoolId, work.Id);
            WorkRows.AddStep(batch, actor, task, work, what, words, now);
            batch.AddAudit(actor, WorksActions.Check, now, task.SchoolId, work.LearnerId, $"work={work.Id} {what}");
            if (what == "returned") batch.AddEvent(new WorkReturned(Ids.New(), task.SchoolId, work.LearnerId, work.Id, task.Subject, task.DueOn, words, now));
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
