using MySchool.Contracts.Access;
using MySchool.Federation.Resources;

namespace MySchool.Federation;

/// <summary>The way by which a diary leaves this node for another one.</summary>
internal static class FederationFlows
{
    public static readonly ConsentFlow Diary = new(ConsentPurposes.FederalDiary, "federation.diary", Texts.FlowDiary);

    public static readonly IReadOnlyList<ConsentFlow> All = [Diary];
}
