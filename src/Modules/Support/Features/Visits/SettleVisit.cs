using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Support.Resources;

namespace MySchool.Support.Features.Visits;

/// <summary>Lets support in, refuses, or ends an hour that runs. Two different people let it in, and neither is the asker.</summary>
internal sealed class SettleVisit(VisitBook book, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/support/access/{id:guid}/approve", (Guid id, HttpContext http, SettleVisit handler, ShowVisits show, CancellationToken cancel) =>
            AnswerAsync(http, id, handler.ApproveAsync, "approved", show, cancel)).Allow(SupportActions.SettleVisit);
        routes.MapPost("/support/access/{id:guid}/end", (Guid id, HttpContext http, SettleVisit handler, ShowVisits show, CancellationToken cancel) =>
            AnswerAsync(http, id, handler.EndAsync, "ended", show, cancel)).Allow(SupportActions.SettleVisit);
    }

    public async Task<Problem?> ApproveAsync(Actor actor, string name, Guid id, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, id, cancel) is not { } visit || !Decide.Allows(actor, SupportActions.SettleVisit, visit.Places)) return Problem.NotFound;
        if (visit.StateAt(clock.Now) != "asked") return new("support.visit-settled", Texts.VisitSettled, Status: 409);
        if (VisitRules.SideOf(actor, visit, clock.Now) is not { } side) return new("support.visit-side", Texts.VisitOtherMustApprove, Status: 403);
        return await book.ApproveAsync(actor, name, visit, side, cancel) ? null : new("support.visit-settled", Texts.VisitSettled, Status: 409);
    }

    public async Task<Problem?> EndAsync(Actor actor, string name, Guid id, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, id, cancel) is not { } visit || !Decide.Allows(actor, SupportActions.SettleVisit, visit.Places)) return Problem.NotFound;
        if (!VisitRules.MayEnd(actor, visit, clock.Now)) return new("support.visit-settled", Texts.VisitSettled, Status: 409);
        return await book.EndAsync(actor, name, visit, cancel) ? null : new("support.visit-settled", Texts.VisitSettled, Status: 409);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Guid id, Func<Actor, string, Guid, CancellationToken, Task<Problem?>> deed, string done, ShowVisits show, CancellationToken cancel)
    {
        var (actor, facts) = (http.RequireActor(), http.Features.Get<PersonFacts>());
        var problem = await deed(actor, facts?.Name.Full ?? "", id, cancel);
        return problem is null ? Results.LocalRedirect($"/support/access?done={done}")
            : problem.Status == 404 ? problem.ToPage() : await show.PageAsync(actor, facts, null, new("", "", problem), cancel);
    }
}
