using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>The days of an accepted note.</summary>
internal sealed record ExcusedDays(short SchoolYear, Guid SchoolId, Guid LearnerId, DateOnly From, DateOnly To, string Reason, bool IsAccepted);

/// <summary>
/// Gives absences that stand without a reason the code a family's note speaks of. The class teacher's only hand in a journal: an
/// absence is neither set nor removed, its history says why, and the same event tells of it as of any save.
/// </summary>
internal sealed class ExcuseAbsences(AppDb db, IRegistry registry, TeacherNames teachers, OutboxSignal signal, IClock clock)
{
    private sealed record Bare(Guid Group, Guid Lesson, DateOnly Date, string Code, int Version, CellState? Mark);

    /// <returns>How many absences have been given their reason.</returns>
    public async Task<Result<int>> HandleAsync(Actor actor, ExcusedDays days, DateOnly today, CancellationToken cancel)
    {
        var (code, window, bare) = await LookAsync(actor, days, cancel);
        if (code is null) return new Problem("journal.no-such-code", Texts.NoExcuseCode, null, 422);
        // Cells that the school's act has closed stay as they are for the class teacher too.
        var open = bare.Where(cell => cell.Date.AddDays(window) >= today && cell.Date <= today).ToList();
        if (open.Count == 0) return 0;
        var names = await teachers.OfAsync(actor, [.. open.Select(cell => cell.Mark?.By).OfType<Guid>(), actor.PersonId], cancel);
        var groups = new Dictionary<Guid, GroupRoster?>();
        foreach (var id in open.Select(cell => cell.Group).Distinct()) groups[id] = await registry.GetRosterAsync(actor, id, cancel);
        open = await OpenTermsAsync(actor, open, groups, today, cancel);
        if (open.Count == 0) return 0;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var changed = await transaction.RunAsync(batch => AddChange(batch, actor, days, code, open), (reader, token) => reader.ReadAllAsync(r => r.GetGuid(0), token), cancel);
        if (changed.Count == 0) return 0;
        await transaction.RunAsync(batch =>
        {
            batch.AddAudit(actor, JournalActions.ExcuseAbsences, clock.Now, days.SchoolId, days.LearnerId, $"cells={changed.Count} code={code}");
            foreach (var group in open.Where(cell => changed.Contains(cell.Lesson)).GroupBy(cell => cell.Group))
                batch.AddEvent(new MarksRecorded(
                    Ids.New(), days.SchoolId, days.SchoolYear, group.Key, groups[group.Key]?.SubjectName ?? "", actor.PersonId, names.GetValueOrDefault(actor.PersonId, ""), Guid.Empty, clock.Now,
                    [.. group.Select(cell => new RecordedCell(cell.Lesson, days.LearnerId, cell.Date, cell.Mark.Shown(names),
                        new RecordedAbsence(code, cell.Version + 1, names.GetValueOrDefault(actor.PersonId, "")), cell.Mark is not null, true) { IsMarkChanged = false, FormerAbsence = cell.Code })]));
        }, cancel);
        await transaction.CommitAsync(cancel);
        signal.Ring();
        return changed.Count;
    }

    // A closed term is closed for the class teacher too.
    private async Task<List<Bare>> OpenTermsAsync(Actor actor, List<Bare> cells, Dictionary<Guid, GroupRoster?> groups, DateOnly today, CancellationToken cancel)
    {
        var rosters = groups.Values.OfType<GroupRoster>().ToList();
        var closed = await db.ReadAsync(actor, batch =>
        {
            foreach (var group in rosters) batch.Add("select journal.closed_for($1, $2, $3, $4, $5)", group.SchoolYear, group.SchoolId, group.ClassId, group.GroupId, today);
        }, async (reader, token) =>
        {
            var found = new Dictionary<Guid, IReadOnlyList<ClosedTerm>>();
            foreach (var group in rosters) found[group.GroupId] = Closings.Of(group, await reader.ReadFirstAsync(row => row.GetFieldValue<short[]>(0), token) ?? []);
            return found;
        }, cancel);
        return cells.FindAll(cell => !closed.GetValueOrDefault(cell.Group, []).Any(term => cell.Date >= term.From && cell.Date <= term.To));
    }

