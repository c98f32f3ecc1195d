using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Tells open pages of changes, on whatever node they are.</summary>
internal sealed class ShowChangesLive(IGrainFactory grains) : IEventHandler<MarksRecorded>
{
    public async Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var change in happened) await grains.GetGrain<IJournalFeedGrain>(change.School).TellAsync(change);
    }
}

/// <summary>Keeps the figures of schools' days that coordinators read instead of rows.</summary>
internal sealed class KeepDayTotals(IRegistry registry) : IEventHandler<MarksRecorded>
{
    public async Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        // Most corrections leave the counts of a day as they were.
        var moved = happened.SelectMany(change => change.Cells.Select(cell => (change.School, Cell: cell)))
            .GroupBy(change => (change.School, change.Cell.LessonDate))
            .Select(day => (day.Key, Marks: day.Sum(change => Step(change.Cell.HadMark, change.Cell.Mark is not null)),
                Absences: day.Sum(change => Step(change.Cell.HadAbsence, change.Cell.Absence is not null))))
            .Where(day => day.Marks != 0 || day.Absences != 0).ToList();
        if (moved.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        // In one order for every node, so that two of them wait for a school's day and never lock each other out.
        foreach (var day in moved.OrderBy(day => day.Key.School).ThenBy(day => day.Key.LessonDate))
            batch.Add("""
                insert into journal.day_totals (school_id, date, territory_ids, marks, absences) values ($1, $2, $3, greatest($4, 0), greatest($5, 0))
                on conflict (school_id, date) do update
                   set marks = greatest(day_totals.marks + $4, 0), absences = greatest(day_totals.absences + $5, 0)
                """, day.Key.School, day.Key.LessonDate, (await registry.GetTerritoriesAsync(day.Key.School, cancel)).ToArray(), day.Marks, day.Absences);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static int Step(bool before, bool after) => (after ? 1 : 0) - (before ? 1 : 0);
}
