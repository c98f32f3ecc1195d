using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>Counts of the registry, for modules that keep figures of units. For jobs and event handlers: no person is named but officials.</summary>
public interface IUnitFacts
{
    /// <summary>What the registry holds of units on a day.</summary>
    /// <param name="unitIds">Units; up to 1,000. Those that do not exist are absent from the answer.</param>
    /// <param name="day">The day that dated facts are judged by.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<UnitFacts>> CountAsync(IReadOnlyCollection<Guid> unitIds, DateOnly day, CancellationToken cancel);

    /// <summary>Ids of every unit of the tree after one, in order; for jobs that go through all of them.</summary>
    /// <param name="after">The last unit of the page before; empty for the first page.</param>
    /// <param name="limit">How many, at most 1,000.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<Guid>> ListUnitsAsync(Guid after, int limit, CancellationToken cancel);
}

/// <summary>A unit as the registry holds it on a day.</summary>
/// <param name="Id">The unit.</param>
/// <param name="Kind">country, region, municipality or school.</param>
/// <param name="Name">Full name.</param>
/// <param name="ShortName">Short name.</param>
/// <param name="Oktmo">ОКТМО, or null.</param>
/// <param name="Ogrn">ОГРН, or null.</param>
/// <param name="Address">Address, or null.</param>
/// <param name="Above">Units above it, nearest first.</param>
/// <param name="IsDemo">Never counted.</param>
/// <param name="IsClosed">No longer counted.</param>
/// <param name="Missing">What the card lacks: ogrn, inn, oktmo, address.</param>
public sealed record UnitFacts(
    Guid Id, string Kind, string Name, string ShortName, string? Oktmo, string? Ogrn, string? Address, ImmutableArray<Guid> Above,
    bool IsDemo, bool IsClosed, ImmutableArray<string> Missing)
{
    /// <summary>Those who answer for the unit: administrators of a school, coordinators of a territory, operators of the country.</summary>
    public ImmutableArray<Official> Officials { get; init; } = [];

    /// <summary>Everybody who works at the school, once each.</summary>
    public ImmutableArray<Guid> Staff { get; init; } = [];

    /// <summary>Bells of the school.</summary>
    public int Bells { get; init; }

    /// <summary>Terms of this academic year.</summary>
    public int Terms { get; init; }

    /// <summary>Classes of this academic year.</summary>
    public int Classes { get; init; }

    /// <summary>Learners enrolled, once each.</summary>
    public int Learners { get; init; }

    /// <summary>Of them, learners with a representative.</summary>
    public int WithGuardian { get; init; }
}

/// <summary>Who answers for a unit.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Role">school-administrator, municipal-coordinator, regional-coordinator or operator.</param>
/// <param name="Name">Name.</param>
/// <param name="EndsOn">The last day, when it is known.</param>
public sealed record Official(Guid PersonId, string Role, PersonName Name, DateOnly? EndsOn);

/// <summary>Something that counts of units rest on has changed: whoever keeps figures counts these anew.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Units">Schools and territories concerned.</param>
public sealed record UnitsChanged(Guid EventId, DateTimeOffset OccurredAt, ImmutableArray<Guid> Units) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}
