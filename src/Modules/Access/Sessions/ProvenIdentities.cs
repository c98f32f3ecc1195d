using System.Globalization;
using MySchool.Access.Esia;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Sessions;

/// <summary>Hands the stranger of the request over to other modules, and lets them in once the registry knows them.</summary>
internal sealed class ProvenIdentities(CurrentRequest current, SignInCookies cookies, IRegistry registry, SessionBook sessions, IClock clock) : IProvenIdentities
{
    /// <inheritdoc/>
    public ProvenStranger? Current => current.Http is { } http && current.Session is null && cookies.ReadStranger(http.Request) is { } stranger ? Of(stranger) : null;

    /// <inheritdoc/>
    public bool IsChildAccount => current.Session?.IsChild ?? (current.Http is { } http && cookies.ReadStranger(http.Request) is { IsChild: true });

    /// <inheritdoc/>
    public async Task<bool> SignInAsync(CancellationToken cancel)
    {
        if (current.Http is not { } http || current.Session is not null || cookies.ReadStranger(http.Request) is not { } stranger) return false;
        if (await registry.FindByEsiaAsync(stranger.Oid, cancel) is not { } person) return false;
        var facts = await registry.GetFactsAsync(person, null, clock.Now, cancel);
        var actor = new Actor(person, Ids.New(), facts?.Worn ?? new Hat("", Guid.Empty), [], DateOnly.FromDateTime(clock.Now.UtcDateTime), http.GetAddress());
        var units = facts?.Offers.Select(offer => offer.Hat.UnitId).Where(unit => unit != Guid.Empty).Distinct() ?? [];
        // The very sign-in that proved the stranger is the one the session stands on.
        var subject = new EsiaSubject(stranger.Oid, IsConfirmed: true, stranger.IsChild, stranger.At, "");
        var token = await sessions.OpenAsync(actor, [.. units], subject, http.Request.Headers.UserAgent.ToString(), SessionToken.Of(http.Request), cancel);
        token.Give(http.Response, sessions.Life);
        SignInCookies.Forget(http.Response);
        return true;
    }

    /// <summary>A card of ЕСИА as the registry takes it.</summary>
    public static ProvenPerson Of(string oid, EsiaPerson card) => new(
        oid, new PersonName(card.LastName ?? "", card.FirstName ?? "", card.MiddleName ?? ""), Date(card.BirthDate ?? ""), Gender(card.Gender), card.Snils);

    private static ProvenStranger Of(Stranger stranger) => new(
        new ProvenPerson(stranger.Oid, new PersonName(stranger.Last, stranger.First, stranger.Middle), Date(stranger.BirthDate), Gender(stranger.Gender), stranger.Snils),
        [.. from child in stranger.Children
            let born = Date(child.BirthDate)
            where born is not null
            select new NamedChild(new PersonName(child.Last, child.First, child.Middle), born.Value, child.Snils)]);

    private static DateOnly? Date(string text) =>
        DateOnly.TryParseExact(text, "dd.MM.yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static string? Gender(string? letter) => letter switch { "M" => "male", "F" => "female", _ => null };
}
