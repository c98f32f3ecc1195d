using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Esia;
using MySchool.Access.Pages;
using MySchool.Access.Web;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The page with one button.</summary>
internal static class ShowSignIn
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/sign-in", (HttpContext http, EsiaHealth health, string? @return) =>
            http.GetActor() is null
                ? Page.Of<SignInPage>(new { Data = new SignInView(ReturnUrl.Clean(@return), health.IsAway) })
                : Results.Redirect(ReturnUrl.Clean(@return)))
            .Allow(AccessActions.SignIn);
}
