using MySchool.Contracts.Journal;
using MySchool.Contracts.Works;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Notices.Domain;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Notices.Features;

/// <summary>Lays aside what has happened for the correction window. What changes again within it stays one row with its last value.</summary>
internal sealed class KeepPending : IEventHandler<MarksRecorded>, IEventHandler<HomeworkGiven>, IEventHandler<WorkReturned>
{
    /// <summary>Unless the school has set another.</summary>
    public const int DefaultWindowMinutes = 10;

    // Nobody wants to hear of what was corrected in a week long gone.
    private const int OldestDays = 30;

    public async Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var save in happened)
        {
            var oldest = DateOnly.FromDateTime(save.OccurredAt.UtcDateTime).AddDays(-OldestDays);
            var rows = save.Cells.Where(cell => cell.LessonDate >= oldest).SelectMany(cell => RowsOf(cell)).ToList();
            await AddAsync(connection, save.School, save.SubjectName, save.OccurredAt, rows, cancel);
        }
    }

    public async Task HandleAsync(IReadOnlyList<HomeworkGiven> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var given in happened)
            await AddAsync(connection, given.School, given.SubjectName, given.OccurredAt,
                [.. given.Learners.Select(learner => new Row(learner, given.Homework == Guid.Empty ? given.Lesson : given.Homework, Kinds.Homework, given.DueOn, given.Text, null, given.IsChange))], cancel);
    }

    public async Task HandleAsync(IReadOnlyList<WorkReturned> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var returned in happened)
            await AddAsync(connection, returned.School, returned.SubjectName, returned.OccurredAt,
                [new Row(returned.Learner, returned.Work, Kinds.Work, returned.DueOn, returned.Reason, null, false)], cancel);
    }

    private static IEnumerable<Row> RowsOf(RecordedCell cell)
    {
        if (cell.IsMarkChanged) yield return new(cell.Learner, cell.Lesson, Kinds.Mark, cell.LessonDate, cell.Mark?.Value, cell.Mark?.Comment, cell.HadMark);
        if (cell.IsAbsenceChanged) yield return new(cell.Learner, cell.Lesson, Kinds.Absence, cell.LessonDate, cell.Absence?.Code, null, cell.HadAbsence);
    }

    private static async Task AddAsync(NpgsqlConnection connection, Guid school, string subject, DateTimeOffset at, List<Row> rows, CancellationToken cancel)
    {
        if (rows.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        // In one order for every node, so that two of them wait for a cell and never lock each other out.
        rows = [.. rows.DistinctBy(row => (row.Learner, row.Lesson, row.Kind)).OrderBy(row => row.Learner).ThenBy(row => row.Lesson).ThenBy(row => row.Kind, StringComparer.Ordinal)];
        batch.Add("""
            insert into notices.pending (id, learner_id, school_id, lesson_id, kind, subject, day, value, detail, had_before, happened_at, due_at)
            select gen_random_uuid(), x.learner, $1, x.lesson, x.kind, $2, x.day, x.value, x.detail, x.had, $3,
                   $3 + make_interval(mins => coalesce((select window_minutes from notices.school_settings where school_id = $1), $4))
              from unnest($5, $6, $7, $8, $9, $10, $11) as x(learner, lesson, kind, day, value, detail, had)
            on conflict (learner_id, lesson_id, kind) do update
               set value = excluded.value, detail = excluded.detail, day = excluded.day, happened_at = excluded.happened_at
            """, school, subject, at, DefaultWindowMinutes, rows.Select(row => row.Learner).ToArray(), rows.Select(row => row.Lesson).ToArray(), rows.Select(row => row.Kind).ToArray(),
            rows.Select(row => row.Day).ToArray(), Texts(rows.Select(row => row.Value)), Texts(rows.Select(row => row.Detail)), rows.Select(row => row.HadBefore).ToArray());
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private sealed record Row(Guid Learner, Guid Lesson, string Kind, DateOnly Day, string? Value, string? Detail, bool HadBefore);
}
