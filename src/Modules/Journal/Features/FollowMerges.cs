using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Marks, absences, their history, ticks and statements follow two cards that became one, and go back when they are parted.</summary>
internal sealed class FollowMerges(IClock clock) : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    private const string SameLesson = "s.school_year = t.school_year and s.school_id = t.school_id and s.group_id = t.group_id and s.lesson_id = t.lesson_id";

    private const string SamePeriod = "s.school_year = t.school_year and s.school_id = t.school_id and s.group_id = t.group_id and s.period = t.period";

    // Tables are parted by year and found by school, group or learner within it; history knows no index of learners.
    public const string Years = " and t.school_year = any(array(select generate_series(2020, 2040))::smallint[])";
    private const string InSchools = $"{Years} and t.school_id = any($4)";
    private const string InGroups = $"{InSchools} and t.group_id = any($5)";

    public static readonly FollowedRows Rows = new("journal",
    [
        Of("criteria_points", ["school_year", "school_id", "lesson_id"], "s.school_year = t.school_year and s.school_id = t.school_id and s.lesson_id = t.lesson_id", InGroups),
        Of("debts", ["school_year", "school_id", "group_id", "lesson_id"], SameLesson, InGroups),
        Of("marks", ["school_year", "school_id", "group_id", "lesson_id", "slot"], $"{SameLesson} and s.slot = t.slot", InGroups),
        Of("absences", ["school_year", "school_id", "group_id", "lesson_id"], SameLesson, InGroups),
        Of("cell_history", ["school_year", "school_id", "group_id", "lesson_id", "kind", "version"], $"{SameLesson} and (s.kind = 'absence') = (t.kind = 'absence') and s.version = t.version", InGroups),
        Of("homework_done", ["school_year", "school_id", "homework_id"], "s.school_year = t.school_year and s.school_id = t.school_id and s.homework_id = t.homework_id", InSchools),
        Of("homework_learners", ["school_year", "school_id", "homework_id"], "s.school_year = t.school_year and s.school_id = t.school_id and s.homework_id = t.homework_id", InSchools),
        Of("term_marks", ["school_year", "school_id", "group_id", "period"], SamePeriod, InGroups),
        Of("term_mark_history", ["school_year", "school_id", "group_id", "period", "version"], $"{SamePeriod} and s.version = t.version", InGroups),
        Of("former_groups", ["school_year", "school_id", "group_id", "movement_id"], "false", ""),
        Of("statements", ["school_year", "school_id", "movement_id"], "false", ""),
        Of("absence_notes", ["school_year", "school_id", "id"], "false", ""),
        new("journal", "absence_notes", "author_id", ["school_year", "school_id", "id"], "false"),
        Of("absence_words", ["school_year", "school_id", "note_id"], "false", ""),
        Of("care_notes", ["school_year", "school_id", "id"], "false", ""),
        Of("diary_views", ["school_year", "school_id", "week", "by_person"], "s.school_year = t.school_year and s.school_id = t.school_id and s.week = t.week and s.by_person = t.by_person", ""),
        new("journal", "phrases", "person_id", ["school_id", "id"], "s.school_id = t.school_id and lower(s.text) = lower(t.text)"),
        new("journal", "plans", "owner_id", ["school_id", "id"], "false"),
        new("journal", "diary_views", "by_person", ["school_year", "school_id", "learner_id", "week"],
            "s.school_year = t.school_year and s.school_id = t.school_id and s.learner_id = t.learner_id and s.week = t.week"),
    ]);

    public async Task HandleAsync(IReadOnlyList<PeopleMerged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var merge in happened)
        {
            object[] within = [merge.Schools.ToArray(), merge.Groups.ToArray()];
            await MakeRoomAsync(connection, merge.SurvivorId, merge.FormerId, within, cancel);
            var before = await LastAsync(connection, merge.MergeId, cancel);
            if (await Rows.FollowAsync(connection, merge.MergeId, merge.SurvivorId, merge.FormerId, within, cancel))
                await CountAsync(connection, merge.MergeId, before, -1, cancel);
            await RefreshAsync(connection, [merge.SurvivorId], cancel);
        }
    }

    public async Task HandleAsync(IReadOnlyList<PeopleParted> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var parting in happened)
        {
            await CountAsync(connection, parting.MergeId, 0, 1, cancel);
            await Rows.ReturnAsync(connection, parting.MergeId, parting.SurvivorId, parting.FormerId, cancel);
            await RefreshAsync(connection, [parting.SurvivorId, parting.FormerId], cancel);
        }
    }

    // The merge was refused while both had a mark at one lesson; one that was saved in the same moment takes the
    // next place of the cell: the family sees both, the grid the first, and none is lost.
    private static async Task MakeRoomAsync(NpgsqlConnection connection, Guid survivor, Guid former, object[] within, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add($"""
            update journal.marks t set slot = (select max(s.slot) + 1 from journal.marks s where s.learner_id = $1 and {SameLesson})
             where t.learner_id = $2{InGroups.Replace("$4", "$3", StringComparison.Ordinal).Replace("$5", "$4", StringComparison.Ordinal)}
               and exists (select from journal.marks s where s.learner_id = $1 and {SameLesson} and s.slot = t.slot)
               and (select max(s.slot) from journal.marks s where s.learner_id = $1 and {SameLesson}) < 19
            """, [survivor, former, .. within]);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<long> LastAsync(NpgsqlConnection connection, Guid merge, CancellationToken cancel)
    {
        await using var last = new NpgsqlCommand("select coalesce(max(number), 0) from journal.merge_rows where merge_id = $1", connection) { Parameters = { new() { Value = merge } } };
        return (long)(await last.ExecuteScalarAsync(cancel))!;
    }

    // What was folded is one fact where the day counted two.
    private static async Task CountAsync(NpgsqlConnection connection, Guid merge, long after, int step, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            update journal.day_totals d set marks = d.marks + $3 * w.marks, absences = d.absences + $3 * w.absences from (
              select (row ->> 'school_id')::uuid as school_id, (row ->> 'lesson_date')::date as date, (count(*) filter (where table_name = 'marks'))::int as marks,
                     (count(*) filter (where table_name = 'absences'))::int as absences
                from journal.merge_rows where merge_id = $1 and number > $2 and is_folded and table_name in ('marks', 'absences') group by 1, 2) w
             where d.school_id = w.school_id and d.date = w.date
            """, merge, after, step);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task RefreshAsync(NpgsqlConnection connection, Guid[] learners, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select distinct school_id, school_year from journal.statements where learner_id = any($1)", connection) { Parameters = { new() { Value = learners } } };
        List<(Guid School, short Year)> given;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) given = await reader.ReadAllAsync(row => (row.GetGuid(0), row.GetInt16(1)), cancel);
        foreach (var (school, year) in given) await Statements.FillAsync(connection, school, year, learners, clock.Now, cancel);
    }

    private static FollowedTable Of(string name, string[] keys, string sameFact, string within) => new("journal", name, "learner_id", keys, sameFact) { Within = within };
}

/// <summary>Names lessons at which both cards have a mark, or absences that differ: which of them is true only the teacher knows.</summary>
internal sealed class FindMergeConflicts(WorkerDb db, IRegistry registry) : IMergeConflicts
{
    private const int MostNamed = 5;

    public async Task<ImmutableArray<string>> FindConflictsAsync(Guid survivorId, Guid formerId, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        foreach (var (table, value, differ) in ((string, string, string)[])[("marks", "value", ""), ("absences", "code", "and s.code <> t.code")])
            batch.Add($"""
                select s.lesson_date, s.group_id, s.{value}, t.{value} from journal.{table} s
                  join journal.{table} t on t.school_year = s.school_year and t.school_id = s.school_id and t.group_id = s.group_id and t.lesson_id = s.lesson_id {differ}
                 where s.learner_id = $1 and t.learner_id = $2{FollowMerges.Years} order by 1 limit {MostNamed}
                """, survivorId, formerId);
        batch.Add($"""
            select s.group_id, s.value, t.value from journal.term_marks s
              join journal.term_marks t on t.school_year = s.school_year and t.school_id = s.school_id and t.group_id = s.group_id and t.period = s.period and t.value <> s.value
             where s.learner_id = $1 and t.learner_id = $2{FollowMerges.Years} order by 1 limit {MostNamed}
            """, survivorId, formerId);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var marks = await reader.ReadAllAsync(Read, cancel);
        var absences = await reader.ReadAllAsync(Read, cancel);
        var results = await reader.ReadAllAsync(row => (Group: row.GetGuid(0), One: row.GetString(1), Other: row.GetString(2)), cancel);
        if (marks.Count + absences.Count + results.Count == 0) return [];
        var titles = await registry.GetGroupTitlesAsync([.. marks.Concat(absences).Select(clash => clash.Group), .. results.Select(clash => clash.Group)], cancel);
        return [.. marks.Select(clash => Say(Texts.MergeTwoMarks, clash)), .. absences.Select(clash => Say(Texts.MergeTwoAbsences, clash)),
            .. results.Select(clash => string.Format(Words.Russian, Texts.MergeTwoTermMarks, titles.GetValueOrDefault(clash.Group, ""), clash.One, clash.Other))];

        string Say(string words, (DateOnly Date, Guid Group, string One, string Other) clash) =>
            string.Format(Words.Russian, words, Words.Date(clash.Date), titles.GetValueOrDefault(clash.Group, ""), clash.One, clash.Other);
    }

    private static (DateOnly Date, Guid Group, string One, string Other) Read(NpgsqlDataReader row) => (row.GetFieldValue<DateOnly>(0), row.GetGuid(1), row.GetString(2), row.GetString(3));
}
