using System.Collections.Immutable;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Journal.Data;

/// <summary>A change with its verdict and the cell before it.</summary>
internal sealed record JudgedCell(CellChange Change, Verdict Verdict, LessonState? Lesson, CellState? Mark, CellState? Absence, int Version)
{
    private bool IsAbsence => Change.Kind == CellKind.Absence;

    public CellState? MarkAfter => Verdict.IsWrite && !IsAbsence ? Verdict.Next : Mark;

    public CellState? AbsenceAfter => Verdict.IsWrite && IsAbsence ? Verdict.Next : Absence;
}

/// <summary>One mark of a cell as its row.</summary>
internal readonly record struct MarkRow(JudgedCell Cell, short Slot, string Value, WorkWeight Work, string? Comment)
{
    public static IEnumerable<MarkRow> Of(JudgedCell cell)
    {
        var next = cell.Verdict.Next!;
        var first = next.IsHeld ? CellMarks.HeldFrom + 1 : 1;
        // The comment is of the cell: its first mark carries it.
        return next.Value.Split(' ').Select((value, index) => new MarkRow(
            cell, (short)(first + index), value, index == 0 ? new(next.Work, next.Weight) : next.More[index - 1], index == 0 ? next.Comment : null));
    }
}

/// <summary>The statements that write a save: set-based, so that 25 cells cost little more than one.</summary>
internal sealed class CellWrites(Actor actor, GroupRoster group, Guid requestKey, DateTimeOffset at, IReadOnlyList<JudgedCell> judged)
{
    // In one order for everybody, so that two saves of the same cells wait and never lock each other out.
    private readonly JudgedCell[] written =
        [.. judged.Where(cell => cell.Verdict.IsWrite).OrderBy(cell => cell.Change.Learner).ThenBy(cell => cell.Change.Lesson)];

    // The last change of a cell wins the row; every change keeps its line of history.
    private JudgedCell[] Last(bool isAbsence) =>
        [.. written.Where(c => c.Change.Kind == CellKind.Absence == isAbsence).GroupBy(c => (c.Change.Lesson, c.Change.Learner)).Select(g => g.Last())];

    /// <summary>Whether absences only go into empty cells: then whoever has no right to overwrite may write too, and a cell filled meanwhile fails in the history.</summary>
    public bool IsAddOnly { get; init; }

    /// <summary>Why, for the history; null for a change that needs no reason.</summary>
    public string? Why { get; init; }

    public bool IsEmpty => written.Length == 0;

    public int Count => written.Length;

    /// <summary>The learner the save is about, when it is about one only.</summary>
    public Guid? SingleLearner => written.Select(c => c.Change.Learner).Distinct().Take(2).ToArray() is [var only] ? only : null;

    public void AddTo(NpgsqlBatch batch)
    {
        AddMarks(batch, Last(isAbsence: false));
        AddAbsences(batch, Last(isAbsence: true));
        AddHistory(batch);
    }

    private void AddMarks(NpgsqlBatch batch, JudgedCell[] cells)
    {
        var set = cells.Where(c => c.Verdict.Next is not null).SelectMany(MarkRow.Of).ToArray();
        if (set.Length > 0)
            batch.Add("""
                insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight,
                                           comment, version, recorded_by, recorded_at)
                select $1, $2, $3, x.lesson, x.learner, x.slot, x.date, x.value, x.work, x.weight, x.comment, x.version, $4, $5
                  from unnest($6, $7, $8, $9, $10, $11, $12, $13, $14) as x(lesson, learner, date, value, work, weight, comment, version, slot)
                on conflict (school_year, school_id, group_id, lesson_id, learner_id, slot) do update
                   set value = excluded.value, work_type = excluded.work_type, weight = excluded.weight, comment = excluded.comment,
                       version = excluded.version, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
                """,
                group.SchoolYear, group.SchoolId, group.GroupId, actor.PersonId, at, Of(row => row.Cell.Change.Lesson), Of(row => row.Cell.Change.Learner),
                Of(row => row.Cell.Lesson!.Date), Of(row => row.Value), Of(row => row.Work.Work), Of(row => row.Work.Weight),
                Texts(set.Select(row => row.Comment)), Of(row => row.Cell.Version), Of(row => row.Slot));
        AddRemoval(batch, "journal.marks", cells);
        AddFewer(batch, [.. cells.Where(c => c.Verdict.Next is { } next && next.More.Length < (c.Mark?.More.Length ?? 0))]);
        AddDebts(batch, cells);

        T[] Of<T>(Func<MarkRow, T> field) => [.. set.Select(field)];
    }

