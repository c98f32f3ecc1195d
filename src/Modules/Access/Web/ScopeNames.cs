using MySchool.Access.Provider;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using OpenIddict.Abstractions;

namespace MySchool.Access.Web;

/// <summary>Scopes as people call them.</summary>
internal static class ScopeNames
{
    /// <summary>What a person lets a site have.</summary>
    public static string Of(string scope) => scope switch
    {
        OpenIddictConstants.Scopes.Profile => Texts.SiteScopeProfile,
        SiteScopes.Role => Texts.SiteScopeRole,
        SiteScopes.School => Texts.SiteScopeSchool,
        SiteScopes.Class => Texts.SiteScopeClass,
        _ => scope,
    };

    /// <summary>What the operator lets a site or a system ask for.</summary>
    public static string Say(string scope) => scope switch
    {
        OpenIddictConstants.Scopes.Profile => Texts.ScopeSaysProfile,
        SiteScopes.Role => Texts.ScopeSaysRole,
        SiteScopes.School => Texts.ScopeSaysSchool,
        SiteScopes.Class => Texts.ScopeSaysClass,
        ApiScopes.Ruo => Texts.ScopeSaysRuo,
        ApiScopes.Diary => Texts.ScopeSaysDiary,
        ApiScopes.RosterCore => Texts.ScopeSaysRosterCore,
        ApiScopes.RosterDemographics => Texts.ScopeSaysRosterDemographics,
        ApiScopes.Roster => Texts.ScopeSaysRoster,
        _ => scope,
    };
}
