using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Works;

/// <summary>What the module lets people do, and whom.</summary>
internal static class WorksActions
{
    /// <summary>Открыть работу: the pupil, the representatives, the teacher of the group.</summary>
    public static readonly AppAction Open = AppAction.For("works.open", Relations.Self, Relations.Guardian, Relations.Teaches);

    /// <summary>Писать, сдать и отозвать работу: the pupil's own hand, nobody's for them.</summary>
    public static readonly AppAction HandIn = AppAction.For("works.hand-in", Relations.Self);

    /// <summary>Проверить работу: пометки, возврат, отметка.</summary>
    public static readonly AppAction Check = AppAction.For("works.check", Relations.Teaches);

    public static readonly IReadOnlyList<AppAction> All = [Open, HandIn, Check];
}
