using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.Logging;
using MySchool.Access.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>What the gate decides about a request.</summary>
internal enum Verdict
{
    /// <summary>Let it in; the handler decides again with the resource in hand.</summary>
    Pass,

    /// <summary>There is nothing here, or nothing for this person: the answer is the same.</summary>
    Absent,

    /// <summary>A route without an action: closed, and somebody's mistake.</summary>
    Unnamed,

    /// <summary>Nobody is signed in.</summary>
    SignIn,
}

/// <summary>The last door before a handler. Whatever names no action is closed.</summary>
internal sealed partial class Gate(RequestDelegate next, IAntiforgery antiforgery, ILogger<Gate> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        switch (Judge(endpoint, context.GetActor()))
        {
            case Verdict.Pass when !context.IsForPrograms() && endpoint?.Metadata.GetMetadata<StreamedForm>() is null && !await IsOwnFormAsync(context):
                await Refusals.AnswerAsync(context, new Problem("access.antiforgery", Texts.AntiforgeryFailed, null, 400));
                return;
            case Verdict.Pass:
                await next(context);
                return;
            case Verdict.SignIn:
                await Refusals.AskToSignInAsync(context);
                return;
            case Verdict.Unnamed:
                LogUnnamed(log, endpoint!.DisplayName);
                break;
        }
        await Refusals.AnswerAsync(context, Problem.NotFound);
    }

    private async Task<bool> IsOwnFormAsync(HttpContext context)
    {
        try
        {
            return await antiforgery.IsRequestValidAsync(context);
        }
        catch (AntiforgeryValidationException unreadable) when (unreadable.InnerException is BadHttpRequestException refused)
        {
            // Too large or cut short: the server has its own answer to that.
            throw refused;
        }
        catch (AntiforgeryValidationException)
        {
            return false;
        }
    }

    /// <summary>The decision itself, free of the request.</summary>
    internal static Verdict Judge(Endpoint? endpoint, Actor? actor)
    {
        if (endpoint is null) return Verdict.Absent;
        if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null) return Verdict.Pass;
        // Routing's own answers (405, 415) are not routes and only set a status.
        if (endpoint is not RouteEndpoint route) return endpoint.DisplayName is ['4', ..] ? Verdict.Pass : Verdict.Unnamed;
        // MapStaticAssets catches every unknown file name when it runs from a build folder: nothing of ours, so nothing to report.
        if (route.RoutePattern.RawText == "{**path:file}") return Verdict.Absent;
        if (endpoint.Metadata.GetMetadata<RouteAction>() is not { Action: var action }) return Verdict.Unnamed;
        if (Decide.CouldAllow(actor, action)) return Verdict.Pass;
        return actor is null ? Verdict.SignIn : Verdict.Absent;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Route {Route} names no action and stays closed")]
    private static partial void LogUnnamed(ILogger logger, string? route);
}
