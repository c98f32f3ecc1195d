using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Takes a consent back. As easy as giving it, and in force from the next request.</summary>
internal sealed class WithdrawConsent(ConsentLedger ledger)
{
    public async Task<Result<bool>> HandleAsync(Actor actor, Guid consentId, CancellationToken cancel) =>
        await ledger.WithdrawAsync(actor, consentId, cancel) ? true : Problem.NotFound;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/consents/withdraw", async (HttpContext http, WithdrawConsent feature, [FromForm] Guid? id, CancellationToken cancel) =>
        {
            var withdrawn = await feature.HandleAsync(http.RequireActor(), id ?? Guid.Empty, cancel);
            return withdrawn.IsOk ? Results.LocalRedirect("/account/consents?done=withdrawn") : new Refused(withdrawn.Problem!);
        }).Allow(AccessActions.WithdrawConsent);
}
