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
        var set = cells.Where(c => c.Verdict.Next is not null).ToArray();
        if (set.Length > 0)
            batch.Add("""
                insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight,
                                           comment, version, recorded_by, recorded_at)
                select $1, $2, $3, x.lesson, x.learner, 1, x.date, x.value, x.work, x.weight, x.comment, x.version, $4, $5
                  from unnest($6, $7, $8, $9, $10, $11, $12, $13) as x(lesson, learner, date, value, work, weight, comment, version)
                on conflict (school_year, school_id, group_id, lesson_id, learner_id, slot) do update
                   set value = excluded.value, work_type = excluded.work_type, weight = excluded.weight, comment = excluded.comment,
                       version = excluded.version, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
                """,
                group.SchoolYear, group.SchoolId, group.GroupId, actor.PersonId, at, Lessons(set), Learners(set), Dates(set),
                set.Select(c => c.Verdict.Next!.Value).ToArray(), set.Select(c => c.Verdict.Next!.Work).ToArray(),
                set.Select(c => c.Verdict.Next!.Weight).ToArray(), Texts(set.Select(c => c.Verdict.Next!.Comment)),
                set.Select(c => c.Version).ToArray());
        AddRemoval(batch, "journal.marks", cells);
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
                                          why, at, by_person, session_id, request_key)
        select $1, $2, $3, x.lesson, x.learner, x.kind, x.version, x.old, x.new, $14, $4, $5, $6, $7
          from unnest($8, $9, $10, $11, $12, $13) as x(lesson, learner, kind, version, old, new)
        """,
        group.SchoolYear, group.SchoolId, group.GroupId, at, actor.PersonId, actor.SessionId, requestKey,
        Lessons(written), Learners(written), written.Select(c => Kind(c.Change.Kind)).ToArray(), written.Select(c => c.Version).ToArray(),
        Texts(written.Select(c => c.Change.Kind switch { CellKind.Absence => c.Absence?.Value, CellKind.Mark => c.Mark?.Value, _ => c.Mark?.Comment })),
        Texts(written.Select(c => c.Change.Kind == CellKind.Comment ? c.Verdict.Next?.Comment : c.Verdict.Next?.Value)), Maybe.Text(Why));

    public MarksRecorded Event(Guid pageId, IReadOnlyDictionary<Guid, string> names) => new(
        Ids.New(), group.SchoolId, group.SchoolYear, group.GroupId, group.SubjectName, actor.PersonId,
        names.GetValueOrDefault(actor.PersonId, ""), pageId, at,
        [.. written.GroupBy(c => (c.Change.Lesson, c.Change.Learner)).Select(cell => new RecordedCell(
            cell.Key.Lesson, cell.Key.Learner, cell.First().Lesson!.Date,
            cell.Last().MarkAfter.Shown(names), cell.Last().AbsenceAfter.ShownAbsence(names), cell.First().Mark is not null, cell.First().Absence is not null)
        { IsMarkChanged = cell.Any(c => c.Change.Kind != CellKind.Absence), IsAbsenceChanged = cell.Any(c => c.Change.Kind == CellKind.Absence) })]);

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
        mark is null ? null : new(mark.Value, mark.Work, mark.Weight, mark.Comment, mark.Version, names.GetValueOrDefault(mark.By, ""));

    public static RecordedAbsence? ShownAbsence(this CellState? absence, IReadOnlyDictionary<Guid, string> names) =>
        absence is null ? null : new(absence.Value, absence.Version, names.GetValueOrDefault(absence.By, ""));
}
