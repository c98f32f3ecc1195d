using System.Collections.Immutable;

namespace MySchool.Contracts.Access;

/// <summary>
/// What a key that a person has issued for themself opens. Such a key acts as the person in the role it was issued in, cut down to
/// the learners it names and to reading; a route names the scope and finds actor and learners on the request as usual.
/// </summary>
public static class KeyScopes
{
    /// <summary>A calendar of one learner by a secret link; the secret stands in the address as <c>{secret}</c>.</summary>
    public const string Calendar = "calendar";

    /// <summary>Diaries of the learners named, for the family's own programs; the secret comes as a bearer token.</summary>
    public const string Family = "family";

    /// <summary>Both.</summary>
    public static readonly ImmutableArray<string> All = [Calendar, Family];
}
