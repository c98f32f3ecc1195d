using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>
/// Two cards became one. Told twice: at once, and again a little later, when whatever was being written under the former id at that
/// moment has been written. Whoever keeps rows about people moves them to the survivor, and can move them back: see <c>FollowedRows</c>.
/// </summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="MergeId">The merge; a parting names the same one.</param>
/// <param name="SurvivorId">The card that stays.</param>
/// <param name="FormerId">The card that goes.</param>
/// <param name="Schools">Schools of both.</param>
/// <param name="Groups">Teaching groups of the classes the former was ever in: where its rows may be.</param>
/// <param name="IsAgain">Whether this is the second telling.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record PeopleMerged(
    Guid EventId, Guid MergeId, Guid SurvivorId, Guid FormerId, ImmutableArray<Guid> Schools, ImmutableArray<Guid> Groups, bool IsAgain, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>A merge was taken back: what was moved goes where it was, what was written since stays with the survivor.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="MergeId">The merge.</param>
/// <param name="SurvivorId">The card that stayed.</param>
/// <param name="FormerId">The card that comes back.</param>
/// <param name="Schools">Schools of both.</param>
/// <param name="OccurredAt">When it was committed.</param>
public sealed record PeopleParted(
    Guid EventId, Guid MergeId, Guid SurvivorId, Guid FormerId, ImmutableArray<Guid> Schools, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>Implemented by modules whose rows may contradict each other when two cards become one: asked before a merge is offered.</summary>
public interface IMergeConflicts
{
    /// <summary>What nobody can decide by a rule.</summary>
    /// <param name="survivorId">The card that would stay.</param>
    /// <param name="formerId">The card that would go.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Sentences in Russian, each with what to do; at most ten.</returns>
    Task<ImmutableArray<string>> FindConflictsAsync(Guid survivorId, Guid formerId, CancellationToken cancel);
}