    // A cell that had more marks than it has now.
    private void AddFewer(NpgsqlBatch batch, JudgedCell[] cells)
    {
        if (cells.Length == 0) return;
        batch.AddOfYear($"""
            delete from journal.marks t using unnest($4, $5, $6) as x(lesson, learner, stays)
             where t.school_year = $1 and t.school_id = $2 and t.group_id = $3 and t.lesson_id = x.lesson and t.learner_id = x.learner and t.slot % {CellMarks.HeldFrom} > x.stays
            """, group.SchoolYear, group.SchoolId, group.GroupId, Lessons(cells), Learners(cells), cells.Select(c => c.Verdict.Next!.More.Length + 1).ToArray());
    }

    private void AddDebts(NpgsqlBatch batch, JudgedCell[] cells)
    {
        var owed = cells.Where(c => c.Verdict.Next?.Due is not null).ToArray();
        if (owed.Length > 0)
            batch.Add("""
                insert into journal.debts (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, due_on, is_held)
                select $1, $2, $3, x.lesson, x.learner, x.date, x.due, x.held from unnest($4, $5, $6, $7, $8) as x(lesson, learner, date, due, held)
                on conflict (school_year, school_id, group_id, learner_id, lesson_id) do update set due_on = excluded.due_on
                """, group.SchoolYear, group.SchoolId, group.GroupId, Lessons(owed), Learners(owed), Dates(owed),
                owed.Select(c => c.Verdict.Next!.Due!.Value).ToArray(), owed.Select(c => c.Verdict.Next!.IsHeld).ToArray());
        var paid = cells.Where(c => c.Mark?.Due is not null && c.Verdict.Next?.Due is null).ToArray();
        if (paid.Length > 0)
            batch.AddOfYear("""
                delete from journal.debts t using unnest($4, $5) as x(lesson, learner)
                 where t.school_year = $1 and t.school_id = $2 and t.group_id = $3 and t.lesson_id = x.lesson and t.learner_id = x.learner
                """, group.SchoolYear, group.SchoolId, group.GroupId, Lessons(paid), Learners(paid));
    }

    private const string Overwrite = "update set code = excluded.code, version = excluded.version, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at";

    private void AddAbsences(NpgsqlBatch batch, JudgedCell[] cells)
    {
        var set = cells.Where(c => c.Verdict.Next is not null).ToArray();
        if (set.Length > 0)
            batch.Add($"""
                insert into journal.absences (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, code, version, recorded_by, recorded_at)
                select $1, $2, $3, x.lesson, x.learner, x.date, x.code, x.version, $4, $5
                  from unnest($6, $7, $8, $9, $10) as x(lesson, learner, date, code, version)
                on conflict (school_year, school_id, group_id, lesson_id, learner_id) do {(IsAddOnly ? "nothing" : Overwrite)}
                """,
                group.SchoolYear, group.SchoolId, group.GroupId, actor.PersonId, at, Lessons(set), Learners(set), Dates(set),
                set.Select(c => c.Verdict.Next!.Value).ToArray(), set.Select(c => c.Version).ToArray());
        AddRemoval(batch, "journal.absences", cells);
    }

    private void AddRemoval(NpgsqlBatch batch, string table, JudgedCell[] cells)
    {
        var gone = cells.Where(c => c.Verdict.Next is null).ToArray();
        if (gone.Length == 0) return;
        batch.AddOfYear($"""
            delete from {table} t using unnest($4, $5) as x(lesson, learner)
             where t.school_year = $1 and t.school_id = $2 and t.group_id = $3 and t.lesson_id = x.lesson and t.learner_id = x.learner
            """, group.SchoolYear, group.SchoolId, group.GroupId, Lessons(gone), Learners(gone));
    }

