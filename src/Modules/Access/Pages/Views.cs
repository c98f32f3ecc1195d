using MySchool.Access.Features;
using MySchool.Access.Consents;
using MySchool.Access.Provider;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Pages;

/// <summary>The page with one button, and why it had to be shown again.</summary>
internal sealed record SignInView(string Return, bool IsAway, Problem? Problem = null);

/// <summary>For whom the registry does not know, or knows without a role.</summary>
internal sealed record WelcomeView(Stranger? Stranger, bool IsSignedIn);

/// <summary>The person's own page.</summary>
internal sealed record AccountView(
    string Name, IReadOnlyList<OpenSession> Sessions, Guid CurrentId, DateTimeOffset Now, string? Done, IReadOnlyList<ConnectedSite> Sites, PersonFacts? Person);

/// <summary>The person's ledger and what they may still agree to.</summary>
internal sealed record ConsentsView(
    IReadOnlyList<ConsentLine> Lines, IReadOnlyList<ConsentChoice> Choices, PersonFacts? Person, DateTimeOffset Now, string? Done);

/// <summary>One document a guardian is asked for.</summary>
internal sealed record NeededConsentView(ConsentChoice Choice, string Giver, string Return);

/// <summary>A document, opened or folded.</summary>
internal sealed record DocumentView(ConsentText Text, bool IsOpen);

/// <summary>What a site asks for, with the very values it would get, and the children one may sign in for.</summary>
internal sealed record SiteConsentView(SiteRequest Asked, PersonFacts Facts, System.Collections.Immutable.ImmutableArray<LearnerFacts> Children, string Back);

/// <summary>A child under fourteen without a parent's consent.</summary>
internal sealed record SiteNeedsParentView(Client Site, string RefuseHref);

/// <summary>A site has signed its person out.</summary>
internal sealed record LeaveSiteView(string? SiteName, string Back);

/// <summary>All sites and systems.</summary>
internal sealed record ClientsView(IReadOnlyList<ClientCard> Clients);

/// <summary>One of them, or the form of a new one. The secret is here once and nowhere else.</summary>
internal sealed record ClientView(ClientCard? Card, ClientForm Form, Problem? Problem = null, string? Secret = null, string? Done = null);
