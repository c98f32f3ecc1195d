using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Provider;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>«Отключить» on the person's page: the site's tokens are dead when the page comes back.</summary>
internal sealed class DisconnectSite(SiteGrants grants)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/sites/disconnect", async (HttpContext http, DisconnectSite feature, [FromForm] Guid? id, CancellationToken cancel) =>
            await feature.HandleAsync(http.RequireActor(), id ?? Guid.Empty, cancel) is { IsOk: false } refused
                ? new Refused(refused.Problem!) : Results.LocalRedirect("/account?done=site")).Allow(AccessActions.DisconnectSite);

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid grantId, CancellationToken cancel) =>
        await grants.EndAsync(actor, grantId, cancel) ? true : Problem.NotFound;
}
