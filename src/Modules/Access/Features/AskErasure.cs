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
/// Asks to have one's own data erased, or a child's one speaks for (152-ФЗ, ст. 14, ч. 1; ст. 21, ч. 5 и 5.1), and takes the
/// request back while nobody has decided. The two representatives of a child are equal: either asks, either takes back.
/// </summary>
internal sealed class AskErasure(ErasureBook book, ShowErasure shown, IPersonHome homes)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/account/erasure", async (HttpContext http, AskErasure feature, ShowErasure page, [FromForm] Guid? subject, [FromForm] bool? sure, CancellationToken cancel) =>
        {
            var (actor, person) = (http.RequireActor(), http.Features.Get<PersonFacts>());
            if (await feature.HandleAsync(actor, person, subject ?? Guid.Empty, sure ?? false, cancel) is not { } problem) return Results.LocalRedirect("/account/erasure?done=asked");
            var plan = await page.PlanAsync(actor, person, subject ?? Guid.Empty, problem, cancel);
            return plan.IsOk ? Page.Of<ErasurePlanPage>(new { Data = plan.Value }, problem.Status) : plan.Problem!.ToPage();
        }).Allow(AccessActions.AskErasure);
        routes.MapPost("/account/erasure/take-back", async (HttpContext http, AskErasure feature, [FromForm] Guid? id, CancellationToken cancel) =>
            await feature.TakeBackAsync(http.RequireActor(), id ?? Guid.Empty, cancel) is { } problem ? problem.ToPage() : Results.LocalRedirect("/account/erasure?done=taken-back"))
            .Allow(AccessActions.AskErasure);
    }

    public async Task<Problem?> HandleAsync(Actor actor, PersonFacts? person, Guid subject, bool isSure, CancellationToken cancel)
    {
        var plan = await shown.PlanAsync(actor, person, subject, null, cancel);
        if (!plan.IsOk) return plan.Problem;
        if (plan.Value.Plan.Obstacles is [var first, ..]) return new("access.erasure-obstacle", first, Status: 409);
        if (!isSure) return new("access.erasure-unsure", Texts.ErasureUnsure, "sure");
        return await book.AskAsync(actor, subject, await homes.FindAsync(subject, cancel), cancel) is null ? new("access.erasure-open", Texts.ErasureOpen, Status: 409) : null;
    }

    public async Task<Problem?> TakeBackAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, id, cancel) is not { } erasure) return Problem.NotFound;
        // Whoever answers for the unit sees the request too; taking it back is the family's, as row-level security also says.
        if (erasure.AskerId != actor.PersonId && !actor.Is(Relations.Represents, new(Places.Person, erasure.SubjectId))) return Problem.NotFound;
        if (erasure.State == ErasureState.Withdrawn) return null;
        return erasure.State == ErasureState.Asked && await book.TakeBackAsync(actor, erasure, cancel) ? null : new("access.erasure-decided", Texts.ErasureDecided, Status: 409);
    }
}
