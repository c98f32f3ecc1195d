using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using MySchool.StandIns.Esia.People;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>Requests waiting for a person to choose who they are.</summary>
internal sealed class PendingLogins(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Pending> waiting = new();

    internal sealed record Pending(string Query, string Path, string RedirectUri, string? State, DateTimeOffset At);

    public string Keep(HttpRequest request, string redirectUri, string? state)
    {
        foreach (var (old, pending) in waiting)
            if (time.GetUtcNow() - pending.At > TimeSpan.FromMinutes(10)) waiting.TryRemove(old, out _);
        var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        waiting[ticket] = new(request.QueryString.Value ?? "", request.Path, redirectUri, state, time.GetUtcNow());
        return ticket;
    }

    public Pending? Find(string? ticket) => ticket is not null && waiting.TryGetValue(ticket, out var pending) ? pending : null;
}

/// <summary>The code, the tokens and the way out.</summary>
internal static class OAuthRoutes
{
    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(ServerSetup.CurrentAuthorization, AuthorizeAsync);
        routes.MapGet(ServerSetup.LegacyAuthorization, AuthorizeAsync);
        routes.MapPost(ServerSetup.CurrentToken, (Delegate)IssueAsync);
        routes.MapPost(ServerSetup.LegacyToken, (Delegate)IssueAsync);
        routes.MapGet("/idp/ext/Logout", Leave);
    }

    private static async Task<IResult> AuthorizeAsync(
        HttpContext http, ClientSecrets secrets, SignedIn signedIn, PendingLogins pending, Population people)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var client = secrets.Find(request.ClientId)!;
        var error = http.Request.Path == ServerSetup.LegacyAuthorization
            ? secrets.CheckLegacy(client, name => (string?)request[name])
            : secrets.CheckCurrent(client, name => (string?)request[name], request.RedirectUri!);
        if (error is not null) return Refuse(request.RedirectUri!, request.State, error);
        if (signedIn.Current(http) is not { } login) return Results.Redirect($"/login?ticket={pending.Keep(http.Request, request.RedirectUri!, request.State)}");
        if (await people.FindAsync(login.Oid) is not { } person) return Refuse(request.RedirectUri!, request.State, EsiaError.NotAllowed);
        return Results.SignIn(
            Claims.Of(person, login, client.Mnemonic, request.GetScopes().Append("offline_access")),
            authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    /// <summary>Says no in the way of OAuth, through the client's own address.</summary>
    public static IResult Refuse(string redirectUri, string? state, EsiaError error) =>
        Results.Redirect(QueryHelpers.AddQueryString(redirectUri, new Dictionary<string, string?>
        {
            ["error"] = error.OAuth,
            ["error_description"] = error.Description,
            ["state"] = state,
        }));

    private static async Task<IResult> IssueAsync(HttpContext http)
    {
        // OpenIddict has checked the code by now, and what it was issued for travels in the code itself.
        var issued = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        return Results.SignIn(issued.Principal!, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static IResult Leave(HttpContext http, IOptions<Settings> settings, SignedIn signedIn, string? client_id, string? redirect_url)
    {
        signedIn.Leave(http);
        var client = settings.Value.Clients.FirstOrDefault(known => known.Mnemonic == client_id);
        var isOwn = redirect_url is not null && client is not null && client.RedirectUris.Any(known => IsSameOrigin(known, redirect_url));
        return Results.Redirect(isOwn ? redirect_url! : "/login");
    }

    private static bool IsSameOrigin(string known, string asked) =>
        Uri.TryCreate(asked, UriKind.Absolute, out var there) && there.GetLeftPart(UriPartial.Authority) == new Uri(known).GetLeftPart(UriPartial.Authority);
}
