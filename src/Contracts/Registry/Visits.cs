using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>Two people have let somebody of support read one school: the registry gives the tie, and takes it away at the end by itself.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="OccurredAt">When it began.</param>
/// <param name="VisitId">The permission.</param>
/// <param name="PersonId">Who reads.</param>
/// <param name="EndsAt">The last moment.</param>
public sealed record VisitOpened(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid VisitId, Guid PersonId, DateTimeOffset EndsAt) : IModuleEvent;

/// <summary>Somebody has ended a visit before its time.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="VisitId">The permission.</param>
public sealed record VisitClosed(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid VisitId) : IModuleEvent;

/// <summary>Says deeds of the audit in words: «Открыта карточка».</summary>
public interface IDeedWords
{
    /// <summary>The words of an action; «Просмотр данных» for one that has none.</summary>
    /// <param name="action">Name of the action, as the audit holds it.</param>
    string Say(string action);
}
