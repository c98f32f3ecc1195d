namespace MySchool.Contracts.Registry;

/// <summary>Says who answers for a person: the school they belong to or belonged to last, or the operator of the platform.</summary>
public interface IPersonHome
{
    /// <summary>The unit whose official decides what is asked about the person: never one where nobody but the person could.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<PersonHome> FindAsync(Guid personId, CancellationToken cancel);
}

/// <summary>Who answers for a person.</summary>
/// <param name="UnitId">A school with an administrator today, or the country.</param>
/// <param name="Name">Its short name.</param>
/// <param name="TimeZone">IANA zone to say dates in.</param>
public sealed record PersonHome(Guid UnitId, string Name, string TimeZone);
