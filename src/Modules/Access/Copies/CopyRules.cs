using MySchool.Access.Consents;
using MySchool.Contracts.Access;

namespace MySchool.Access.Copies;

/// <summary>Who may ask for a copy of whose data.</summary>
internal static class CopyRules
{
    /// <summary>How long a copy is kept once it is ready.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(3);

    /// <summary>From this age a child asks alone: the age of an account of ЕСИА of one's own and of most acts (ГК РФ, ст. 26).</summary>
    public const int OwnAge = 14;

    /// <summary>Whether the wearer of a role may ask; a child whose age is unknown is young.</summary>
    public static bool MayAsk(string role, ConsentSubject subject) =>
        role != Roles.Learner || subject.Born is { } born && born.AddYears(OwnAge) <= subject.Today;
}
