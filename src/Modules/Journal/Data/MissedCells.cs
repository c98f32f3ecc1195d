using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Data;

/// <summary>What changed while a page was not listening, as it stands now.</summary>
internal static class MissedCells
{
    // A page away for longer than this many cells' worth is as good as a fresh one once it is told them.
    private const int Most = 1000;

    public static async Task<List<CellAnswer>> ReadAsync(AppDb db, Actor actor, GroupRoster group, DateTimeOffset since, CancellationToken cancel)
    {
        var rows = await ReadRowsAsync(db, actor, group, since, cancel);
        // A cell's further marks come in rows of their own, in order.
        return [.. rows.GroupBy(row => (row.Lesson, row.Learner)).Select(cell => cell.First() with
        {
            Mark = cell.First().Mark is null ? null : CellShow.Joined([.. cell.Select(row => row.Mark!)]),
        })];
    }

    private static Task<List<CellAnswer>> ReadRowsAsync(AppDb db, Actor actor, GroupRoster group, DateTimeOffset since, CancellationToken cancel) =>
        db.ReadAsync(actor, batch => batch.AddOfYear("""
            select c.lesson_id, c.learner_id, m.value, m.work_type, m.weight, m.comment, m.version, a.code, a.version,
                   case when m.value = '•' then (select due_on from journal.debts d
                     where d.school_year = $1 and d.school_id = $2 and d.group_id = $3 and d.learner_id = c.learner_id and d.lesson_id = c.lesson_id) end
              from (select distinct lesson_id, learner_id from journal.cell_history
                     where school_year = $1 and school_id = $2 and group_id = $3 and at >= $4 limit $5) c
              left join journal.marks m on m.school_year = $1 and m.school_id = $2 and m.group_id = $3
                   and m.lesson_id = c.lesson_id and m.learner_id = c.learner_id
              left join journal.absences a on a.school_year = $1 and a.school_id = $2 and a.group_id = $3
                   and a.lesson_id = c.lesson_id and a.learner_id = c.learner_id
             order by c.lesson_id, c.learner_id, m.slot
            """, group.SchoolYear, group.SchoolId, group.GroupId, since, Most),
            (reader, token) => reader.ReadAllAsync(r => new CellAnswer(
                r.GetGuid(0), r.GetGuid(1), "saved",
                r.IsDBNull(2) ? null : new RecordedMark(r.GetString(2), r.GetInt16(3), r.GetInt16(4), r.Text(5), r.GetInt32(6), "") { Due = r.Maybe<DateOnly>(9) },
                r.IsDBNull(7) ? null : new RecordedAbsence(r.GetString(7), r.GetInt32(8), ""), null), token),
            cancel);

    public static Task<bool> AnyAsync(AppDb db, Actor actor, LearnerFacts learner, DateTimeOffset since, CancellationToken cancel) =>
        db.ReadAsync(actor, batch => batch.AddOfYear("""
            select exists (select from journal.cell_history
              where school_year = $1 and school_id = $2 and group_id = any($3) and learner_id = $4 and at >= $5)
            """, learner.SchoolYear, learner.SchoolId, learner.Groups.Select(g => g.GroupId).ToArray(), learner.PersonId, since),
            (reader, token) => reader.ReadFirstAsync(r => r.GetBoolean(0), token), cancel);
}
