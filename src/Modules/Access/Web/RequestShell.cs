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
            Nav(http.GetActor()), current.Session?.Preferences ?? new(), http.Request.Path.Value ?? "/", field, token);
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

    private IReadOnlyList<NavItem> Nav(Actor? actor) => actor is null ? [] :
        [.. entries.Where(entry => (entry.Roles is null || entry.Roles.Contains(actor.Hat.Role)) && Decide.CouldAllow(actor, entry.Action))
            .OrderBy(entry => entry.Order).Take(NavLimit).Select(entry => new NavItem(entry.Text, entry.Href, entry.Icon))];
}
