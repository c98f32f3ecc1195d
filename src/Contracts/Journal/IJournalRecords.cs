namespace MySchool.Contracts.Journal;

/// <summary>What the registry asks before it takes back an order: whether teaching has already built on it.</summary>
public interface IJournalRecords
{
    /// <summary>Marks and absences that stand in groups from a day on. A figure only: nobody's data leaves.</summary>
    /// <param name="schoolId">The school.</param>
    /// <param name="schoolYear">The year the academic year starts in.</param>
    /// <param name="groupIds">Teaching groups.</param>
    /// <param name="learnerId">One learner, or null for everybody.</param>
    /// <param name="since">The first day that counts.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<int> CountCellsAsync(
        Guid schoolId, short schoolYear, IReadOnlyCollection<Guid> groupIds, Guid? learnerId, DateOnly since, CancellationToken cancel);
}
