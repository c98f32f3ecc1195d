namespace MySchool.Contracts.Journal;

/// <summary>Whether schools use their journals. For jobs and event handlers.</summary>
public interface ISchoolUse
{
    /// <summary>First and last day whose lessons have marks; schools without any are absent from the answer.</summary>
    /// <param name="schoolIds">Up to 1,000 schools.</param>
    /// <param name="until">The last day that counts.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, (DateOnly First, DateOnly Last)>> GetMarkDaysAsync(IReadOnlyCollection<Guid> schoolIds, DateOnly until, CancellationToken cancel);
}
