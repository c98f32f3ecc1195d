using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MySchool.Access.Provider;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Features;

/// <summary>Tells a site about its person, as things stand at this moment: a changed class or role is there at once, a withdrawn consent closes it.</summary>
internal sealed class ShowUserInfo(ProviderDb db, SitePeople people)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(ProviderPaths.UserInfo, ["GET", "POST"], (HttpContext http, ShowUserInfo feature, CancellationToken cancel) =>
            ProviderEndpoint.AnswerAsync(http, () => feature.AnswerAsync(http, cancel))).Allow(AccessActions.TalkToClients).ForPrograms().ExcludeFromDescription();

    private async Task<IResult> AnswerAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.Headers.CacheControl = "no-store";
        var token = (await http.AuthenticateAsync(ProviderEndpoint.Scheme)).Principal!;
        return await ReadAsync(token, cancel) is { } claims ? Results.Json(claims, Json.Options) : ProviderEndpoint.Forbid(Errors.InvalidToken);
    }

    private async Task<Dictionary<string, object>?> ReadAsync(ClaimsPrincipal token, CancellationToken cancel)
    {
        if (!Guid.TryParse(token.GetAuthorizationId(), out var id)) return null;
        // The join leaves out clients that are switched off.
        var signIn = await (from row in db.SignIns.AsNoTracking() join client in db.Clients on row.Application!.Id equals client.Id where row.Id == id select row).SingleOrDefaultAsync(cancel);
        if (signIn?.PersonId is not { } personId) return null;
        var (person, _) = await people.FindAsync(personId, new Hat(signIn.Role, signIn.UnitId), signIn.LearnerId, cancel);
        if (person is null) return null;
        var claims = new Dictionary<string, object> { [Claims.Subject] = signIn.Subject! };
        foreach (var (claim, value) in token.GetScopes().SelectMany(person.Of)) claims[claim] = value;
        return claims;
    }
}
