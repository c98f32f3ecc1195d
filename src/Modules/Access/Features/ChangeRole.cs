using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Puts on another role the person holds today, without a new sign-in.</summary>
internal sealed class ChangeRole(SessionBook sessions)
{
    /// <param name="actor">Who.</param>
    /// <param name="person">Their facts; a role not offered there does not exist for them.</param>
    /// <param name="hat">The role asked for.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Result<SessionToken>> HandleAsync(Actor actor, PersonFacts? person, Hat hat, CancellationToken cancel)
    {
        if (person is null || !person.Offers.Any(offer => offer.Hat == hat)) return Problem.NotFound;
        return await sessions.ChangeHatAsync(actor, hat, cancel) is { } token ? token : Problem.NotFound;
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/account/role", AnswerAsync).Allow(AccessActions.ChangeRole);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, ChangeRole feature, SessionBook sessions, [FromForm] string? role, [FromForm] Guid? unit, [FromForm(Name = "return")] string? back,
        CancellationToken cancel)
    {
        var hat = new Hat(role ?? "", unit ?? Guid.Empty);
        var changed = await feature.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), hat, cancel);
        if (!changed.IsOk) return new Refused(changed.Problem!);
        changed.Value.Give(http.Response, sessions.Life);
        var next = ReturnUrl.Clean(back);
        return Results.LocalRedirect(hat.Role == Roles.Guardian ? $"/consents/needed?return={Uri.EscapeDataString(next)}" : next);
    }
}
