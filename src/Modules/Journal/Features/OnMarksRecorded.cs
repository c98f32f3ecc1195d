using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Tells open pages of a change, on whatever node they are.</summary>
internal sealed class ShowChangesLive(IGrainFactory grains) : IEventHandler<MarksRecorded>
{
    public Task HandleAsync(MarksRecorded happened, NpgsqlConnection connection, CancellationToken cancel) =>
        grains.GetGrain<IJournalFeedGrain>(happened.School).TellAsync(happened);
}

/// <summary>Keeps the figures of the school's day that coordinators read instead of rows.</summary>
internal sealed class KeepDayTotals(IRegistry registry) : IEventHandler<MarksRecorded>
{
    public async Task HandleAsync(MarksRecorded happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        var territories = await registry.GetTerritoriesAsync(happened.School, cancel);
        foreach (var day in happened.Cells.GroupBy(cell => cell.LessonDate))
        {
            await using var add = new NpgsqlCommand("""
                insert into journal.day_totals (school_id, date, territory_ids, marks, absences) values ($1, $2, $3, greatest($4, 0), greatest($5, 0))
                on conflict (school_id, date) do update
                   set marks = greatest(day_totals.marks + $4, 0), absences = greatest(day_totals.absences + $5, 0)
                """, connection);
            add.Parameters.Add(new() { Value = happened.School });
            add.Parameters.Add(new() { Value = day.Key });
            add.Parameters.Add(new() { Value = territories.ToArray() });
            add.Parameters.Add(new() { Value = day.Sum(cell => Step(cell.HadMark, cell.Mark is not null)) });
            add.Parameters.Add(new() { Value = day.Sum(cell => Step(cell.HadAbsence, cell.Absence is not null)) });
            await add.ExecuteNonQueryAsync(cancel);
        }
    }

    private static int Step(bool before, bool after) => (after ? 1 : 0) - (before ? 1 : 0);
}
