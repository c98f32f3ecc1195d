using System.Collections.Immutable;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>Everything the rules must see before cells change. Nothing is locked: a simultaneous save meets in the history.</summary>
internal static class CellReader
{
    public static Task<SeenCells> LookAsync(
        AppDb db, Actor actor, GroupRoster group, RecordMarksRequest request, DateOnly today, CancellationToken cancel)
    {
        var lessons = request.Changes.Select(c => c.Lesson).Distinct().ToArray();
        return db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                select (select answer::text from kernel.idempotency where person_id = $2 and key = $3),
                       (select edit_window_days from journal.settings where school_id = $1),
                       array(select number from journal.work_types where school_id = $1 order by number),
                       array(select weight from journal.work_types where school_id = $1 order by number),
                       array(select code from journal.absence_codes where school_id = $1 order by position),
                       journal.closed_for($4, $1, $5, $6, $7)
                """, group.SchoolId, actor.PersonId, request.Key, group.SchoolYear, group.ClassId, group.GroupId, today);
            batch.AddOfYear("""
                select id, date, work_type, is_cancelled, group_id, holds_marks from journal.lessons
                 where school_year = $1 and school_id = $2 and id = any($3) order by date, number
                """, group.SchoolYear, group.SchoolId, lessons);
            AddCells(batch, group, request.Changes);
        }, (reader, token) => ReadAsync(reader, group, token), cancel);
    }

    // One statement, so that a cell and its history are of one moment; limits keep the planner to a probe a cell. What stands in a
    // cell carries its last version; only an empty cell may have one that history alone remembers.
    private static void AddCells(NpgsqlBatch batch, GroupRoster group, ImmutableArray<CellChange> changes)
    {
        var cells = changes.Select(c => (c.Lesson, c.Learner)).Distinct().ToArray();
        batch.AddOfYear("""
            select c.lesson, c.learner, m.value, m.work_type, m.weight, m.comment, m.version, m.recorded_by, a.code, a.version, a.recorded_by,
                   coalesce(m.version, (select max(version) from journal.cell_history
                     where school_year = $1 and school_id = $2 and lesson_id = c.lesson and learner_id = c.learner and not (kind = 'absence'))),
                   coalesce(a.version, (select max(version) from journal.cell_history
                     where school_year = $1 and school_id = $2 and lesson_id = c.lesson and learner_id = c.learner and (kind = 'absence'))),
                   m.slot, case when m.value = '•' then (select due_on from journal.debts
                     where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = c.learner and lesson_id = c.lesson) end
              from unnest($4, $5) as c(lesson, learner)
              left join lateral (
                select value, work_type, weight, comment, version, recorded_by, slot from journal.marks
                 where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = c.learner and lesson_id = c.lesson order by slot limit 9) m on true
              left join lateral (
                select code, version, recorded_by from journal.absences
                 where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = c.learner and lesson_id = c.lesson limit 1) a on true
            """, group.SchoolYear, group.SchoolId, group.GroupId, cells.Select(c => c.Lesson).ToArray(), cells.Select(c => c.Learner).ToArray());
    }

    private static async Task<SeenCells> ReadAsync(NpgsqlDataReader reader, GroupRoster group, CancellationToken cancel)
    {
        var school = await reader.ReadFirstAsync(r => (
            EarlierAnswer: r.Text(0), Window: r.Maybe<short>(1) ?? SeenCells.DefaultEditWindowDays,
            Works: r.GetFieldValue<short[]>(2).Zip(r.GetFieldValue<short[]>(3)).ToDictionary(), Codes: r.GetFieldValue<string[]>(4).ToHashSet(),
            Closed: r.GetFieldValue<short[]>(5)), cancel);
        var lessons = await reader.ReadAllAsync(r => (
            Group: r.GetGuid(4), State: new LessonState(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt16(2), r.GetBoolean(3)) { HoldsMarks = r.GetBoolean(5) }), cancel);
        var seen = new SeenCells(school.EarlierAnswer, school.Window, school.Works, school.Codes,
            lessons.Where(l => l.Group == group.GroupId).ToDictionary(l => l.State.Id, l => l.State), Closings.Of(group, school.Closed));
        await reader.ReadAllAsync(r => seen.Add(r), cancel);
        return seen;
    }
}

/// <summary>Cells, lessons and school rules as one look found them.</summary>
internal sealed record SeenCells(
    string? EarlierAnswer, int EditWindowDays, IReadOnlyDictionary<short, short> WorkTypes, IReadOnlySet<string> AbsenceCodes,
    IReadOnlyDictionary<Guid, LessonState> Lessons, IReadOnlyList<ClosedTerm> Closed)
{
    public const int DefaultEditWindowDays = 14;

    public Dictionary<(Guid Lesson, Guid Learner), CellState> Marks { get; } = [];

    public Dictionary<(Guid Lesson, Guid Learner), CellState> Absences { get; } = [];

    public Dictionary<(Guid Lesson, Guid Learner, bool IsAbsence), int> LastVersions { get; } = [];

    // Cells this request has already changed, with the version they had before it.
    private readonly Dictionary<(Guid Lesson, Guid Learner, bool IsAbsence), int> before = [];

    /// <summary>Takes in a row of the cells' statement.</summary>
    public bool Add(NpgsqlDataReader row)
    {
        var (lesson, learner) = (row.GetGuid(0), row.GetGuid(1));
        if (!row.IsDBNull(2)) AddMark((lesson, learner), row);
        if (!row.IsDBNull(8)) Absences[(lesson, learner)] = new(row.GetString(8), 0, 0, null, row.GetInt32(9), row.GetGuid(10));
        if (!row.IsDBNull(11)) LastVersions[(lesson, learner, false)] = row.GetInt32(11);
        if (!row.IsDBNull(12)) LastVersions[(lesson, learner, true)] = row.GetInt32(12);
        return true;
    }

    // A cell's further marks come in rows of their own, in order.
    private void AddMark((Guid, Guid) key, NpgsqlDataReader row)
    {
        var (value, work) = (row.GetString(2), new WorkWeight(row.GetInt16(3), row.GetInt16(4)));
        Marks[key] = Marks.TryGetValue(key, out var first)
            ? first.And(value, work)
            : new(value, work.Work, work.Weight, row.Text(5), row.GetInt32(6), row.GetGuid(7)) { IsHeld = row.GetInt16(13) > CellMarks.HeldFrom, Due = row.Maybe<DateOnly>(14) };
    }

    public void Apply((Guid Lesson, Guid Learner) key, bool isAbsence, CellState? next, int version)
    {
        var cells = isAbsence ? Absences : Marks;
        before.TryAdd((key.Lesson, key.Learner, isAbsence), cells.GetValueOrDefault(key)?.Version ?? 0);
        if (next is null) cells.Remove(key);
        else cells[key] = next;
        LastVersions[(key.Lesson, key.Learner, isAbsence)] = version;
    }

    /// <summary>
    /// Several changes of one cell in a request were all typed over the version seen before the first of them:
    /// the later ones stand upon the earlier, not in conflict with them.
    /// </summary>
    public int BaseNow((Guid Lesson, Guid Learner) key, bool isAbsence, int typedOver) =>
        before.TryGetValue((key.Lesson, key.Learner, isAbsence), out var seen) && seen == typedOver
            ? (isAbsence ? Absences : Marks).GetValueOrDefault(key)?.Version ?? 0
            : typedOver;
}
