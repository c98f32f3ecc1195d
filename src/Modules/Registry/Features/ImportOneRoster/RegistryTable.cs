namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>A table of the registry that an import fills out of a temporary one of the same columns.</summary>
/// <param name="Name">The table.</param>
/// <param name="Keys">Columns a row is known by.</param>
/// <param name="Columns">The other columns.</param>
/// <param name="RowId">What the history calls the row.</param>
/// <param name="School">Expression of the school the history row belongs to; <c>d</c> is the row.</param>
internal sealed record RegistryTable(string Name, string[] Keys, string[] Columns, string RowId = "id", string School = "d.school_id")
{
    // In the order of foreign keys.
    public static readonly IReadOnlyList<RegistryTable> All =
    [
        new("organisations", ["id"], ["parent_id", "kind", "name", "short_name", "oktmo", "inn", "ogrn", "address", "time_zone", "source_id"],
            School: "case d.kind when 'school' then d.id end"),
        new("academic_years", ["school_id", "year"], ["starts_on", "ends_on"], "school_id") { Plan = "p_years" },
        new("terms", ["school_id", "id"], ["year", "number", "name", "starts_on", "ends_on", "source_id"]),
        new("subjects", ["id"], ["name", "short_name", "code"], School: "null::uuid"),
        new("classes", ["school_id", "id"], ["year", "grade", "letter", "shift", "source_id"]),
        new("people", ["id"], ["last_name", "first_name", "middle_name", "birth_date", "gender", "source_id"],
            School: "(select x.school_id from i_scope x limit 1)"),
        new("memberships", ["unit_id", "id"], ["person_id", "role", "starts_on", "ends_on", "source_id"], School: "d.unit_id"),
        new("enrolments", ["school_id", "id"], ["person_id", "class_id", "starts_on", "ends_on", "source_id"]),
        new("teaching_groups", ["school_id", "id"], ["class_id", "subject_id", "year", "kind", "name", "source_id"]) { Plan = "p_groups" },
        new("group_members", ["school_id", "group_id", "person_id", "starts_on"], ["ends_on"], "group_id") { Plan = "p_members" },
        new("teaching_assignments", ["school_id", "id"], ["group_id", "person_id", "starts_on", "ends_on", "source_id"]) { Plan = "p_assignments" },
        new("class_leaders", ["school_id", "id"], ["class_id", "person_id", "starts_on", "ends_on"]) { Plan = "p_leaders" },
        new("guardianships", ["guardian_id", "learner_id", "starts_on"], ["kinship"], "learner_id", "(select x.school_id from i_scope x limit 1)"),
    ];

    /// <summary>The temporary table.</summary>
    public string Plan { get; init; } = "p_" + Name;

    /// <summary>Rows that differ are changed, their old and new state kept; the count of rows is the answer.</summary>
    public string ChangeSql => $"""
        with changed as (
          select d.*, to_jsonb(t) as old_row, to_jsonb(d) as new_row from {Plan} d join registry.{Name} t on {OnKeys}
           where ({List("t.", Columns)}) is distinct from ({List("d.", Columns)})),
        logged as (
          insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why)
          select pg_temp.uuid7(), x.at, '{Name}', d.{RowId}, {School}, x.actor_id, d.old_row, d.new_row, 'import'
            from changed d cross join (select * from i_scope limit 1) x)
        update registry.{Name} t set {string.Join(", ", Columns.Select(c => $"{c} = d.{c}"))} from changed d where {OnKeys}
        """;

    /// <summary>Rows that are new are added.</summary>
    public string AddSql => $"""
        insert into registry.{Name} ({List("", [.. Keys, .. Columns])})
        select {List("d.", [.. Keys, .. Columns])} from {Plan} d where not exists (select from registry.{Name} t where {OnKeys})
         order by {List("d.", Keys)}
        """;

    public string CountSql => $"select count(*) from {Plan}";

    public string OnKeys => string.Join(" and ", Keys.Select(key => $"t.{key} = d.{key}"));

    public static string List(string prefix, IEnumerable<string> columns) => string.Join(", ", columns.Select(c => prefix + c));
}
