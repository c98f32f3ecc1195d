namespace MySchool.Contracts.Access;

/// <summary>What an outside system may ask for with a token of its own (client credentials).</summary>
public static class ApiScopes
{
    /// <summary>Look-up of ГИС РУО: school, class and role of a person who has consented.</summary>
    public const string Ruo = "ruo.read";

    /// <summary>OneRoster 1.2: organisations, sessions, courses, classes, people and who learns and teaches where.</summary>
    public const string RosterCore = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly";

    /// <summary>OneRoster 1.2: all of rostering, which here is the core and demographics.</summary>
    public const string Roster = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly";

    /// <summary>OneRoster 1.2: birth date and sex.</summary>
    public const string RosterDemographics = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-demographics.readonly";

    /// <summary>The regional diary: a learner's week for a person who has consented, in signed messages; see docs/federation.md.</summary>
    public const string Diary = "diary.read";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Ruo, Diary, RosterCore, RosterDemographics, Roster];
}
