using Microsoft.AspNetCore.Antiforgery;
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
        var http = current.Http ?? throw new InvalidOperationException("Pages are rendered behind UseAccess only");
        var person = http.Features.Get<PersonFacts>();
        var tokens = antiforgery.GetAndStoreTokens(http);
        return new(
            http.GetActor() is null ? null : person?.Name.Full ?? "",
            person is null ? [] : [.. person.Offers.Select(offer => new ShellHat(
                offer.Hat.Role, offer.Hat.UnitId, RoleNames.Of(offer.Hat.Role), offer.UnitName, offer.Hat == person.Worn))],
            Nav(http.GetActor()), current.Session?.Preferences ?? new(), http.Request.Path.Value ?? "/",
            tokens.FormFieldName, tokens.RequestToken ?? "");
    }

    private IReadOnlyList<NavItem> Nav(Actor? actor) => actor is null ? [] :
        [.. entries.Where(entry => (entry.Roles is null || entry.Roles.Contains(actor.Hat.Role)) && Decide.CouldAllow(actor, entry.Action))
            .OrderBy(entry => entry.Order).Take(NavLimit).Select(entry => new NavItem(entry.Text, entry.Href, entry.Icon))];
}
