using OpenIddict.Abstractions;

namespace MySchool.Access.Provider;

/// <summary>What a site may ask for about the person who signs in.</summary>
internal static class SiteScopes
{
    public const string School = "school";
    public const string Class = "class";
    public const string Role = "role";

    /// <summary>In the order in which a consent screen shows them.</summary>
    public static readonly IReadOnlyList<string> All = [OpenIddictConstants.Scopes.Profile, Role, School, Class];
}

/// <summary>Claims that are ours and not of the standard.</summary>
internal static class SiteClaims
{
    public const string School = "school";
    public const string Class = "class";
    public const string SessionId = "sid";
}
