using MySchool.Contracts.Access;
using MySchool.Notices.Resources;

namespace MySchool.Notices;

/// <summary>The way by which a diary leaves in notices. Letters to a person ask, beside it, for the consent to letters.</summary>
internal static class NoticesFlows
{
    public static readonly ConsentFlow Notices = new(ConsentPurposes.Diary, "notices.diary", Texts.FlowNotices);

    public static readonly IReadOnlyList<ConsentFlow> All = [Notices];
}
