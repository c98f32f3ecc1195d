using MySchool.Contracts.Journal;
using MySchool.Kernel.Data;
using NpgsqlTypes;

namespace MySchool.Journal;

/// <summary>Answers the registry's question whether teaching has built on an order.</summary>
internal sealed class JournalRecords(WorkerDb db) : IJournalRecords
{
    public async Task<int> CountCellsAsync(
        Guid schoolId, short schoolYear, IReadOnlyCollection<Guid> groupIds, Guid? learnerId, DateOnly since, CancellationToken cancel)
    {
        await using var count = db.Source.CreateCommand("""
            select (select count(*) from journal.marks where school_year = $1 and school_id = $2 and group_id = any($3)
                      and ($4 is null or learner_id = $4) and lesson_date >= $5)
                 + (select count(*) from journal.absences where school_year = $1 and school_id = $2 and group_id = any($3)
                      and ($4 is null or learner_id = $4) and lesson_date >= $5)
            """);
        count.Parameters.Add(new() { Value = schoolYear });
        count.Parameters.Add(new() { Value = schoolId });
        count.Parameters.Add(new() { Value = groupIds.ToArray() });
        count.Parameters.Add(new() { Value = (object?)learnerId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        count.Parameters.Add(new() { Value = since });
        return (int)(long)(await count.ExecuteScalarAsync(cancel))!;
    }
}
