using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Pages;
using MySchool.Access.Web;
using MySchool.Contracts.Registry;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>For whom the registry does not know, or knows without a role: what to do, by who they are.</summary>
internal static class ShowWelcome
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/welcome", (HttpContext http, SignInCookies cookies) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            if (http.Features.Get<PersonFacts>() is { Worn: not null }) return Results.Redirect("/");
            return Page.Of<WelcomePage>(new { Data = new WelcomeView(cookies.ReadStranger(http.Request), http.GetActor() is not null) });
        }).Allow(AccessActions.SignIn);
}
