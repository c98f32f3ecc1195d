namespace MySchool.Contracts.Journal;

/// <summary>What the registry asks before it takes back an order: whether teaching has already built on it.</summary>
public interface IJournalRecords
{
    /// <summary>What stands in groups from a day on. Figures only: nobody's data leaves.</summary>
    /// <param name="schoolId">The school.</param>
    /// <param name="schoolYear">The year the academic year starts in.</param>
    /// <param name="groupIds">Teaching groups.</param>
    /// <param name="learnerId">One learner, or null for everybody.</param>
    /// <param name="since">The first day that counts.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<JournalUse> CountAsync(
        Guid schoolId, short schoolYear, IReadOnlyCollection<Guid> groupIds, Guid? learnerId, DateOnly since, CancellationToken cancel);
}

/// <summary>How far teaching has gone in some groups.</summary>
/// <param name="Cells">Marks and absences.</param>
/// <param name="Lessons">Lessons laid out; of one learner none are counted.</param>
public readonly record struct JournalUse(int Cells, int Lessons);
