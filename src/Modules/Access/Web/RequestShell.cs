using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using MySchool.Access.Sessions;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Web;

/// <summary>Fills the frame of a page from the request.</summary>
internal sealed class RequestShell(CurrentRequest current, IAntiforgery antiforgery, IEnumerable<NavEntry> entries) : IShell
{
    private const int NavLimit = 8;
    private ShellState? state;

    /// <inheritdoc/>
    public ShellState State => state ??= Fill();

    private ShellState Fill()
    {
        // A failure before the pipeline was entered still deserves its page.
        if (current.Http is not { } http) return new(null, [], [], new(), "/", "", "");
        var person = http.Features.Get<PersonFacts>();
        var (field, token) = Tokens(http);
        return new(
            http.GetActor() is null ? null : person?.Name.Full ?? "",
            person is null ? [] : [.. person.Offers.Select(offer => new ShellHat(
                offer.Hat.Role, offer.Hat.UnitId, RoleNames.Of(offer.Hat.Role), offer.UnitName, offer.Hat == person.Worn))],
            Nav(http), current.Session?.Preferences ?? new(), PathOf(http), field, token)
        { Waiting = Waiting(http), Trace = http.TraceIdentifier };
    }

    private (string Field, string Token) Tokens(HttpContext http)
    {
        // An answer under way can take no cookie, and without its cookie a token is of no use.
        if (http.Response.HasStarted) return ("", "");
        try
        {
            var tokens = antiforgery.GetAndStoreTokens(http);
            return (tokens.FormFieldName, tokens.RequestToken ?? "");
        }
        catch (Exception away) when (away is System.Data.Common.DbException or System.Security.Cryptography.CryptographicException)
        {
            // The page that says "the database does not answer" must not need the database.
            return ("", "");
        }
    }

    // The handler of failures answers at its own path; the person was elsewhere.
    private static string PathOf(HttpContext http) =>
        http.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerPathFeature>()?.Path ?? http.Request.Path.Value ?? "/";

    private IReadOnlyList<NavItem> Nav(HttpContext http) => http.GetActor() is not { } actor ? [] :
        [.. entries.Where(entry => (entry.Roles is null || entry.Roles.Contains(actor.Hat.Role)) && Decide.CouldAllow(actor, entry.Action))
            .OrderBy(entry => entry.Order).Take(NavLimit).Select(entry => SignOf(http, entry.Href) is { } sign
                ? new NavItem(entry.Text, entry.Href, entry.Icon, sign.Count, sign.Meaning) : new NavItem(entry.Text, entry.Href, entry.Icon))];

    // What waits at a place that the rail does not show.
    private IReadOnlyList<NavItem> Waiting(HttpContext http) =>
        [.. (http.Features.Get<NavSigns>()?.All ?? []).Where(sign => sign.Count > 0 && entries.All(entry => entry.Href != sign.Href))
            .Select(sign => new NavItem(sign.Meaning, sign.Href, "bell", sign.Count, sign.Meaning))];

    private static NavSign? SignOf(HttpContext http, string href) => http.Features.Get<NavSigns>()?.All.FirstOrDefault(sign => sign.Href == href && sign.Count > 0);
}
