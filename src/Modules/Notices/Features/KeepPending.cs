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

    public Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel) =>
        AddAsync(connection, happened.SelectMany(save => RowsOf(save)), cancel);

    public Task HandleAsync(IReadOnlyList<HomeworkGiven> happened, NpgsqlConnection connection, CancellationToken cancel) =>
        AddAsync(connection, happened.SelectMany(given => given.Learners.Select(learner => new Row(
            given.School, given.SubjectName, given.OccurredAt, learner, given.Homework == Guid.Empty ? given.Lesson : given.Homework, Kinds.Homework, given.DueOn, given.Text, null, given.IsChange, null, null))), cancel);

    public Task HandleAsync(IReadOnlyList<WorkReturned> happened, NpgsqlConnection connection, CancellationToken cancel) =>
        AddAsync(connection, happened.Select(returned => new Row(
            returned.School, returned.SubjectName, returned.OccurredAt, returned.Learner, returned.Work, Kinds.Work, returned.DueOn, returned.Reason, null, false, null, null)), cancel);

    private static IEnumerable<Row> RowsOf(MarksRecorded save)
    {
        var oldest = DateOnly.FromDateTime(save.OccurredAt.UtcDateTime).AddDays(-OldestDays);
        foreach (var cell in save.Cells.Where(cell => cell.LessonDate >= oldest))
        {
            if (cell.IsMarkChanged && !cell.IsHeld) yield return Of(cell, Kinds.Mark, cell.Mark?.Value, cell.Mark?.Comment, cell.HadMark && !cell.IsPosted, cell.IsPosted ? null : cell.FormerMark, cell.FormerComment);
            if (cell.IsAbsenceChanged) yield return Of(cell, Kinds.Absence, cell.Absence?.Code, null, cell.HadAbsence, cell.FormerAbsence, null);
        }

        Row Of(RecordedCell cell, string kind, string? value, string? detail, bool had, string? was, string? wasDetail) =>
            new(save.School, save.SubjectName, save.OccurredAt, cell.Learner, cell.Lesson, kind, cell.LessonDate, value, detail, had, was, wasDetail);
    }

    // One statement for all that came in one delivery: the queue brings up to 200 saves at a time.
    private static async Task AddAsync(NpgsqlConnection connection, IEnumerable<Row> happened, CancellationToken cancel)
    {
        // In one order for every node, so that two of them wait for a cell and never lock each other out.
        Row[] rows = [.. happened.GroupBy(row => (row.Learner, row.Lesson, row.Kind)).Select(cell => cell.Last() with { HadBefore = cell.First().HadBefore, Was = cell.First().Was, WasDetail = cell.First().WasDetail })
            .OrderBy(row => row.Learner).ThenBy(row => row.Lesson).ThenBy(row => row.Kind, StringComparer.Ordinal)];
        if (rows.Length == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            insert into notices.pending (id, learner_id, school_id, lesson_id, kind, subject, day, value, detail, had_before, was, was_detail, happened_at, due_at)
            select gen_random_uuid(), x.learner, x.school, x.lesson, x.kind, x.subject, x.day, x.value, x.detail, x.had, x.was, x.was_detail, x.at,
                   x.at + make_interval(mins => coalesce((select window_minutes from notices.school_settings s where s.school_id = x.school), $1))
              from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as x(school, subject, at, learner, lesson, kind, day, value, detail, had, was, was_detail)
            on conflict (learner_id, lesson_id, kind) do update
               set value = excluded.value, detail = excluded.detail, day = excluded.day, happened_at = excluded.happened_at
            """, DefaultWindowMinutes, Of(row => row.School), Of(row => row.Subject), Of(row => row.At), Of(row => row.Learner), Of(row => row.Lesson), Of(row => row.Kind),
            Of(row => row.Day), Texts(rows.Select(row => row.Value)), Texts(rows.Select(row => row.Detail)), Of(row => row.HadBefore),
            Texts(rows.Select(row => row.Was)), Texts(rows.Select(row => row.WasDetail)));
        await batch.ExecuteNonQueryAsync(cancel);

        T[] Of<T>(Func<Row, T> field) => [.. rows.Select(field)];
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private sealed record Row(
        Guid School, string Subject, DateTimeOffset At, Guid Learner, Guid Lesson, string Kind, DateOnly Day, string? Value, string? Detail, bool HadBefore,
        string? Was, string? WasDetail);
}
