using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Web;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>
/// Takes a consent back, one's own or the other representative's: with it goes all that stands of the same purpose about the same
/// person. As easy as giving it, and in force from the next request.
/// </summary>
internal sealed class WithdrawConsent(ConsentLedger ledger, ConsentSubjects subjects)
{
    public async Task<Result<bool>> HandleAsync(Actor actor, PersonFacts? person, Guid consentId, CancellationToken cancel)
    {
        if (await ledger.FindAsync(actor, consentId, cancel) is not { } paper) return Problem.NotFound;
        var voice = await subjects.VoiceOfAsync(person, paper.Current, paper.Line.SubjectId, cancel);
        return await ledger.WithdrawAsync(actor, paper.Line, voice, cancel) ? true : Problem.NotFound;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/consents/withdraw", async (HttpContext http, WithdrawConsent feature, [FromForm] Guid? id, CancellationToken cancel) =>
        {
            var withdrawn = await feature.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), id ?? Guid.Empty, cancel);
            return withdrawn.IsOk ? Results.LocalRedirect("/account/consents?done=withdrawn") : new Refused(withdrawn.Problem!);
        }).Allow(AccessActions.WithdrawConsent);
}
