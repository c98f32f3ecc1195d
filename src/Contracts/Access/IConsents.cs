using MySchool.Kernel;

namespace MySchool.Contracts.Access;

/// <summary>
/// A way by which data leaves under a consent. Whoever sends data this way names the flow when asking <see cref="IConsents"/>, so
/// a purpose without an enforced flow cannot go unnoticed. Modules register theirs as singletons.
/// </summary>
/// <param name="Purpose">What for, one of <see cref="ConsentPurposes"/>.</param>
/// <param name="Code">Stable and dotted: <c>journal.diary</c>.</param>
/// <param name="Name">What stops with a withdrawal, as people are told.</param>
public sealed record ConsentFlow(string Purpose, string Code, string Name);

/// <summary>What other modules ask of the consent ledger before data leaves.</summary>
public interface IConsents
{
    /// <summary>Whether the actor's own consent stands for the subject: for flows that show a child's data to the one who agreed.</summary>
    /// <param name="actor">Who asks; for a guardian the consent is the one they gave as representative.</param>
    /// <param name="flow">The way data would leave.</param>
    /// <param name="subjectId">Whose data it is.</param>
    bool Stands(Actor actor, ConsentFlow flow, Guid subjectId);

    /// <summary>
    /// Whether anybody who may has consented for the subject: for flows that run without a person's session.
    /// </summary>
    /// <param name="flow">The way data would leave.</param>
    /// <param name="subjectId">Whose data it is.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<bool> IsOpenAsync(ConsentFlow flow, Guid subjectId, CancellationToken cancel);

    /// <summary>The same for a caller that already knows who may speak for the subject today.</summary>
    /// <param name="flow">The way data would leave.</param>
    /// <param name="subjectId">Whose data it is.</param>
    /// <param name="voices">The subject and the representatives without a restriction, as the registry tells them at this moment.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<bool> IsOpenAsync(ConsentFlow flow, Guid subjectId, IReadOnlyCollection<Guid> voices, CancellationToken cancel);
}

/// <summary>Purposes known to code, because each has flows in it; their texts are versioned rows edited by the operator.</summary>
public static class ConsentPurposes
{
    /// <summary>Showing a child's diary to the representative in this platform.</summary>
    public const string Diary = "diary";

    /// <summary>Telling an authorised system a person's school, class and role: the look-up of ГИС РУО.</summary>
    public const string RegionalDiary = "regional-diary";

    /// <summary>Showing a diary kept here in another node of the platform: the federal one asks for it by ЕСИА id.</summary>
    public const string FederalDiary = "federal-diary";

    /// <summary>Signing a child in at outside learning sites.</summary>
    public const string OutsideSites = "outside-sites";

    /// <summary>Letters to the person themself.</summary>
    public const string Notifications = "notifications";
}
