using MySchool.Contracts.Journal;
using MySchool.Kernel.Data;

namespace MySchool.Journal;

/// <summary>Answers the registry's question whether teaching has built on an order.</summary>
internal sealed class JournalRecords(WorkerDb db) : IJournalRecords
{
    public async Task<JournalUse> CountAsync(
        Guid schoolId, short schoolYear, IReadOnlyCollection<Guid> groupIds, Guid? learnerId, DateOnly since, CancellationToken cancel)
    {
        await using var count = db.Source.CreateCommand("""
            select (select count(*) from journal.marks where school_year = $1 and school_id = $2 and group_id = any($3)
                      and ($4 is null or learner_id = $4) and lesson_date >= $5)
                 + (select count(*) from journal.absences where school_year = $1 and school_id = $2 and group_id = any($3)
                      and ($4 is null or learner_id = $4) and lesson_date >= $5),
                   (select count(*) from journal.lessons where school_year = $1 and school_id = $2 and group_id = any($3) and $4 is null and date >= $5)
            """);
        count.Parameters.Add(new() { Value = schoolYear });
        count.Parameters.Add(new() { Value = schoolId });
        count.Parameters.Add(new() { Value = groupIds.ToArray() });
        count.Parameters.Add(Maybe.Uuid(learnerId));
        count.Parameters.Add(new() { Value = since });
        await using var reader = await count.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(r => new JournalUse((int)r.GetInt64(0), (int)r.GetInt64(1)), cancel);
    }
}
