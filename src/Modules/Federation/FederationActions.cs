using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Federation;

/// <summary>What the federation lets people and systems do.</summary>
internal static class FederationActions
{
    /// <summary>The region's side: a diary told to an authorised system, for a person who has consented.</summary>
    public static readonly AppAction TellDiary = AppAction.For("federation.tell-diary", Relations.Reads);

    /// <summary>The federal side: one's own family's diaries. Whoever ЕСИА has proven may look, known to this registry or not; the page itself asks who it is.</summary>
    public static readonly AppAction ReadDiary = AppAction.ForAnyone("federation.read-diary");

    /// <summary>Which regions are asked, and how.</summary>
    public static readonly AppAction ManageRegions = AppAction.For("federation.manage-regions", Relations.Operates);

    public static readonly IReadOnlyList<AppAction> All = [TellDiary, ReadDiary, ManageRegions];
}
