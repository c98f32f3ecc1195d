using MySchool.Registry.Features.ImportOneRoster;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>
/// The same tables an import writes, as statements over the kept difference: found, looked at again, written, taken back.
/// $1 is the school and $2 the import; rows of the difference are compared by the columns an import may set and no others.
/// </summary>
/// <param name="Table">The table of the registry.</param>
/// <param name="Title">How a row <c>d</c> of the plan is called on the page.</param>
/// <param name="Note">What else tells it from others of that name.</param>
internal sealed record PlannedTable(RegistryTable Table, string Title, string Note = "''")
{
    private const string Person = "(select n.name from n_people n where n.id = d.person_id)";
    private const string OfClass = "coalesce((select n.name from n_classes n where n.id = d.class_id), '')";
    private const string OfGroup = "coalesce((select n.name from n_groups n where n.id = d.group_id), '')";

    public static readonly IReadOnlyList<PlannedTable> All =
    [
        Of("organisations", "d.name"),
        Of("academic_years", "d.year || '/' || d.year + 1"),
        Of("terms", "d.name"),
        Of("subjects", "d.name"),
        Of("classes", "d.grade || d.letter"),
        Of("people", "trim(d.last_name || ' ' || d.first_name || ' ' || d.middle_name)"),
        Of("memberships", Person),
        Of("enrolments", Person, OfClass),
        Of("teaching_groups", "coalesce((select n.name from n_groups n where n.id = d.id), '')"),
        Of("group_members", Person, OfGroup),
        Of("teaching_assignments", Person, OfGroup),
        Of("class_leaders", Person, OfClass),
        Of("guardianships", "(select n.name from n_people n where n.id = d.guardian_id)", "(select n.name from n_people n where n.id = d.learner_id)"),
    ];

    /// <summary>Columns that say till when a fact holds.</summary>
    private bool Ends => Table.Columns.Contains("ends_on");

    private string Everything => RegistryTable.List("", [.. Table.Keys, .. Table.Columns]);

    private string Theirs => RegistryTable.List("r.", [.. Table.Keys, .. Table.Columns]);

    private string Held => RegistryTable.List("t.", Table.Columns);

    private string Wanted => RegistryTable.List("r.", Table.Columns);

    private string OnKeys => string.Join(" and ", Table.Keys.Select(key => $"t.{key} = r.{key}"));

    private string FirstKey => Table.Keys[^1];

    /// <summary>Finds what the plan would change; $3 is the number of the last row kept so far.</summary>
    public string FindSql => $"""
        insert into registry.import_changes (school_id, import_id, number, table_name, kind, row_id, title, note, old_row, new_row)
        select $1, $2, $3 + row_number() over (order by title, note, row_id), '{Table.Name}', kind, row_id, coalesce(title, ''), coalesce(note, ''), old_row, new_row from (
          select case when t.{FirstKey} is null then 'new' {Ended("t", "d")} else 'changed' end as kind, d.{Table.RowId} as row_id,
                 {Title} as title, {Note} as note, case when t.{FirstKey} is not null then to_jsonb(t) end as old_row, to_jsonb(d) as new_row
            from {Table.Plan} d left join registry.{Table.Name} t on {Table.OnKeys}
           where t.{FirstKey} is null or ({Held}) is distinct from ({RegistryTable.List("d.", Table.Columns)})) w
        """;

    /// <summary>Rows of the registry that are no longer as the difference shows them.</summary>
    public string MovedSql => $"""
        select count(*) from {Changes("coalesce(c.old_row, c.new_row)")} left join registry.{Table.Name} t on {OnKeys}
         where {Mine} and case when c.kind = 'new' then t.{FirstKey} is not null else t.{FirstKey} is null or ({Held}) is distinct from ({Wanted}) end
        """;

    /// <summary>Works the difference out anew against the registry of now.</summary>
    public string RefreshSql => $"""
        delete from registry.import_changes d using (
          select c.number from {Changes("coalesce(c.new_row, c.old_row)")} left join registry.{Table.Name} t on {OnKeys}
           where {Mine} and case when c.kind = 'removed' then t.{FirstKey} is null else t.{FirstKey} is not null and ({Held}) is not distinct from ({Wanted}) end) w
         where d.school_id = $1 and d.import_id = $2 and d.number = w.number;
        update registry.import_changes d set old_row = w.old_row, kind = w.kind from (
          select c.number, case when t.{FirstKey} is not null then to_jsonb(t) end as old_row,
                 case when t.{FirstKey} is null then 'new' {Ended("t", "r")} else 'changed' end as kind
            from {Changes("c.new_row")} left join registry.{Table.Name} t on {OnKeys}
           where {Mine} and c.kind <> 'removed') w
         where d.school_id = $1 and d.import_id = $2 and d.number = w.number
        """;

    /// <summary>Writes the difference. History first: $3 when, $4 who.</summary>
    public string ApplySql => $"""
        {History("c.old_row", "c.new_row", "import")};
        delete from registry.{Table.Name} t using {Changes("c.old_row")} where {Mine} and c.kind = 'removed' and {OnKeys};
        update registry.{Table.Name} t set {string.Join(", ", Table.Columns.Select(c => $"{c} = r.{c}"))} from {Changes("c.new_row")}
         where {Mine} and c.kind in ('changed', 'ended') and {OnKeys};
        insert into registry.{Table.Name} ({Everything}) select {Theirs} from {Changes("c.new_row")} where {Mine} and c.kind = 'new' order by c.number
        """;

    /// <summary>Rows that are no longer as the import left them: title and note, at most fifty.</summary>
    public string ObstacleSql => $"""
        select c.title, c.note from {Changes("coalesce(c.new_row, c.old_row)")} left join registry.{Table.Name} t on {OnKeys}
         where {Mine} and case when c.kind = 'removed' then t.{FirstKey} is not null else t.{FirstKey} is null or ({Held}) is distinct from ({Wanted}) end
         order by c.number limit 50
        """;

    /// <summary>Takes the difference back. Subjects are the country's: once named, they stay.</summary>
    public string UndoSql => $"""
        {History("c.new_row", "c.old_row", "undo")};
        {(Table.Name == "subjects" ? "" : $"delete from registry.{Table.Name} t using {Changes("c.new_row")} where {Mine} and c.kind = 'new' and {OnKeys};")}
        update registry.{Table.Name} t set {string.Join(", ", Table.Columns.Select(c => $"{c} = r.{c}"))} from {Changes("c.old_row")}
         where {Mine} and c.kind in ('changed', 'ended') and {OnKeys};
        insert into registry.{Table.Name} ({Everything}) select {Theirs} from {Changes("c.old_row")} where {Mine} and c.kind = 'removed'
        """;

    private string Mine => $"c.school_id = $1 and c.import_id = $2 and c.table_name = '{Table.Name}'";

    private string Changes(string row) => $"registry.import_changes c cross join lateral jsonb_populate_record(null::registry.{Table.Name}, {row}) r";

    private string Ended(string now, string then) => Ends
        ? $"when {then}.ends_on is not null and ({now}.ends_on is null or {then}.ends_on < {now}.ends_on) then 'ended'" : "";

    private string History(string before, string after, string why) => $"""
        insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why, import_id)
        select registry.uuid7(), $3, c.table_name, c.row_id, c.school_id, $4, {before}, {after}, '{why}', c.import_id from registry.import_changes c where {Mine}
        """;

    private static PlannedTable Of(string name, string title, string note = "''") => new(RegistryTable.All.Single(table => table.Name == name), title, note);
}
