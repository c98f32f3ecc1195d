using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using MySchool.Works.Pages;
using MySchool.Works.Resources;

namespace MySchool.Works.Features;

/// <summary>A work as its pupil and the family see it.</summary>
internal sealed record WorkScreen(HomeworkTask Task, LearnerFacts Learner, WholeWork Whole, bool IsOwn, string? Done, string? Typed, Problem? Refusal)
{
    /// <summary>The mark that stands in the journal.</summary>
    public string? Mark => Task.Learners.FirstOrDefault()?.Mark;

    /// <summary>Whether what is handed in now is late.</summary>
    public bool IsOverdue { get; init; }
}

/// <summary>A page of a file with what the teacher drew over it.</summary>
internal sealed record WorkPageScreen(WorkScreen Screen, WorkFile File, int Page);

/// <summary>Shows a homework with the work on it. A representative sees all and may do nothing for the child.</summary>
internal sealed class ShowWork(AppDb db, IHomeworks homeworks, IConsents consents, CountPages pages, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/works/{homeworkId:guid}", async (Guid homeworkId, Guid? learner, string? done, HttpContext http, ShowWork feature, CancellationToken cancel) =>
            await feature.PageAsync(http, homeworkId, learner, done, null, null, cancel)).Allow(WorksActions.Open);
        routes.MapGet("/works/{homeworkId:guid}/files/{fileId:guid}", async (Guid homeworkId, Guid fileId, Guid? learner, int? page, HttpContext http, ShowWork feature, CancellationToken cancel) =>
        {
            var found = await feature.FindAsync(http, homeworkId, learner, cancel);
            if (!found.IsOk) return Refuse(found.Problem!, http);
            return found.Value.Whole.Files.FirstOrDefault(file => file.Id == fileId) is { IsShown: true } file
                ? Page.Of<WorkFilePage>(new { Data = new WorkPageScreen(found.Value, file, Math.Clamp(page ?? 1, 1, Math.Max(1, (int)(file.Pages ?? 1)))) }) : Problem.NotFound.ToPage();
        }).Allow(WorksActions.Open);
    }

    public async Task<IResult> PageAsync(HttpContext http, Guid homeworkId, Guid? learner, string? done, string? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404) return refusal.ToPage();
        var found = await FindAsync(http, homeworkId, learner, cancel);
        return found.IsOk ? Page.Of<WorkPage>(new { Data = found.Value with { Done = done, Typed = typed, Refusal = refusal } }, refusal?.Status ?? 200) : Refuse(found.Problem!, http);
    }

    private static IResult Refuse(Problem problem, HttpContext http) =>
        problem.Code == ConsentNeeded ? Results.Redirect($"/consents/needed?return={Uri.EscapeDataString(http.Request.Path)}") : problem.ToPage();

    private const string ConsentNeeded = "works.consent-needed";

    /// <summary>The homework and the work on it, of one of the reader's learners.</summary>
    public async Task<Result<WorkScreen>> FindAsync(HttpContext http, Guid homeworkId, Guid? learnerId, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        var own = http.Features.Get<PersonFacts>()?.Learners ?? [];
        HomeworkTask? task = null;
        LearnerFacts? learner = null;
        // A link without a child, as in a notice: the first of them whom the work is addressed to.
        foreach (var child in own.Where(child => learnerId is null || child.PersonId == learnerId))
        {
            if (!Decide.Allows(actor, WorksActions.Open, new Coordinate(Places.Person, child.PersonId))) continue;
            if (actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, WorksFlows.Work, child.PersonId)) return new Problem(ConsentNeeded, Texts.ConsentNeeded, null, 403);
            if ((task = await homeworks.FindForLearnerAsync(actor, child, homeworkId, cancel)) is null) continue;
            learner = child;
            break;
        }
        if (task is null || learner is null) return Problem.NotFound;
        var noted = audit.NoteAsync(actor, WorksActions.Open, learner.SchoolId, learner.PersonId, $"homework={homeworkId}");
        var whole = await db.ReadAsync(actor, batch => WorkRows.AddWhole(batch, task.SchoolYear, task.SchoolId, homeworkId, learner.PersonId), WorkRows.ReadWholeAsync, cancel);
        await noted;
        return new WorkScreen(task, learner, await pages.HandleAsync(whole, cancel), actor.Hat.Role == Roles.Learner && learner.PersonId == actor.PersonId, null, null, null) { IsOverdue = clock.Now > task.DueAt };
    }
}
