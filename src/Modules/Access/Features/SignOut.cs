using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Esia;
using MySchool.Access.Sessions;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Ends the session here and at ЕСИА, so that the next person at the computer is asked who they are.</summary>
internal sealed class SignOut(SessionBook sessions, EsiaHealth health, EsiaRequests requests, EsiaOptions options)
{
    /// <returns>Where to go: through ЕСИА, or home when it does not answer.</returns>
    public async Task<string> HandleAsync(Actor actor, CancellationToken cancel)
    {
        await sessions.EndAsync(actor, actor.SessionId, AccessActions.SignOut, cancel);
        return await health.IsThereAsync(cancel) ? requests.LogoutUrl($"{options.OwnOrigin}/sign-in") : "/sign-in";
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/sign-out", async (HttpContext http, SignOut feature, CancellationToken cancel) =>
        {
            var next = await feature.HandleAsync(http.RequireActor(), cancel);
            SessionToken.Take(http.Response);
            http.Response.Headers["Clear-Site-Data"] = "\"cache\"";
            return Results.Redirect(next);
        }).Allow(AccessActions.SignOut);
}
