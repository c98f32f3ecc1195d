namespace MySchool.Contracts.Access;

/// <summary>What an outside system may ask for with a token of its own (client credentials).</summary>
public static class ApiScopes
{
    /// <summary>Look-up of ГИС РУО: school, class and role of a person who has consented.</summary>
    public const string Ruo = "ruo.read";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Ruo];
}
