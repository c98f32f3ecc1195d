using MySchool.Access.Features;
using MySchool.Access.Consents;
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
internal sealed record AccountView(string Name, IReadOnlyList<OpenSession> Sessions, Guid CurrentId, DateTimeOffset Now, string? Done);

/// <summary>The person's ledger and what they may still agree to.</summary>
internal sealed record ConsentsView(
    IReadOnlyList<ConsentLine> Lines, IReadOnlyList<ConsentChoice> Choices, PersonFacts? Person, DateTimeOffset Now, string? Done);

/// <summary>One document a guardian is asked for.</summary>
internal sealed record NeededConsentView(ConsentChoice Choice, string Giver, string Return);

/// <summary>A document, opened or folded.</summary>
internal sealed record DocumentView(ConsentText Text, bool IsOpen);
