using MySchool.Access.Features;
using MySchool.Access.Consents;
using MySchool.Access.Erasures;
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
    string Name, IReadOnlyList<OpenSession> Sessions, Guid CurrentId, DateTimeOffset Now, string? Done, IReadOnlyList<ConnectedSite> Sites, PersonFacts? Person)
{
    /// <summary>Consents that are about to end and may be renewed.</summary>
    public IReadOnlyList<ConsentRow> Ending { get; init; } = [];

    /// <summary>Copies of data that wait to be downloaded.</summary>
    public IReadOnlyList<Copies.Copy> Ready { get; init; } = [];
}

/// <summary>«Согласия»: each subject and purpose, lines of children no longer represented, and names.</summary>
internal sealed record ConsentsView(
    IReadOnlyList<ConsentRow> Rows, IReadOnlyList<ConsentLine> Former, IReadOnlyDictionary<string, ConsentText> Texts, IReadOnlyDictionary<Guid, string> Names,
    PersonFacts? Person, DateTimeOffset Now, string? Done)
{
    /// <summary>Where letters go; empty when the person has given none.</summary>
    public string Address { get; init; } = "";

    /// <summary>What is wrong with the address typed.</summary>
    public Problem? Problem { get; init; }

    public string Zone => TimeZones.OrCapital(Person?.TimeZone);

    /// <summary>Who gave or withdrew.</summary>
    public string NameOf(Guid id) => id == Person?.PersonId ? Resources.Texts.ConsentYou : Names.GetValueOrDefault(id) ?? Resources.Texts.ConsentUnknownName;
}

/// <summary>«Копия данных»: whose data one may ask for, and copies of before.</summary>
internal sealed record CopiesView(IReadOnlyList<CopyRow> Rows, IReadOnlyList<Copies.Copy> Former, string Zone, string? Done)
{
    /// <summary>Why a copy was not asked for.</summary>
    public Problem? Problem { get; init; }
}

/// <summary>A row on the page of consents.</summary>
internal sealed record ConsentItemView(ConsentRow Row, ConsentsView Page);

/// <summary>The proof of one consent.</summary>
internal sealed record ConsentProofView(ConsentLine Line, ConsentText Text, IReadOnlyDictionary<Guid, string> Names, DateTimeOffset Now, string Zone);

/// <summary>One document a guardian is asked for, and about which children.</summary>
internal sealed record NeededConsentView(ConsentText Text, IReadOnlyList<ConsentSubject> Subjects, string Giver, string Return);

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

/// <summary>All purposes.</summary>
internal sealed record PurposesView(IReadOnlyList<Purpose> Purposes, DateTimeOffset Now);

/// <summary>One purpose with its versions.</summary>
internal sealed record PurposeView(Purpose Purpose, DateTimeOffset Now, string? Done);

/// <summary>A version being written, beside the one in force.</summary>
internal sealed record PurposeDraftView(ConsentDraft Draft, ConsentText Current, Problem? Problem);

/// <summary>A draft as people will see it, and from when.</summary>
internal sealed record PurposePreviewView(ConsentDraft Draft, ConsentText Newest, string Date, Problem? Problem);

/// <summary>One version and the one before it.</summary>
internal sealed record PurposeVersionView(ConsentText Text, ConsentText? Earlier, DateTimeOffset Now);

/// <summary>Two versions to compare.</summary>
internal sealed record TextChangesView(ConsentText Before, ConsentText After);

/// <summary>«Удаление данных»: whose data one may ask to have erased, and requests about people one no longer speaks for.</summary>
internal sealed record ErasureView(IReadOnlyList<ErasureRow> Rows, IReadOnlyList<Erasure> Former, string? Done);

/// <summary>What would happen to somebody's data, before asking.</summary>
internal sealed record ErasurePlanView(ConsentSubject Subject, ErasurePlan Plan, Problem? Problem);

/// <summary>Lines of a plan or an act; whether they speak of what is to come.</summary>
internal sealed record ErasureLinesView(IReadOnlyList<ErasureLine> Lines, bool IsAhead);

/// <summary>Requests that a unit answers.</summary>
internal sealed record ErasureQueueView(IReadOnlyList<Erasure> Waiting, IReadOnlyDictionary<Guid, string> Names, DateTimeOffset Now, bool MaySetTerms, string? Done);

/// <summary>One request before whoever decides.</summary>
internal sealed record ErasureDecisionView(Erasure Erasure, IReadOnlyDictionary<Guid, string> Names, ErasurePlan? Plan, string Reason, Problem? Problem);

/// <summary>The act, or how far it is.</summary>
internal sealed record ErasureActView(Erasure Erasure, IReadOnlyList<ErasureLine> Lines, DateTimeOffset Now);

/// <summary>Terms of keeping, and the one that is edited.</summary>
internal sealed record RetentionView(IReadOnlyList<RetentionTerm> Terms, RetentionTerm? Edited, Problem? Problem, bool IsSaved);
