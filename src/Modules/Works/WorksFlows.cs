using MySchool.Contracts.Access;
using MySchool.Works.Resources;

namespace MySchool.Works;

/// <summary>The way by which a child's work reaches a representative: under the consent to the diary, whose line leads to it.</summary>
internal static class WorksFlows
{
    public static readonly ConsentFlow Work = new(ConsentPurposes.Diary, "works.open", Texts.FlowWork);

    public static readonly IReadOnlyList<ConsentFlow> All = [Work];
}
