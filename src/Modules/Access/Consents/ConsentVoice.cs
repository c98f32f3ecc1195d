using MySchool.Contracts.Access;

namespace MySchool.Access.Consents;

/// <summary>What a person may do about a purpose and a subject.</summary>
internal enum ConsentVoice
{
    /// <summary>Sees, and does nothing.</summary>
    None,

    /// <summary>Takes back what representatives gave; gives nothing more: the child is old enough.</summary>
    Withdraws,

    /// <summary>Gives and takes back for a child. Two representatives are equal.</summary>
    Represents,

    /// <summary>Decides for themself, and ends what representatives gave before.</summary>
    Decides,
}

/// <summary>
/// Who may give and who may take back. A representative speaks for a child until the age that the text names; from then on the
/// child does (СК РФ, ст. 64; 152-ФЗ, ст. 9, ч. 6). The age is judged in the time zone of the child's school.
/// </summary>
internal static class ConsentRules
{
    // Whose data a purpose is about is in the flows, not in the text: only these two say something of a grown-up.
    private static readonly string[] OfAdults = [ConsentPurposes.RegionalDiary, ConsentPurposes.Notifications];
    private static readonly string[] OfChildren = [ConsentPurposes.Diary, ConsentPurposes.OutsideSites, ConsentPurposes.RegionalDiary, ConsentPurposes.FederalDiary];

    /// <summary>Every purpose that code knows.</summary>
    public static IEnumerable<string> Purposes => [ConsentPurposes.Diary, ConsentPurposes.OutsideSites, ConsentPurposes.RegionalDiary, ConsentPurposes.FederalDiary, ConsentPurposes.Notifications];

    /// <summary>Purposes a role is asked about: a guardian about children, and about letters to themself.</summary>
    public static bool Concerns(string purpose, string role, bool isSelf) => (role, isSelf) switch
    {
        (Roles.Guardian, false) => OfChildren.Contains(purpose),
        (Roles.Guardian, true) => purpose == ConsentPurposes.Notifications,
        (Roles.Learner, true) => true,
        (_, true) => OfAdults.Contains(purpose),
        _ => false,
    };

    /// <summary>Whether each representative agrees for themself: the diary is shown to the one who agreed.</summary>
    public static bool IsPersonal(string purpose) => purpose == ConsentPurposes.Diary;

    /// <summary>What the person may do now.</summary>
    /// <param name="text">The text in force.</param>
    /// <param name="role">The role worn.</param>
    /// <param name="isSelf">Whether the subject is the person themself.</param>
    /// <param name="born">The subject's day of birth; unknown is a child's.</param>
    /// <param name="today">Today at the subject's school.</param>
    public static ConsentVoice VoiceOf(ConsentText text, string role, bool isSelf, DateOnly? born, DateOnly today)
    {
        if (!Concerns(text.Purpose, role, isSelf)) return ConsentVoice.None;
        var isOldEnough = text.OwnAge is { } age && born is { } day && day.AddYears(age) <= today;
        return (role, isSelf) switch
        {
            (Roles.Learner, _) => isOldEnough ? ConsentVoice.Decides : ConsentVoice.None,
            (Roles.Guardian, false) => isOldEnough ? ConsentVoice.Withdraws : ConsentVoice.Represents,
            _ => ConsentVoice.Decides,
        };
    }
}
