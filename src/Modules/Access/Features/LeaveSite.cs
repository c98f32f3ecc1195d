using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Access.Esia;
using MySchool.Access.Pages;
using MySchool.Access.Provider;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;
using OpenIddict.Abstractions;

namespace MySchool.Access.Features;

/// <summary>
/// A site has signed its person out and asks whether the platform shall too. The person is asked, unless the site proves by
/// its own token that it speaks of this very session; then back to the site's registered address.
/// </summary>
internal sealed class LeaveSite(SessionBook sessions, EsiaHealth health, EsiaRequests requests, EsiaOptions options, PairwiseIds ids, IOpenIddictApplicationManager clients)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProviderPaths.Leave, (HttpContext http, LeaveSite feature, CancellationToken cancel) =>
            ProviderEndpoint.AnswerAsync(http, () => feature.AnswerAsync(http, cancel))).Allow(AccessActions.OpenSite).ExcludeFromDescription();
        routes.MapPost("/connect/leave", async (HttpContext http, LeaveSite feature, [FromForm(Name = "return")] string? back, CancellationToken cancel) =>
        {
            var clean = ReturnUrl.Clean(back);
            if (!clean.StartsWith(ProviderPaths.Leave, StringComparison.Ordinal)) return new Refused(Problem.NotFound);
            return Results.Redirect(await feature.EndAsync(http, http.RequireActor(), clean, cancel));
        }).Allow(AccessActions.SignOut);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, CancellationToken cancel)
    {
        var request = http.GetOpenIddictServerRequest()!;
        http.Response.Headers.CacheControl = "no-store";
        if (http.GetActor() is { } actor)
        {
            var hint = (await http.AuthenticateAsync(ProviderEndpoint.Scheme)).Principal;
            var site = hint?.GetAudiences().FirstOrDefault() ?? request.ClientId;
            var back = Back(site, request);
            if (hint?.GetClaim(SiteClaims.SessionId) is { } session && site is not null && session == ids.OfSession(site, actor.SessionId))
                return Results.Redirect(await EndAsync(http, actor, back, cancel));
            var name = site is not null && await clients.FindByClientIdAsync(site, cancel) is Client known ? known.DisplayName : null;
            if (Uri.TryCreate(request.PostLogoutRedirectUri, UriKind.Absolute, out var next)) http.Features.Set(new FormTarget(next.GetLeftPart(UriPartial.Authority)));
            return Page.Of<LeaveSitePage>(new { Data = new LeaveSiteView(name, back) });
        }
        return request.PostLogoutRedirectUri is null ? Results.Redirect("/sign-in")
            : Results.SignOut(new AuthenticationProperties { RedirectUri = "/sign-in" }, [ProviderEndpoint.Scheme]);
    }

    // The same request without the site's token, which has done its work and is long.
    private static string Back(string? site, OpenIddictRequest request) => QueryHelpers.AddQueryString(ProviderPaths.Leave, new Dictionary<string, string?>
    {
        ["client_id"] = site, ["post_logout_redirect_uri"] = request.PostLogoutRedirectUri, ["state"] = request.State,
    }.Where(pair => pair.Value is not null));

    // Through ЕСИА when it answers, so that the next person at the computer is asked who they are.
    private async Task<string> EndAsync(HttpContext http, Actor actor, string back, CancellationToken cancel)
    {
        await sessions.EndAsync(actor, actor.SessionId, AccessActions.SignOut, cancel);
        SessionToken.Take(http.Response);
        return await health.IsThereAsync(cancel) ? requests.LogoutUrl(options.OwnOrigin + back) : back;
    }
}
