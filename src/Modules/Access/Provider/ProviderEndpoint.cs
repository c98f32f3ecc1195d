using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Resources;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace MySchool.Access.Provider;

/// <summary>Routes behind which OpenIddict speaks. They pass the same gate as all others; the framework's own middleware is not used.</summary>
internal static class ProviderEndpoint
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>A route that OpenIddict answers alone.</summary>
    public static IEndpointConventionBuilder MapProvider(this IEndpointRouteBuilder routes, string path, string[] methods, AppAction action) =>
        routes.MapMethods(path, methods, (Delegate)((HttpContext http) => AnswerAsync(http, () => Task.FromResult(Results.NotFound())))).Allow(action).ExcludeFromDescription();

    /// <summary>Lets OpenIddict check the request first; what it neither answered nor refused comes to the handler.</summary>
    public static async Task<IResult> AnswerAsync(HttpContext http, Func<Task<IResult>> handle)
    {
        var handlers = http.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var provider = (IAuthenticationRequestHandler)(await handlers.GetHandlerAsync(http, Scheme))!;
        try
        {
            if (await provider.HandleRequestAsync()) return Results.Empty;
        }
        catch (InvalidDataException unreadable)
        {
            throw new BadHttpRequestException("The form cannot be read", unreadable);
        }
        return http.GetOpenIddictServerResponse() is { Error: not null } refused ? await RefuseAsync(http, refused) : await handle();
    }

    /// <summary>Says no in the way of OAuth: through the site's own checked address, or as JSON to a program.</summary>
    public static IResult Forbid(string error, string? description = null) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }), [Scheme]);

    // An address that is not the site's own is never followed: the person is told instead.
    private static async Task<IResult> RefuseAsync(HttpContext http, OpenIddictResponse refused)
    {
        if (!Refusals.WantsPage(http.Request)) return Results.Json(new { error = refused.Error, error_description = refused.ErrorDescription }, statusCode: 400);
        var clients = http.RequestServices.GetRequiredService<IOpenIddictApplicationManager>();
        var isKnown = http.GetOpenIddictServerRequest()?.ClientId is { Length: > 0 } id && await clients.FindByClientIdAsync(id, http.RequestAborted) is not null;
        return new Problem($"provider.{refused.Error?.Replace('_', '-')}", isKnown ? Texts.SiteRequestWrong : Texts.SiteUnknown, null, 400).ToPage();
    }
}
