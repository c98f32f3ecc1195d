using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Resources;
using MySchool.Access.Web;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Agreeing to one document about one person.</summary>
/// <param name="Purpose">What for.</param>
/// <param name="Hash">Of the wording that was on the screen.</param>
/// <param name="SubjectId">Whose data.</param>
internal sealed record ConsentRequest(string Purpose, string Hash, Guid SubjectId);

/// <summary>Writes a consent to the ledger, for oneself when old enough or for a child one represents today. Giving again renews.</summary>
internal sealed class GiveConsent(ConsentLedger ledger, ConsentSubjects subjects)
{
    public async Task<Result<bool>> HandleAsync(Actor actor, PersonFacts? person, ConsentRequest request, CancellationToken cancel)
    {
        var text = (await ledger.ReadAsync(actor, cancel)).Texts.FirstOrDefault(text => text.Purpose == request.Purpose);
        if (text is null || await subjects.VoiceOfAsync(person, text, request.SubjectId, cancel) is not (ConsentVoice.Represents or ConsentVoice.Decides)) return Problem.NotFound;
        return await ledger.GiveAsync(actor, request.Purpose, request.Hash, request.SubjectId, cancel)
            ? true : new Problem("access.consent-text-changed", Texts.ConsentTextChanged, null, 409);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/account/consents/give", AnswerAsync).Allow(AccessActions.GiveConsent);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, GiveConsent feature, [FromForm] string? purpose, [FromForm] string? hash, [FromForm] Guid? subject,
        [FromForm(Name = "return")] string? back, CancellationToken cancel)
    {
        var given = await feature.HandleAsync(
            http.RequireActor(), http.Features.Get<PersonFacts>(), new(purpose ?? "", hash ?? "", subject ?? Guid.Empty), cancel);
        if (!given.IsOk) return new Refused(given.Problem!);
        return Results.LocalRedirect(back is null ? "/account/consents?done=given" : $"/consents/needed?return={Uri.EscapeDataString(ReturnUrl.Clean(back))}");
    }
}
