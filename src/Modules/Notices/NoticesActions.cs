using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Notices;

/// <summary>What the module lets people do.</summary>
internal static class NoticesActions
{
    /// <summary>О чём, когда и как сообщать: one's own settings and devices.</summary>
    public static readonly AppAction Manage = AppAction.For("notices.manage", Relations.Self, Relations.Guardian);

    /// <summary>Срок исправления, после которого отметка уходит семье: the school's.</summary>
    public static readonly AppAction SetWindow = AppAction.For("notices.set-window", Relations.Head, Relations.Deputy);

    public static readonly IReadOnlyList<AppAction> All = [Manage, SetWindow];
}
