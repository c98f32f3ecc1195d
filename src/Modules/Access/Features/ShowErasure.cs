using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Erasures;
using MySchool.Access.Pages;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>Whose data one may ask to have erased, and the newest request about it.</summary>
internal sealed record ErasureRow(ConsentSubject Subject, bool MayAsk, Erasure? Newest, string Link);

/// <summary>«Удаление данных»: the person and each child they speak for; and beforehand, what would happen to whose data.</summary>
internal sealed class ShowErasure(ErasureBook book, ErasurePlanner planner, ErasureLinks links, ErasureSubjects subjects, IRegistry registry, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/erasure", async (HttpContext http, ShowErasure feature, string? done, CancellationToken cancel) =>
            Page.Of<ErasurePage>(new { Data = await feature.ListAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), done, cancel) })).Allow(AccessActions.AskErasure);
        routes.MapGet("/account/erasure/{subject:guid}", async (Guid subject, HttpContext http, ShowErasure feature, CancellationToken cancel) =>
        {
            var plan = await feature.PlanAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), subject, null, cancel);
            return plan.IsOk ? Page.Of<ErasurePlanPage>(new { Data = plan.Value }) : plan.Problem!.ToPage();
        }).Allow(AccessActions.AskErasure);
    }

    public async Task<ErasureView> ListAsync(Actor actor, PersonFacts? person, string? done, CancellationToken cancel)
    {
        var own = await subjects.ListAsync(person, cancel);
        var asked = await book.ListOwnAsync(actor, own.Select(subject => subject.Id), cancel);
        var rows = own.Select(subject => (subject, newest: asked.Find(erasure => erasure.SubjectId == subject.Id)))
            .Select(row => new ErasureRow(row.subject, ErasureSubjects.MayAsk(person, row.subject), row.newest, row.newest is null ? "" : links.For(row.newest.Id))).ToList();
        return new(rows, [.. asked.Where(erasure => own.All(subject => subject.Id != erasure.SubjectId))], done);
    }

    /// <summary>What would happen today. For whoever may speak for the subject; the look itself changes nothing.</summary>
    public async Task<Result<ErasurePlanView>> PlanAsync(Actor actor, PersonFacts? person, Guid subjectId, Problem? problem, CancellationToken cancel)
    {
        var subject = (await subjects.ListAsync(person, cancel)).FirstOrDefault(subject => subject.Id == subjectId);
        if (subject is null || !await registry.MaySpeakForAsync([actor.PersonId], subjectId, clock.Now, cancel)) return Problem.NotFound;
        if (!ErasureSubjects.MayAsk(person, subject)) return Problem.NotFound;
        return new ErasurePlanView(subject, await planner.PlanAsync(subjectId, cancel), problem);
    }
}
