using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using MySchool.Access.Provider;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Features;

/// <summary>
/// Exchanges a code, a refresh token or a system's own secret for tokens. OpenIddict has checked them and the client; here it
/// is asked whether the person still is who they were and still agrees.
/// </summary>
internal sealed class IssueTokens(
    ProviderDb db, SitePeople people, IOpenIddictApplicationManager clients, IOpenIddictAuthorizationManager signIns, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(ProviderPaths.Token, (HttpContext http, IssueTokens feature, CancellationToken cancel) =>
            ProviderEndpoint.AnswerAsync(http, () => feature.AnswerAsync(http, cancel))).Allow(AccessActions.TalkToClients).ForPrograms().ExcludeFromDescription();
        foreach (var path in (string[])[ProviderPaths.Configuration, ProviderPaths.Keys])
            routes.MapProvider(path, ["GET"], AccessActions.TalkToClients).ForPrograms();
        routes.MapProvider(ProviderPaths.Revoke, ["POST"], AccessActions.TalkToClients).ForPrograms();
    }

    private async Task<IResult> AnswerAsync(HttpContext http, CancellationToken cancel)
    {
        var request = http.GetOpenIddictServerRequest()!;
        await TouchAsync(request.ClientId!, cancel);
        if (request.IsClientCredentialsGrantType()) return await IssueToSystemAsync(request, cancel);
        var issued = (await http.AuthenticateAsync(ProviderEndpoint.Scheme)).Principal!;
        if (await StillStandsAsync(issued, cancel) is not { } signIn) return ProviderEndpoint.Forbid(Errors.InvalidGrant, "The person or the consent is gone.");
        var identity = new ClaimsIdentity(issued.Claims, TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, signIn.Subject);
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: ProviderEndpoint.Scheme);
    }

    private async Task<ClientSignIn?> StillStandsAsync(ClaimsPrincipal issued, CancellationToken cancel)
    {
        if (!Guid.TryParse(issued.GetAuthorizationId(), out var id)) return null;
        var signIn = await db.SignIns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
        if (signIn?.PersonId is not { } person) return null;
        return (await people.FindAsync(person, new Hat(signIn.Role, signIn.UnitId), signIn.LearnerId, cancel)).Person is null ? null : signIn;
    }

    private async Task<IResult> IssueToSystemAsync(OpenIddictRequest request, CancellationToken cancel)
    {
        if (await clients.FindByClientIdAsync(request.ClientId!, cancel) is not Client { Kind: ClientKinds.System } system)
            return ProviderEndpoint.Forbid(Errors.UnauthorizedClient);
        var scopes = request.GetScopes();
        if (scopes.Length == 0) return ProviderEndpoint.Forbid(Errors.InvalidScope, "A scope is required.");
        var term = new ClientSignIn
        {
            Id = Ids.New(), Application = system, CreationDate = clock.Now.UtcDateTime, Status = Statuses.Valid, Subject = system.ClientId,
            Type = AuthorizationTypes.AdHoc, Scopes = System.Text.Json.JsonSerializer.Serialize(scopes),
        };
        await signIns.CreateAsync(term, cancel);
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, system.ClientId).SetScopes(scopes).SetAuthorizationId(term.Id.ToString());
        identity.SetDestinations(_ => []);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: ProviderEndpoint.Scheme);
    }

    // Once a minute is enough for the operator to see which clients live.
    private Task<int> TouchAsync(string clientId, CancellationToken cancel) => db.Clients
        .Where(client => client.ClientId == clientId && (client.LastUsedAt == null || client.LastUsedAt < clock.Now.AddMinutes(-1)))
        .ExecuteUpdateAsync(set => set.SetProperty(client => client.LastUsedAt, clock.Now), cancel);
}
