using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Journal;

/// <summary>Homework of a lesson was given, or its text or day has changed.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="School">The school.</param>
/// <param name="GroupId">The teaching group.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="Lesson">The lesson it was given at.</param>
/// <param name="DueOn">The day it falls due.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="IsChange">Whether another text stood there before.</param>
/// <param name="Learners">Whom it is addressed to: the group that day, or those chosen.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record HomeworkGiven(
    Guid EventId, Guid School, Guid GroupId, string SubjectName, Guid Lesson, DateOnly DueOn, string Text, bool IsChange,
    ImmutableArray<Guid> Learners, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <summary>The work itself: a lesson may have several. Empty in events of the time when it had one.</summary>
    public Guid Homework { get; init; }

    /// <inheritdoc/>
    public Guid? SchoolId => School;
}
