using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Esia;
using MySchool.Access.Pages;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>What ЕСИА's redirect brought, and what the browser remembers.</summary>
internal sealed record Callback(
    string? Code, string? State, string? Error, string? ErrorDescription, SignInUnderWay? UnderWay, IPAddress? Address, string UserAgent, SessionToken? Old);

/// <summary>How a sign-in ended: with a session, or with somebody the registry does not know.</summary>
internal sealed record SignInEnd(SessionToken? Token, string Next, Stranger? Stranger);

/// <summary>Believes ЕСИА's answer after every check, finds the person and opens a session.</summary>
internal sealed class CompleteSignIn(EsiaClient esia, StateBook states, IRegistry registry, IPersonFields fields, SessionBook sessions, IClock clock)
{
    // A cookie holds four kilobytes.
    private const int MostChildren = 6;
    private const string Welcome = "/welcome";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<Result<SignInEnd>> HandleAsync(Callback callback, CancellationToken cancel)
    {
        if (callback.UnderWay is not { } underWay || !IsSame(callback.State, underWay.State)) return EsiaErrors.StateMismatch;
        // Burnt before anything else: the same callback, cookie and all, is refused the second time.
        if (!await states.SpendAsync(underWay.State, cancel)) return EsiaErrors.StateMismatch;
        if (callback.Error is not null) return EsiaErrors.From(callback.Error, callback.ErrorDescription);
        if (callback.Code is not { Length: > 0 and <= 8192 } code) return EsiaErrors.From(null, null);

        var login = await esia.ExchangeAsync(code, cancel);
        if (!login.IsOk) return login.Problem!;
        if (!login.Value.Subject.IsConfirmed) return EsiaErrors.Unconfirmed;
        return await FindPersonAsync(login.Value, underWay, callback, cancel);
    }

    private async Task<Result<SignInEnd>> FindPersonAsync(EsiaLogin login, SignInUnderWay underWay, Callback callback, CancellationToken cancel)
    {
        var oid = login.Subject.Oid;
        if (await registry.FindByEsiaAsync(oid, cancel) is { } known)
        {
            await TellAsync(known, login, cancel);
            return await OpenAsync(known, login, underWay, callback, cancel);
        }
        var card = await esia.GetPersonAsync(login, cancel);
        if (!card.IsOk) return card.Problem!;
        // Two sources must agree that the account is confirmed before a СНИЛС may bind it to a person.
        if (!card.Value.Trusted) return EsiaErrors.Unconfirmed;
        if (card.Value.Snils is { } snils && await registry.BindEsiaAsync(oid, snils, cancel) is { } bound)
        {
            await fields.HearEsiaAsync(bound, ProvenIdentities.Of(oid, card.Value), cancel);
            return await OpenAsync(bound, login, underWay, callback, cancel);
        }
        return new SignInEnd(null, IsForStrangers(underWay.Return) ? underWay.Return : Welcome, await DescribeAsync(login, card.Value, cancel));
    }

    // Who is known comes in whatever ЕСИА answers to this question, or does not answer: next time will do.
    private async Task TellAsync(Guid person, EsiaLogin login, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var card = await esia.GetPersonAsync(login, patience.Token);
            if (card is { IsOk: true, Value.Trusted: true }) await fields.HearEsiaAsync(person, ProvenIdentities.Of(login.Subject.Oid, card.Value), cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested) { /* Slower than whoever signs in should wait. */ }
    }

    private async Task<SignInEnd> OpenAsync(Guid personId, EsiaLogin login, SignInUnderWay underWay, Callback callback, CancellationToken cancel)
    {
        var facts = await registry.GetFactsAsync(personId, null, clock.Now, cancel);
        var actor = new Actor(
            personId, Ids.New(), facts?.Worn ?? new Hat("", Guid.Empty), [], DateOnly.FromDateTime(clock.Now.UtcDateTime), callback.Address);
        var units = facts?.Offers.Select(offer => offer.Hat.UnitId).Where(unit => unit != Guid.Empty).Distinct() ?? [];
        var token = await sessions.OpenAsync(actor, [.. units], login.Subject, callback.UserAgent, callback.Old, cancel);
        return new(token, NextAfter(facts, underWay.Return), null);
    }

    private async Task<Stranger> DescribeAsync(EsiaLogin login, EsiaPerson card, CancellationToken cancel)
    {
        var roles = await esia.GetRolesAsync(login, cancel);
        // Children are told only when the person has allowed it: without them the parent types.
        var kids = login.Subject.IsChild ? null : (Result<IReadOnlyList<EsiaPerson>>?)await esia.GetKidsAsync(login, cancel);
        string[] organisations = roles.IsOk ? [.. roles.Value.Select(role => role.ShortName ?? role.FullName ?? "").Where(role => role.Length > 0).Take(5)] : [];
        return new(
            login.Subject.Oid, card.LastName ?? "", card.FirstName ?? "", card.MiddleName ?? "", card.BirthDate ?? "", card.Gender, card.Snils, login.Subject.IsChild,
            kids is { IsOk: true } told ? [.. told.Value.Take(MostChildren).Select(kid => new StrangerChild(kid.LastName ?? "", kid.FirstName ?? "", kid.MiddleName ?? "", kid.BirthDate ?? "", kid.Snils))] : [],
            organisations, clock.Now);
    }

    private static bool IsForStrangers(string back) => StrangerPages.All.Any(page => back.StartsWith(page, StringComparison.Ordinal));

    private static string NextAfter(PersonFacts? facts, string back) => facts?.Worn switch
    {
        null => IsForStrangers(back) ? back : Welcome,
        { Role: Roles.Guardian } => $"/consents/needed?return={Uri.EscapeDataString(back)}",
        _ => back,
    };

    private static bool IsSame(string? came, string expected) =>
        came is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(came), Encoding.UTF8.GetBytes(expected));

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/esia/callback", AnswerAsync).Allow(AccessActions.SignIn);

    private static async Task<IResult> AnswerAsync(
        HttpContext http, CompleteSignIn feature, SignInCookies cookies, SessionBook sessions, IEnumerable<IKnownElsewhere> elsewhere, CancellationToken cancel)
    {
        http.Response.Headers.CacheControl = "no-store";
        var query = http.Request.Query;
        var underWay = cookies.Take(http);
        var end = await feature.HandleAsync(
            new(query["code"], query["state"], query["error"], query["error_description"], underWay, http.GetAddress(),
                http.Request.Headers.UserAgent.ToString(), SessionToken.Of(http.Request)),
            cancel);
        if (!end.IsOk)
            return Page.Of<SignInPage>(new { Data = new SignInView(underWay?.Return ?? "/", IsAway: false, end.Problem) }, end.Problem!.Status);
        if (end.Value.Token is { } token) token.Give(http.Response, sessions.Life);
        if (end.Value.Stranger is { } stranger) cookies.Keep(http.Response, stranger);
        return Results.Redirect(end.Value is { Stranger.Oid: var oid, Next: Welcome } ? await FindElsewhereAsync(elsewhere, oid, cancel) : end.Value.Next);
    }

    // Whom this registry does not know another node may: the diary of a region comes before the page that says how to be let in.
    private static async Task<string> FindElsewhereAsync(IEnumerable<IKnownElsewhere> elsewhere, string oid, CancellationToken cancel)
    {
        foreach (var other in elsewhere)
            if (await other.FindPageAsync(oid, cancel) is { } page) return page;
        return Welcome;
    }
}
