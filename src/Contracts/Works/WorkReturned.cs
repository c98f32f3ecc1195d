using MySchool.Kernel;

namespace MySchool.Contracts.Works;

/// <summary>A teacher has sent a pupil's work back for correction.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="School">The school.</param>
/// <param name="Learner">Whose work it is.</param>
/// <param name="Work">The work.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="DueOn">The day the homework fell due.</param>
/// <param name="Reason">What is to be corrected, in the teacher's words.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record WorkReturned(
    Guid EventId, Guid School, Guid Learner, Guid Work, string SubjectName, DateOnly DueOn, string Reason, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => School;
}
