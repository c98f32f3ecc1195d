using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Keys;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The page «Календарь и приложения». A secret is on it once: in the answer to the form that issued it.</summary>
internal sealed record KeysView(PersonFacts Person, IReadOnlyList<ReadKey> Keys, DateTimeOffset Now, string? Done)
{
    /// <summary>A link or token issued this very moment.</summary>
    public string? Secret { get; init; }

    /// <summary>Whose calendar the secret opens; null for a token.</summary>
    public Guid? SecretOf { get; init; }

    public Problem? Problem { get; init; }

    public string? TypedName { get; init; }
}

/// <summary>A calendar by a secret link and tokens for programs of one's own: issued, renewed and revoked by whoever they read for.</summary>
internal sealed class ManageKeys(ReadKeyBook book, MailOptions site, IClock clock)
{
    /// <summary>Terms of a token, in days; a year at most.</summary>
    public static readonly ImmutableArray<int> Terms = [30, 90, 180, 365];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/keys", async (string? done, HttpContext http, ManageKeys feature, CancellationToken cancel) =>
            Page.Of<KeysPage>(new { Data = await feature.ViewAsync(http, done, cancel) })).Allow(AccessActions.ManageKeys);
        routes.MapPost("/account/keys/calendar", async ([FromForm] Guid learner, HttpContext http, ManageKeys feature, CancellationToken cancel) =>
        {
            var issued = await feature.IssueCalendarAsync(http, learner, cancel);
            if (!issued.IsOk) return issued.Problem!.ToPage();
            return Page.Of<KeysPage>(new { Data = await feature.ViewAsync(http, null, cancel) with { Secret = issued.Value, SecretOf = learner } });
        }).Allow(AccessActions.ManageKeys);
        routes.MapPost("/account/keys/tokens", async ([FromForm] string? name, [FromForm] int? days, [FromForm] Guid[]? learners, HttpContext http, ManageKeys feature, CancellationToken cancel) =>
        {
            var issued = await feature.IssueTokenAsync(http, name?.Trim() ?? "", days, learners ?? [], cancel);
            if (issued.Problem is { Status: 404 } absent) return absent.ToPage();
            var view = await feature.ViewAsync(http, null, cancel);
            return issued.IsOk ? Page.Of<KeysPage>(new { Data = view with { Secret = issued.Value } })
                : Page.Of<KeysPage>(new { Data = view with { Problem = issued.Problem, TypedName = name } }, issued.Problem!.Status);
        }).Allow(AccessActions.ManageKeys);
        routes.MapPost("/account/keys/revoke", async ([FromForm] Guid id, HttpContext http, ReadKeyBook book, CancellationToken cancel) =>
            await book.RevokeAsync(http.RequireActor(), id, cancel) ? Results.LocalRedirect("/account/keys?done=revoked") : Problem.NotFound.ToPage()).Allow(AccessActions.ManageKeys);
    }

    public async Task<Result<string>> IssueCalendarAsync(HttpContext http, Guid learner, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        if (!IsOwn(actor, http, learner)) return Problem.NotFound;
        var secret = await book.IssueAsync(actor, KeyScopes.Calendar, "", [learner], null, cancel);
        return $"{site.SiteAddress.TrimEnd('/')}/calendar/{secret}.ics";
    }

    public async Task<Result<string>> IssueTokenAsync(HttpContext http, string name, int? days, IReadOnlyCollection<Guid> learners, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        if (learners.Any(learner => !IsOwn(actor, http, learner))) return Problem.NotFound;
        if (name.Length is 0 or > 80) return new Problem("access.key-name", Texts.KeyNameWanted, "name");
        if (learners.Count == 0) return new Problem("access.key-learners", Texts.KeyLearnersWanted, "learners");
        if (days is not { } term || !Terms.Contains(term)) return new Problem("access.key-term", Texts.KeyTermWanted, "days");
        if ((await book.ListAsync(actor, cancel)).Count >= ReadKeyBook.MostKeys) return new Problem("access.key-many", string.Format(null, Texts.KeyTooMany, ReadKeyBook.MostKeys), null, 409);
        return await book.IssueAsync(actor, KeyScopes.Family, name, [.. learners.Distinct()], clock.Now.AddDays(term), cancel);
    }

    private async Task<KeysView> ViewAsync(HttpContext http, string? done, CancellationToken cancel)
    {
        var person = http.Features.Get<PersonFacts>()!;
        return new(person, await book.ListAsync(http.RequireActor(), cancel), clock.NowIn(TimeZones.OrCapital(person.TimeZone)), done);
    }

    private static bool IsOwn(Actor actor, HttpContext http, Guid learner) =>
        Decide.Allows(actor, AccessActions.ManageKeys, new Coordinate(Places.Person, learner)) && http.Features.Get<PersonFacts>()!.Learners.Any(own => own.PersonId == learner);
}
