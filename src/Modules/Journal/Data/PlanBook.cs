using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Journal.Data;

/// <summary>Head of a plan.</summary>
internal sealed record PlanHead(Guid SchoolId, Guid Id, Guid OwnerId, short SchoolYear, string SubjectName, short Grade, string Title, int Version)
{
    public const string Columns = "p.school_id, p.id, p.owner_id, p.school_year, p.subject_name, p.grade, p.title, p.version";

    public static PlanHead Read(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetInt16(3), r.GetString(4), r.GetInt16(5), r.GetString(6), r.GetInt32(7));
}

/// <summary>A kind of lesson in the school's dictionary.</summary>
internal sealed record LessonKind(short Number, string Name, string ShortName, short? Work, bool IsReserve)
{
    public const string Sql = "select number, name, short_name, work_type, is_reserve from journal.lesson_kinds where school_id = $1 order by number";

    public static LessonKind Read(NpgsqlDataReader r) => new(r.GetInt16(0), r.GetString(1), r.GetString(2), r.Maybe<short>(3), r.GetBoolean(4));
}

/// <summary>A group with the plan it learns by, laid over its lessons.</summary>
internal sealed record GroupPlan(Guid PlanId, PlanLayout Layout);

/// <summary>Plans as statements and pages share them.</summary>
internal static class PlanBook
{
    private const string RowColumns = "r.id, r.is_section, r.title, r.hours, r.kind, r.homework, r.note";

    /// <summary>Lines of one plan.</summary>
    public static void AddRows(NpgsqlBatch batch, Guid school, Guid plan) =>
        batch.Add($"select {RowColumns} from journal.plan_rows r where r.school_id = $1 and r.plan_id = $2 order by r.position", school, plan);

    public static PlanRow ReadRow(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetBoolean(1), r.GetString(2), r.GetInt16(3), r.Maybe<short>(4), r.GetString(5), r.GetString(6));

    /// <summary>Hours given of each line by any group: how much of it must stay.</summary>
    public static void AddGiven(NpgsqlBatch batch, PlanHead plan) => batch.AddOfYear("""
        select row_id, max(times)::int from (
          select row_id, group_id, count(*) as times from journal.lesson_topics where school_year = $1 and school_id = $2 and plan_id = $3 group by 1, 2) t group by 1
        """, plan.SchoolYear, plan.SchoolId, plan.Id);

    public static async Task<IReadOnlyDictionary<Guid, int>> ReadGivenAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        (await reader.ReadAllAsync(r => (Row: r.GetGuid(0), Times: r.GetInt32(1)), cancel)).ToDictionary(pair => pair.Row, pair => pair.Times);

    /// <summary>Plans of groups with their lines, lessons and what these have given. Nothing comes for a group without a plan.</summary>
    /// <remarks>Plan: probes of plan_groups; ranges of (school, plan), (year, school, group, date) and (year, school, group).</remarks>
    public static void AddGroups(NpgsqlBatch batch, short year, Guid school, Guid[] groups)
    {
        const string OfGroups = "journal.plan_groups g where g.school_id = $2 and g.group_id = any($3)";
        batch.Add($"select g.group_id, g.plan_id from {OfGroups} and g.school_year = $1", year, school, groups);
        batch.Add($"""
            select {RowColumns}, r.plan_id from journal.plan_rows r
             where r.school_id = $2 and r.plan_id = any(array(select g.plan_id from {OfGroups} and g.school_year = $1)) order by r.plan_id, r.position
            """, year, school, groups);
        batch.AddOfYear($"""
            select l.group_id, l.id, l.date, l.number, l.is_cancelled, l.topic <> '' from journal.lessons l
             where l.school_year = $1 and l.school_id = $2 and l.group_id = any(array(select g.group_id from {OfGroups})) order by l.group_id, l.date, l.number
            """, year, school, groups);
        batch.AddOfYear("select lesson_id, row_id from journal.lesson_topics where school_year = $1 and school_id = $2 and group_id = any($3)", year, school, groups);
    }

