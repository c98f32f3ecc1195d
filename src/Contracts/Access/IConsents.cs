using MySchool.Kernel;

namespace MySchool.Contracts.Access;

/// <summary>What other modules ask of the consent ledger before data leaves.</summary>
public interface IConsents
{
    /// <summary>Whether an unexpired, not withdrawn consent of this purpose stands for the subject.</summary>
    /// <param name="actor">Who asks; for a guardian the consent is the one they gave as representative.</param>
    /// <param name="purpose">Purpose code, one of <see cref="ConsentPurposes"/>.</param>
    /// <param name="subjectId">Whose data it is.</param>
    bool Stands(Actor actor, string purpose, Guid subjectId);

    /// <summary>
    /// Whether anybody who may has consented to this purpose for the subject: for flows that run without a person's session.
    /// </summary>
    /// <param name="purpose">Purpose code, one of <see cref="ConsentPurposes"/>.</param>
    /// <param name="subjectId">Whose data it is.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<bool> IsOpenAsync(string purpose, Guid subjectId, CancellationToken cancel);
}

/// <summary>Purposes known to code; their texts are versioned rows edited by the operator.</summary>
public static class ConsentPurposes
{
    /// <summary>Showing a child's diary to the representative in this platform.</summary>
    public const string Diary = "diary";

    /// <summary>Telling an authorised system a person's school, class and role: the look-up of ГИС РУО.</summary>
    public const string RegionalDiary = "regional-diary";

    /// <summary>Signing a child in at outside learning sites.</summary>
    public const string OutsideSites = "outside-sites";
}
