using Microsoft.AspNetCore.Http;
using MySchool.Access.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>Says no to a person with a page and to a program with ProblemDetails.</summary>
internal static class Refusals
{
    public static Task AnswerAsync(HttpContext context, Problem problem) =>
        (WantsPage(context.Request) ? problem.ToPage() : problem.ToJson()).ExecuteAsync(context);

    /// <summary>Sends a browser to sign in and back again; tells a program that nobody is signed in.</summary>
    public static Task AskToSignInAsync(HttpContext context)
    {
        var request = context.Request;
        if (!WantsPage(request)) return new Problem("access.signed-out", Texts.SignedOut, null, 401).ToJson().ExecuteAsync(context);
        var isPage = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var back = ReturnUrl.Clean(isPage ? request.Path + request.QueryString : ReturnUrl.Referrer(request));
        context.Response.StatusCode = isPage ? StatusCodes.Status302Found : StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = back == "/" ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(back)}";
        return Task.CompletedTask;
    }

    public static bool WantsPage(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
