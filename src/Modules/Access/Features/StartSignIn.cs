using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Esia;
using MySchool.Access.Pages;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>Sends the browser to ЕСИА with a state that only this browser can bring back.</summary>
internal sealed class StartSignIn(EsiaHealth health, EsiaRequests requests, IClock clock)
{
    /// <returns>The state to remember and where to go; null when ЕСИА does not answer.</returns>
    public async Task<(SignInUnderWay SignIn, string Url)?> HandleAsync(string back, CancellationToken cancel)
    {
        if (!await health.IsThereAsync(cancel)) return null;
        // ЕСИА wants a UUID; a version 4 one is all randomness, while our own ids tell the time.
        var state = new Guid(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)).ToString();
        return (new(state, back, clock.Now), requests.AuthorizeUrl(state));
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/sign-in/esia", async (HttpContext http, StartSignIn feature, SignInCookies cookies, string? @return, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            var back = ReturnUrl.Clean(@return);
            if (await feature.HandleAsync(back, cancel) is not { } start)
                return Page.Of<SignInPage>(new { Data = new SignInView(back, IsAway: true) }, StatusCodes.Status503ServiceUnavailable);
            cookies.Keep(http.Response, start.SignIn);
            return Results.Redirect(start.Url);
        }).Allow(AccessActions.SignIn);
}
