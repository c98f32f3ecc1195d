using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Erasures;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>
/// Whoever answers for a person confirms the erasure or refuses with a reason: the administrator of the school, or the operator for
/// those without one. Never in their own case. A confirmed erasure cannot be stopped.
/// </summary>
internal sealed class DecideErasure(ErasureBook book, ErasurePlanner planner, IRegistry registry, IClock clock)
{
    private const int LongestReason = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/erasures", async (HttpContext http, DecideErasure feature, string? done, CancellationToken cancel) =>
            Page.Of<ErasureQueuePage>(new { Data = await feature.ListAsync(http.RequireActor(), done, cancel) })).Allow(AccessActions.DecideErasure);
        routes.MapGet("/erasures/{id:guid}", async (Guid id, HttpContext http, DecideErasure feature, CancellationToken cancel) =>
        {
            var shown = await feature.ShowAsync(http.RequireActor(), id, "", null, cancel);
            return shown.IsOk ? Page.Of<ErasureDecisionPage>(new { Data = shown.Value }) : shown.Problem!.ToPage();
        }).Allow(AccessActions.DecideErasure);
        routes.MapPost("/erasures/{id:guid}", async (Guid id, [FromForm] string? decision, [FromForm] string? reason, HttpContext http, DecideErasure feature, CancellationToken cancel) =>
        {
            var (actor, person) = (http.RequireActor(), http.Features.Get<PersonFacts>());
            if (await feature.HandleAsync(actor, person?.Name.Full ?? "", id, decision == "confirm", reason?.Trim() ?? "", cancel) is not { } problem)
                return Results.LocalRedirect($"/erasures?done={(decision == "confirm" ? "confirmed" : "refused")}");
            var again = await feature.ShowAsync(actor, id, reason ?? "", problem, cancel);
            return again.IsOk ? Page.Of<ErasureDecisionPage>(new { Data = again.Value }, problem.Status) : again.Problem!.ToPage();
        }).Allow(AccessActions.DecideErasure);
    }

    public async Task<ErasureQueueView> ListAsync(Actor actor, string? done, CancellationToken cancel)
    {
        var waiting = await book.ListForAsync(actor, actor.Hat.UnitId, cancel);
        return new(waiting, await NamesAsync(actor, waiting.Select(erasure => erasure.SubjectId), cancel), clock.Now, MaySet(actor), done);
    }

    public async Task<Result<ErasureDecisionView>> ShowAsync(Actor actor, Guid id, string reason, Problem? problem, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is not { } erasure) return Problem.NotFound;
        var names = await NamesAsync(actor, [erasure.SubjectId, erasure.AskerId], cancel);
        var plan = erasure.State == ErasureState.Asked ? await planner.PlanAsync(erasure.SubjectId, cancel) : null;
        return new ErasureDecisionView(erasure, names, plan, reason, problem);
    }

    public async Task<Problem?> HandleAsync(Actor actor, string name, Guid id, bool isConfirmed, string reason, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is not { } erasure) return Problem.NotFound;
        if (actor.PersonId == erasure.AskerId || actor.PersonId == erasure.SubjectId) return new("access.erasure-own", Texts.ErasureOwnCase, Status: 403);
        if (erasure.State != ErasureState.Asked) return new("access.erasure-decided", Texts.ErasureDecided, Status: 409);
        if (!isConfirmed)
        {
            if (reason.Length is < 10 or > LongestReason) return new("access.erasure-reason", Texts.ErasureReasonWrong, "reason");
            return await book.RefuseAsync(actor, erasure, reason, cancel) ? null : new("access.erasure-decided", Texts.ErasureDecided, Status: 409);
        }
        if ((await planner.PlanAsync(erasure.SubjectId, cancel)).Obstacles is [var first, ..]) return new("access.erasure-obstacle", first, Status: 409);
        return await book.ConfirmAsync(actor, erasure, name, cancel) ? null : new("access.erasure-decided", Texts.ErasureDecided, Status: 409);
    }

    private async Task<Erasure?> FindAsync(Actor actor, Guid id, CancellationToken cancel) =>
        await book.FindAsync(actor, id, cancel) is { } erasure
        && Decide.Allows(actor, AccessActions.DecideErasure, new(Places.School, erasure.UnitId), new(Places.Territory, erasure.UnitId)) ? erasure : null;

    // Names as far as row-level security opens them: the operator decides by the number, without one.
    private async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(Actor actor, IEnumerable<Guid> people, CancellationToken cancel) =>
        (await registry.GetNamesAsync(actor, [.. people.Distinct()], cancel)).ToDictionary(known => known.Key, known => known.Value.Full);

    private static bool MaySet(Actor actor) => Decide.Allows(actor, AccessActions.SetRetention, new Coordinate(Places.Territory, actor.Hat.UnitId));
}
