using MySchool.Contracts.Journal;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>Answers whether schools use their journals, out of the figures of days.</summary>
internal sealed class ReadSchoolUse(WorkerDb db) : ISchoolUse
{
    public async Task<IReadOnlyDictionary<Guid, (DateOnly First, DateOnly Last)>> GetMarkDaysAsync(IReadOnlyCollection<Guid> schoolIds, DateOnly until, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand(
            "select school_id, min(date), max(date) from journal.day_totals where school_id = any($1) and date <= $2 and marks > 0 group by school_id");
        command.Parameters.Add(new() { Value = schoolIds.ToArray() });
        command.Parameters.Add(new() { Value = until });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(row => (School: row.GetGuid(0), Days: (row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateOnly>(2))), cancel))
            .ToDictionary(row => row.School, row => row.Days);
    }
}
