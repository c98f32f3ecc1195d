using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>A demonstration school has been opened and filled with people, who would have no lessons otherwise.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="School">The school; its bells are in force.</param>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="Classes">Teaching groups, class by class.</param>
/// <param name="From">The first day to lay lessons for.</param>
/// <param name="To">The last one.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record DemoSchoolOpened(
    Guid EventId, Guid School, short SchoolYear, ImmutableArray<ImmutableArray<Guid>> Classes, DateOnly From, DateOnly To, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => School;
}
