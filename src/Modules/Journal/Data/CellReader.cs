using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>Everything the rules must see before cells change, locked against a colleague's simultaneous save.</summary>
internal static class CellReader
{
    public static Task<SeenCells> LookAsync(
        AppTransaction transaction, Actor actor, GroupRoster group, RecordMarksRequest request, CancellationToken cancel)
    {
        var lessons = request.Changes.Select(c => c.Lesson).Distinct().ToArray();
        var learners = request.Changes.Select(c => c.Learner).Distinct().ToArray();
        return transaction.RunAsync(batch =>
        {
            batch.Add("select answer::text from kernel.idempotency where person_id = $1 and key = $2", actor.PersonId, request.Key);
            batch.Add("select edit_window_days from journal.settings where school_id = $1", group.SchoolId);
            batch.Add("select number, weight from journal.work_types where school_id = $1", group.SchoolId);
            batch.Add("select code from journal.absence_codes where school_id = $1 order by position", group.SchoolId);
            batch.Add("""
                select id, date, work_type, is_cancelled from journal.lessons
                 where school_year = $1 and school_id = $2 and group_id = $3 and id = any($4)
                """, group.SchoolYear, group.SchoolId, group.GroupId, lessons);
            AddCells(batch, group, lessons, learners);
        }, ReadAsync, cancel);
    }

    private static void AddCells(NpgsqlBatch batch, GroupRoster group, Guid[] lessons, Guid[] learners)
    {
        const string cells = "where school_year = $1 and school_id = $2 and group_id = $3 and lesson_id = any($4) and learner_id = any($5)";
        batch.Add($"""
            select lesson_id, learner_id, value, work_type, weight, comment, version, recorded_by from journal.marks
            {cells} and slot = 1 order by lesson_id, learner_id for update
            """, group.SchoolYear, group.SchoolId, group.GroupId, lessons, learners);
        batch.Add($"""
            select lesson_id, learner_id, code, version, recorded_by from journal.absences
            {cells} order by lesson_id, learner_id for update
            """, group.SchoolYear, group.SchoolId, group.GroupId, lessons, learners);
        batch.Add($"""
            select lesson_id, learner_id, kind = 'absence', max(version) from journal.cell_history
            {cells} group by 1, 2, 3
            """, group.SchoolYear, group.SchoolId, group.GroupId, lessons, learners);
    }

    private static async Task<SeenCells> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var earlier = await reader.ReadFirstAsync(r => r.GetString(0), cancel);
        var window = await reader.ReadFirstAsync(r => (short?)r.GetInt16(0), cancel);
        var works = await reader.ReadAllAsync(r => (Number: r.GetInt16(0), Weight: r.GetInt16(1)), cancel);
        var codes = await reader.ReadAllAsync(r => r.GetString(0), cancel);
        var lessons = await reader.ReadAllAsync(
            r => new LessonState(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt16(2), r.GetBoolean(3)), cancel);
        var marks = await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1)), State: new CellState(
            r.GetString(2), r.GetInt16(3), r.GetInt16(4), r.Text(5), r.GetInt32(6), r.GetGuid(7))), cancel);
        var absences = await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1)), State: new CellState(
            r.GetString(2), 0, 0, null, r.GetInt32(3), r.GetGuid(4))), cancel);
        var versions = await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1), r.GetBoolean(2)), Last: r.GetInt32(3)), cancel);
        return new SeenCells(
            earlier, window ?? SeenCells.DefaultEditWindowDays, works.ToDictionary(w => w.Number, w => w.Weight), codes.ToHashSet(),
            lessons.ToDictionary(l => l.Id), marks.ToDictionary(m => m.Key, m => m.State), absences.ToDictionary(a => a.Key, a => a.State),
            versions.GroupBy(v => v.Key).ToDictionary(v => v.Key, v => v.Max(x => x.Last)));
    }
}

/// <summary>Cells, lessons and school rules as one look found them.</summary>
internal sealed record SeenCells(
    string? EarlierAnswer, int EditWindowDays, IReadOnlyDictionary<short, short> WorkTypes, IReadOnlySet<string> AbsenceCodes,
    IReadOnlyDictionary<Guid, LessonState> Lessons, Dictionary<(Guid Lesson, Guid Learner), CellState> Marks,
    Dictionary<(Guid Lesson, Guid Learner), CellState> Absences, Dictionary<(Guid Lesson, Guid Learner, bool IsAbsence), int> LastVersions)
{
    public const int DefaultEditWindowDays = 14;

    // Cells this request has already changed, with the version they had before it.
    private readonly Dictionary<(Guid Lesson, Guid Learner, bool IsAbsence), int> before = [];

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
