using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>A learner has left a class by an order, or the order was undone.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="School">The school whose class is left.</param>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="MovementId">The order; an undo names the same one.</param>
/// <param name="LearnerId">The learner.</param>
/// <param name="Left">What was left, or null when the order was undone and nothing was.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record LearnerMoved(
    Guid EventId, Guid School, short SchoolYear, Guid MovementId, Guid LearnerId, LeftClass? Left, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => School;
}

/// <summary>A class that a learner left.</summary>
/// <param name="LearnerName">Full name.</param>
/// <param name="SchoolName">Short name of the school.</param>
/// <param name="ClassName">«7Б».</param>
/// <param name="LastDay">The last day in it.</param>
/// <param name="LeavesSchool">Whether the school was left too, so that a statement is due.</param>
/// <param name="Groups">What was attended there.</param>
/// <param name="Terms">Terms of the year, in order.</param>
public sealed record LeftClass(
    string LearnerName, string SchoolName, string ClassName, DateOnly LastDay, bool LeavesSchool,
    ImmutableArray<LeftGroup> Groups, ImmutableArray<TermFacts> Terms);

/// <summary>A teaching group and the days it was attended.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
public sealed record LeftGroup(Guid GroupId, string SubjectName, DateOnly From, DateOnly To);

/// <summary>A school has accepted, or no longer accepts, a learner whose papers another school sent.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="FromSchool">The school that sent them.</param>
/// <param name="MovementId">The order of the school that was left.</param>
/// <param name="ToSchool">Who has accepted; null when the acceptance was undone.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record TransferSettled(Guid EventId, Guid FromSchool, Guid MovementId, Guid? ToSchool, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => FromSchool;
}