    private void AddHistory(NpgsqlBatch batch) => batch.Add("""
        insert into journal.cell_history (school_year, school_id, group_id, lesson_id, learner_id, kind, version, old_value, new_value,
                                          why, at, by_person, session_id, request_key, is_held)
        select $1, $2, $3, x.lesson, x.learner, x.kind, x.version, x.old, x.new, $15, $4, $5, $6, $7, x.held
          from unnest($8, $9, $10, $11, $12, $13, $14) as x(lesson, learner, kind, version, old, new, held)
        """,
        group.SchoolYear, group.SchoolId, group.GroupId, at, actor.PersonId, actor.SessionId, requestKey,
        Lessons(written), Learners(written), written.Select(c => Kind(c.Change.Kind)).ToArray(), written.Select(c => c.Version).ToArray(),
        Texts(written.Select(c => c.Change.Kind switch { CellKind.Absence => c.Absence?.Value, CellKind.Mark => c.Mark?.Value, _ => c.Mark?.Comment })),
        Texts(written.Select(c => c.Change.Kind == CellKind.Comment ? c.Verdict.Next?.Comment : c.Verdict.Next?.Value)),
        written.Select(c => c.Change.Kind != CellKind.Absence && (c.Verdict.Next ?? c.Mark)?.IsHeld == true).ToArray(), Maybe.Text(Why));

    public MarksRecorded Event(Guid pageId, IReadOnlyDictionary<Guid, string> names) => new(
        Ids.New(), group.SchoolId, group.SchoolYear, group.GroupId, group.SubjectName, actor.PersonId,
        names.GetValueOrDefault(actor.PersonId, ""), pageId, at,
        [.. written.GroupBy(c => (c.Change.Lesson, c.Change.Learner)).Select(cell => new RecordedCell(
            cell.Key.Lesson, cell.Key.Learner, cell.First().Lesson!.Date,
            cell.Last().MarkAfter.Shown(names), cell.Last().AbsenceAfter.ShownAbsence(names), cell.First().Mark is not null, cell.First().Absence is not null)
        {
            IsMarkChanged = cell.Any(c => c.Change.Kind != CellKind.Absence), IsAbsenceChanged = cell.Any(c => c.Change.Kind == CellKind.Absence),
            FormerMark = cell.First().Mark?.Value, FormerComment = cell.First().Mark?.Comment, FormerAbsence = cell.First().Absence?.Value,
            IsHeld = (cell.Last().MarkAfter ?? cell.First().Mark)?.IsHeld == true,
        })]);

    private static Guid[] Lessons(JudgedCell[] cells) => [.. cells.Select(c => c.Change.Lesson)];

    private static Guid[] Learners(JudgedCell[] cells) => [.. cells.Select(c => c.Change.Learner)];

    private static DateOnly[] Dates(JudgedCell[] cells) => [.. cells.Select(c => c.Lesson!.Date)];

    private static string Kind(CellKind kind) => kind switch { CellKind.Mark => "mark", CellKind.Absence => "absence", _ => "comment" };

    private static NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

/// <summary>Cells as screens show them.</summary>
internal static class CellShow
{
    public static RecordedMark? Shown(this CellState? mark, IReadOnlyDictionary<Guid, string> names) =>
        mark is null ? null : new(mark.Value, mark.Work, mark.Weight, mark.Comment, mark.Version, names.GetValueOrDefault(mark.By, ""))
        {
            More = mark.More.IsEmpty ? null : mark.More, Due = mark.Due,
        };

    /// <summary>Each mark of the cell with its own weight.</summary>
    public static IEnumerable<(string Value, short Weight)> Each(this RecordedMark mark) =>
        mark.Value.Split(' ').Select((value, index) => (value, index == 0 ? mark.Weight : mark.More![index - 1].Weight));

    /// <summary>The marks of one cell, read in rows of their own, as one.</summary>
    public static RecordedMark Joined(IReadOnlyList<RecordedMark> marks) =>
        marks.Skip(1).Aggregate(marks[0], (all, next) => all.And(next.Value, new(next.Work, next.Weight)));

    /// <summary>The cell's marks with the next of them.</summary>
    public static RecordedMark And(this RecordedMark first, string value, WorkWeight work) =>
        first with { Value = CellMarks.Join([first.Value, value]), More = [.. first.More ?? [], work] };

    public static RecordedAbsence? ShownAbsence(this CellState? absence, IReadOnlyDictionary<Guid, string> names) =>
        absence is null ? null : new(absence.Value, absence.Version, names.GetValueOrDefault(absence.By, ""));
}