    public static async Task<IReadOnlyDictionary<Guid, GroupPlan>> ReadGroupsAsync(NpgsqlDataReader reader, DateOnly today, CancellationToken cancel)
    {
        var plans = await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Plan: r.GetGuid(1)), cancel);
        var rows = (await reader.ReadAllAsync(r => (Plan: r.GetGuid(7), Row: ReadRow(r)), cancel)).ToLookup(line => line.Plan, line => line.Row);
        var lessons = (await reader.ReadAllAsync(r => (Group: r.GetGuid(0),
            Lesson: new PlanLesson(r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetBoolean(4), r.GetBoolean(5))), cancel)).ToLookup(line => line.Group, line => line.Lesson);
        var facts = (await reader.ReadAllAsync(r => (Lesson: r.GetGuid(0), Row: r.GetGuid(1)), cancel)).ToLookup(line => line.Lesson, line => line.Row);
        return plans.ToDictionary(pair => pair.Group, pair => new GroupPlan(pair.Plan, new PlanLayout([.. rows[pair.Plan]], [.. lessons[pair.Group]], facts, today)));
    }

    /// <summary>The plan of one group; null when it has none.</summary>
    public static Task<GroupPlan?> OfGroupAsync(AppDb db, Actor actor, short year, Guid school, Guid group, DateOnly today, CancellationToken cancel) => db.ReadAsync(actor,
        batch => AddGroups(batch, year, school, [group]), async (reader, token) => (await ReadGroupsAsync(reader, today, token)).GetValueOrDefault(group), cancel);

    /// <summary>Takes a topic to a lesson instead of what stood there; none clears. In the transaction of the lesson's own change.</summary>
    public static void AddFacts(NpgsqlBatch batch, short year, Guid school, Guid group, Guid lesson, IReadOnlyCollection<Guid> rows)
    {
        batch.AddOfYear("delete from journal.lesson_topics where school_year = $1 and school_id = $2 and group_id = $3 and lesson_id = $4 and row_id <> all($5)", year, school, group, lesson, rows.ToArray());
        if (rows.Count > 0)
            batch.AddOfYear("""
                insert into journal.lesson_topics (school_year, school_id, group_id, lesson_id, row_id, plan_id)
                select $1, $2, $3, $4, r.id, r.plan_id from journal.plan_groups g join journal.plan_rows r on r.school_id = g.school_id and r.plan_id = g.plan_id
                 where g.school_id = $2 and g.group_id = $3 and r.id = any($5) and not r.is_section
                on conflict do nothing
                """, year, school, group, lesson, rows.ToArray());
    }
}

/// <summary>Writes a plan's lines as one step with its way back.</summary>
internal static class PlanWrites
{
    private const int StepsKept = 30;

    /// <summary>Writes lines that differ, removes those that are gone, keeps what stood before. Statement by statement within one transaction.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="plan">Head as it was seen: another version writes nothing and the first statement answers no row.</param>
    /// <param name="before">Lines as they were.</param>
    /// <param name="after">Lines as they are to be.</param>
    /// <param name="deed">What was done.</param>
    /// <param name="at">When.</param>
    public static void AddStep(NpgsqlBatch batch, PlanHead plan, ImmutableArray<PlanRow> before, ImmutableArray<PlanRow> after, string deed, DateTimeOffset at)
    {
        batch.Add("insert into journal.plan_history (school_id, plan_id, version, at, deed, rows) values ($1, $2, $3, $4, $5, $6)",
            plan.SchoolId, plan.Id, plan.Version, at, deed, Jsonb(before));
        batch.Add("delete from journal.plan_history where school_id = $1 and plan_id = $2 and version <= $3", plan.SchoolId, plan.Id, plan.Version - StepsKept);
        AddRows(batch, plan, after);
    }

    /// <summary>The lines, and nothing of history.</summary>
    public static void AddRows(NpgsqlBatch batch, PlanHead plan, ImmutableArray<PlanRow> rows)
    {
        batch.Add("delete from journal.plan_rows where school_id = $1 and plan_id = $2 and id <> all($3)", plan.SchoolId, plan.Id, rows.Select(row => row.Id).ToArray());
        if (rows.IsEmpty) return;
        batch.Add("""
            insert into journal.plan_rows as r (school_id, plan_id, id, position, is_section, title, hours, kind, homework, note)
            select $1, $2, x.id, x.position, x.is_section, x.title, x.hours, nullif(x.kind, 0), x.homework, x.note
              from unnest($3, $4, $5, $6, $7, $8, $9) with ordinality as x(id, is_section, title, hours, kind, homework, note, position)
            on conflict (school_id, plan_id, id) do update
               set position = excluded.position, is_section = excluded.is_section, title = excluded.title, hours = excluded.hours, kind = excluded.kind,
                   homework = excluded.homework, note = excluded.note
             where (r.position, r.is_section, r.title, r.hours, r.kind, r.homework, r.note) is distinct from
                   (excluded.position, excluded.is_section, excluded.title, excluded.hours, excluded.kind, excluded.homework, excluded.note)
            """, plan.SchoolId, plan.Id, rows.Select(row => row.Id).ToArray(), rows.Select(row => row.IsSection).ToArray(), rows.Select(row => row.Title).ToArray(),
            rows.Select(row => (short)row.Hours).ToArray(), rows.Select(row => row.Kind ?? 0).ToArray(), rows.Select(row => row.Homework).ToArray(), rows.Select(row => row.Note).ToArray());
    }

    public static NpgsqlParameter Jsonb<T>(T value) => new() { Value = JsonSerializer.Serialize(value, Json.Options), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
