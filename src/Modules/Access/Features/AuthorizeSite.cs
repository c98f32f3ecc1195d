using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using MySchool.Access.Pages;
using MySchool.Access.Provider;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Features;

/// <summary>A site that a person wants to enter, as far as its own request says.</summary>
internal sealed record SiteRequest(Client Site, ImmutableArray<string> Scopes, string RedirectUri);

/// <summary>A site asks who is there: the person agrees once to what it gets, and goes back with a code.</summary>
internal sealed class AuthorizeSite(
    IOpenIddictApplicationManager clients, IOpenIddictAuthorizationManager signIns, SiteGrants grants, SitePeople people, PairwiseIds ids, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProviderPaths.Authorize, (HttpContext http, AuthorizeSite feature, CancellationToken cancel) =>
            ProviderEndpoint.AnswerAsync(http, () => feature.AnswerAsync(http, cancel))).Allow(AccessActions.OpenSite).ExcludeFromDescription();
        routes.MapPost("/connect/agree", async (
            HttpContext http, AuthorizeSite feature, [FromForm(Name = "return")] string? back, [FromForm] string? child, CancellationToken cancel) =>
        {
            var agreed = await feature.AgreeAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), back, child, cancel);
            return agreed.IsOk ? Results.LocalRedirect(agreed.Value) : new Refused(agreed.Problem!);
        }).Allow(AccessActions.ConnectSite);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, CancellationToken cancel)
    {
        var request = http.GetOpenIddictServerRequest()!;
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Query.ContainsKey("refused")) return ProviderEndpoint.Forbid(Errors.AccessDenied);
        var asksNothing = request.HasPromptValue(PromptValues.None);
        if (http.GetActor() is not { } actor)
        {
            if (asksNothing) return ProviderEndpoint.Forbid(Errors.LoginRequired);
            await Refusals.AskToSignInAsync(http);
            return Results.Empty;
        }
        if (http.Features.Get<PersonFacts>() is not { Worn: not null } facts) return Results.Redirect("/welcome");
        var site = (await clients.FindByClientIdAsync(request.ClientId!, cancel) as Client)!;
        var (grant, authenticatedAt) = await grants.FindAsync(actor, site.Id, cancel);
        if (MustSignInAgain(request, authenticatedAt) is { } again)
            return asksNothing ? ProviderEndpoint.Forbid(Errors.LoginRequired) : Results.Redirect($"/sign-in/esia?return={Uri.EscapeDataString(Without(http.Request, again))}");
        var asked = new SiteRequest(site, [.. request.GetScopes()], request.RedirectUri!);
        return await DecideAsync(http, new(actor, facts, authenticatedAt), asked, grant, cancel);
    }

    private async Task<IResult> DecideAsync(HttpContext http, Present present, SiteRequest asked, SiteGrant? grant, CancellationToken cancel)
    {
        var request = http.GetOpenIddictServerRequest()!;
        var covers = grant is not null && asked.Scopes.All(scope => grant.Scopes.Contains(scope)) && !request.HasPromptValue(PromptValues.Consent);
        var (person, refusal) = await people.FindAsync(present.Actor.PersonId, present.Actor.Hat, covers ? grant!.LearnerId : null, cancel);
        if (covers && person is not null) return await SignInAsync(present, asked, grant!.LearnerId, cancel);
        if (request.HasPromptValue(PromptValues.None)) return ProviderEndpoint.Forbid(refusal is null ? Errors.ConsentRequired : Errors.InteractionRequired);

        http.Features.Set(new FormTarget(new Uri(asked.RedirectUri).GetLeftPart(UriPartial.Authority)));
        var back = Without(http.Request, "prompt");
        // A decision about a child whose consent was withdrawn meanwhile is asked for anew.
        if (refusal is not null && present.Actor.Hat.Role == Roles.Learner)
            return Page.Of<SiteNeedsParentPage>(new { Data = new SiteNeedsParentView(asked.Site, QueryHelpers.AddQueryString(back, "refused", "1")) });
        var children = await people.ChildrenAsync(present.Facts, cancel);
        return Page.Of<SiteConsentPage>(new { Data = new SiteConsentView(asked, present.Facts, children, back) });
    }

    private async Task<IResult> SignInAsync(Present present, SiteRequest asked, Guid? learnerId, CancellationToken cancel)
    {
        var (actor, site) = (present.Actor, asked.Site);
        var subject = ids.OfPerson(site.Sector, actor.PersonId);
        var signIn = new ClientSignIn
        {
            Id = Ids.New(), Application = site, PersonId = actor.PersonId, SessionId = actor.SessionId, Role = actor.Hat.Role, UnitId = actor.Hat.UnitId,
            LearnerId = learnerId, SignedInAt = present.AuthenticatedAt, CreationDate = clock.Now.UtcDateTime, Status = Statuses.Valid, Subject = subject,
            Type = AuthorizationTypes.AdHoc, Scopes = System.Text.Json.JsonSerializer.Serialize(asked.Scopes),
        };
        await signIns.CreateAsync(signIn, cancel);
        var identity = new ClaimsIdentity(TokenValidationParameters.DefaultAuthenticationType, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, subject)
            .SetClaim(SiteClaims.SessionId, ids.OfSession(site.ClientId!, actor.SessionId))
            .SetClaim(Claims.AuthenticationTime, present.AuthenticatedAt.ToUnixTimeSeconds());
        identity.SetScopes(asked.Scopes).SetAuthorizationId(signIn.Id.ToString());
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return Results.SignIn(new ClaimsPrincipal(identity), authenticationScheme: ProviderEndpoint.Scheme);
    }

    /// <summary>The person's "yes": remembered for the role worn, and the site's request goes on.</summary>
    public async Task<Result<string>> AgreeAsync(Actor actor, PersonFacts? facts, string? back, string? child, CancellationToken cancel)
    {
        if (facts?.Worn is null || ReturnUrl.Clean(back) is not { } request || !request.StartsWith(ProviderPaths.Authorize + "?", StringComparison.Ordinal)) return Problem.NotFound;
        var query = QueryHelpers.ParseQuery(request[ProviderPaths.Authorize.Length..]);
        if (query.GetValueOrDefault("client_id").ToString() is not { Length: > 0 and <= 60 } clientId
            || await clients.FindByClientIdAsync(clientId, cancel) is not Client { Kind: ClientKinds.Site } site) return Problem.NotFound;
        var learner = Guid.TryParse(child, out var chosen) ? chosen : (Guid?)null;
        if (learner is not null && actor.Hat.Role != Roles.Guardian) return Problem.NotFound;
        if (learner is not null && !facts.Learners.Any(own => own.PersonId == learner)) return Problem.NotFound;
        var (person, _) = await people.FindAsync(actor.PersonId, actor.Hat, learner, cancel);
        if (person is null) return Problem.NotFound;
        var scopes = query.GetValueOrDefault("scope").ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        if (scopes.Length > 20 || !scopes.All(scope => SiteScopes.All.Contains(scope) || scope is OpenIddictConstants.Scopes.OpenId or OpenIddictConstants.Scopes.OfflineAccess)) return Problem.NotFound;
        await grants.GiveAsync(actor, site.Id, learner, scopes, cancel);
        return request;
    }

    // Each is asked once: afterwards auth_time tells the site the truth, and it is for the site to judge.
    private string? MustSignInAgain(OpenIddictRequest request, DateTimeOffset authenticatedAt) =>
        request.HasPromptValue(PromptValues.Login) ? "prompt"
        : request.MaxAge is { } seconds && clock.Now - authenticatedAt > TimeSpan.FromSeconds(seconds) ? "max_age" : null;

    private static string Without(HttpRequest request, string name) => QueryHelpers.AddQueryString(
        ProviderPaths.Authorize, request.Query.Where(pair => pair.Key != name && pair.Key != "refused").Select(pair => KeyValuePair.Create<string, StringValues>(pair.Key, pair.Value)));

    /// <summary>Who is here, in which role, and since when it is proven.</summary>
    private sealed record Present(Actor Actor, PersonFacts Facts, DateTimeOffset AuthenticatedAt);
}