    private Task<(string? Code, int Window, List<Bare> Cells)> LookAsync(Actor actor, ExcusedDays days, CancellationToken cancel) => db.ReadAsync(actor, batch =>
    {
        batch.Add("select code from journal.absence_codes where school_id = $1 and category = any($2) order by array_position($2, category), position limit 1",
            days.SchoolId, AbsenceReasons.Categories(days.Reason));
        batch.Add("select edit_window_days from journal.settings where school_id = $1", days.SchoolId);
        // Plan: one range of (year, learner, date); a mark is a probe of the primary key.
        batch.AddOfYear("""
            select a.group_id, a.lesson_id, a.lesson_date, a.code, a.version, m.value, m.work_type, m.weight, m.comment, m.version, m.recorded_by
              from journal.absences a
              join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code and c.category = 'unknown'
              left join journal.marks m on m.school_year = a.school_year and m.school_id = a.school_id and m.group_id = a.group_id
                   and m.learner_id = a.learner_id and m.lesson_id = a.lesson_id
             where a.school_year = $1 and a.school_id = $2 and a.learner_id = $3 and a.lesson_date between $4 and $5
             order by a.group_id, a.lesson_id, m.slot
            """, days.SchoolYear, days.SchoolId, days.LearnerId, days.From, days.To);
    }, async (reader, token) => (
        await reader.ReadFirstAsync(r => r.GetString(0), token),
        await reader.ReadFirstAsync(r => (int?)r.GetInt16(0), token) ?? SeenCells.DefaultEditWindowDays,
        Joined(await reader.ReadAllAsync(r => new Bare(r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetString(3), r.GetInt32(4),
            r.IsDBNull(5) ? null : new CellState(r.GetString(5), r.GetInt16(6), r.GetInt16(7), r.Text(8), r.GetInt32(9), r.GetGuid(10))), token))), cancel);

    // A cell's further marks come in rows of their own, in order.
    private static List<Bare> Joined(List<Bare> rows) => [.. rows.GroupBy(row => (row.Group, row.Lesson)).Select(cell => cell.First() with
    {
        Mark = cell.Skip(1).Aggregate(cell.First().Mark, (all, next) => all!.And(next.Mark!.Value, new(next.Mark.Work, next.Mark.Weight))),
    })];

    // A cell that its teacher has changed since the look has another version and is passed over.
    private void AddChange(NpgsqlBatch batch, Actor actor, ExcusedDays days, string code, List<Bare> cells) => batch.AddOfYear("""
        with changed as (
          update journal.absences a set code = $4, version = x.version + 1, recorded_by = $5, recorded_at = $6
            from unnest($7, $8, $9, $10) as x(grp, lesson, version, was)
           where a.school_year = $1 and a.school_id = $2 and a.group_id = x.grp and a.learner_id = $3 and a.lesson_id = x.lesson and a.version = x.version
          returning a.group_id, a.lesson_id, a.version, x.was),
        noted as (
          insert into journal.cell_history (school_year, school_id, group_id, lesson_id, learner_id, kind, version, old_value, new_value, why, at, by_person, session_id, request_key)
          select $1, $2, group_id, lesson_id, $3, 'absence', version, was, $4, $11, $6, $5, $12, $13 from changed)
        select lesson_id from changed
        """, days.SchoolYear, days.SchoolId, days.LearnerId, code, actor.PersonId, clock.Now,
        cells.Select(c => c.Group).ToArray(), cells.Select(c => c.Lesson).ToArray(), cells.Select(c => c.Version).ToArray(), cells.Select(c => c.Code).ToArray(),
        string.Format(Words.Russian, Texts.ExcusedByNote, AbsenceReasons.Word(days.Reason)), actor.SessionId, Ids.New());
}
