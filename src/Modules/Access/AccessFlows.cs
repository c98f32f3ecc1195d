using MySchool.Access.Resources;
using MySchool.Contracts.Access;

namespace MySchool.Access;

/// <summary>The ways by which data leaves through this module under a consent.</summary>
internal static class AccessFlows
{
    public static readonly ConsentFlow ChildAtSite = new(ConsentPurposes.OutsideSites, "access.child-at-site", Texts.FlowChildAtSite);
    public static readonly ConsentFlow ParentAtSite = new(ConsentPurposes.OutsideSites, "access.parent-at-site", Texts.FlowParentAtSite);

    public static readonly ConsentFlow Letters = new(ConsentPurposes.Notifications, "access.letters", Texts.FlowLetters);

    public static readonly IReadOnlyList<ConsentFlow> All = [ChildAtSite, ParentAtSite, Letters];
}
