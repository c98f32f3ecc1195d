using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Ends a session the person does not recognise, or all but the present one. Acts on its next request.</summary>
internal static class RevokeSessions
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/account/sessions/revoke", async (HttpContext http, SessionBook sessions, [FromForm] Guid? id, CancellationToken cancel) =>
        {
            var ended = await sessions.EndAsync(http.RequireActor(), id ?? Guid.Empty, AccessActions.RevokeSession, cancel);
            return ended == 0 ? new Refused(Problem.NotFound) : Results.LocalRedirect("/account?done=session");
        }).Allow(AccessActions.RevokeSession);

        routes.MapPost("/account/sessions/revoke-others", async (HttpContext http, SessionBook sessions, CancellationToken cancel) =>
        {
            await sessions.EndOthersAsync(http.RequireActor(), cancel);
            return Results.LocalRedirect("/account?done=others");
        }).Allow(AccessActions.RevokeSession);
    }
}
