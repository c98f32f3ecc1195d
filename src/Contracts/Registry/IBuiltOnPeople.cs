using System.Collections.Immutable;

namespace MySchool.Contracts.Registry;

/// <summary>Implemented by modules that keep facts about people and groups: before the registry takes something back, it asks what would lose its ground.</summary>
public interface IBuiltOnPeople
{
    /// <summary>Finds what was recorded since an instant.</summary>
    /// <param name="schoolId">The school.</param>
    /// <param name="personIds">People who would leave the school, a class or a group.</param>
    /// <param name="groupIds">Teaching groups that would be gone.</param>
    /// <param name="since">From when on.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<ImmutableArray<BuiltOnPeople>> FindAsync(
        Guid schoolId, IReadOnlyCollection<Guid> personIds, IReadOnlyCollection<Guid> groupIds, DateTimeOffset since, CancellationToken cancel);
}

/// <summary>Something that rests on a person's or a group's being there.</summary>
/// <param name="PersonId">The person, or null when it is the group's.</param>
/// <param name="What">In Russian, with the count: «отметки: 3».</param>
public sealed record BuiltOnPeople(Guid? PersonId, string What);
