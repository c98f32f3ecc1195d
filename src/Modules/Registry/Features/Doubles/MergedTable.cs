namespace MySchool.Registry.Features.Doubles;

/// <summary>A table whose rows speak of a person and follow the person into a merge, and back.</summary>
/// <param name="Name">The table.</param>
/// <param name="Column">The column with the person.</param>
/// <param name="Keys">Columns a row is known by, without the person.</param>
/// <param name="SameFact">When the survivor's row <c>s</c> says already what the row <c>t</c> says: then it is folded away.</param>
internal sealed record MergedTable(string Name, string Column, string[] Keys, string SameFact)
{
    private const string Overlap = "s.starts_on <= coalesce(t.ends_on, 'infinity') and t.starts_on <= coalesce(s.ends_on, 'infinity')";

    public static readonly IReadOnlyList<MergedTable> All =
    [
        new("enrolments", "person_id", ["school_id", "id"], $"s.class_id = t.class_id and {Overlap}"),
        new("memberships", "person_id", ["unit_id", "id"], $"s.unit_id = t.unit_id and s.role = t.role and {Overlap}"),
        new("class_leaders", "person_id", ["school_id", "id"], $"s.class_id = t.class_id and {Overlap}"),
        new("teaching_assignments", "person_id", ["school_id", "id"], $"s.group_id = t.group_id and {Overlap}"),
        new("group_members", "person_id", ["school_id", "group_id", "starts_on"], $"s.group_id = t.group_id and {Overlap}"),
        new("guardianships", "learner_id", ["guardian_id", "starts_on"], $"s.guardian_id = t.guardian_id and {Overlap}"),
        new("guardianships", "guardian_id", ["learner_id", "starts_on"], $"s.learner_id = t.learner_id and {Overlap}"),
        new("movements", "person_id", ["school_id", "id"], "false"),
        new("appointments", "person_id", ["order_id"], "false"),
    ];

    /// <summary>How many rows a merge would give and fold away; $1 the survivor, $2 whoever goes.</summary>
    public string CountSql => $"select count(*) filter (where not folds), count(*) filter (where folds) from ({Theirs}) m";

    /// <summary>Keeps the rows as they are: $1 the survivor, $2 whoever goes, $3 the merge.</summary>
    public string KeepSql => $"""
        insert into registry.merge_rows (merge_id, table_name, column_name, is_folded, row)
        select $3, '{Name}', '{Column}', folds, row from ({Theirs}) m
        """;

    /// <summary>Takes folded rows away; same parameters, $2 not used.</summary>
    public string FoldSql => $"delete from registry.{Name} t using {Kept} where {Mine("$3")} and m.is_folded and t.{Column} = r.{Column} and {OnKeys}";

    /// <summary>Gives the others to the survivor: $1.</summary>
    public string GiveSql => $"update registry.{Name} t set {Column} = $1 from {Kept} where {Mine("$3")} and not m.is_folded and t.{Column} = r.{Column} and {OnKeys}";

    /// <summary>Gives rows back: $1 the survivor, $2 whoever comes back. What was changed of them since stays changed.</summary>
    public string ReturnSql => $"update registry.{Name} t set {Column} = $2 from {Kept} where {Mine("$3")} and not m.is_folded and t.{Column} = $1 and {OnKeys}";

    /// <summary>Unfolds.</summary>
    public string UnfoldSql => $"insert into registry.{Name} select r.* from {Kept} where {Mine("$3")} and m.is_folded on conflict do nothing";

    private string Theirs =>
        $"select to_jsonb(t) as row, exists (select from registry.{Name} s where s.{Column} = $1 and {SameFact}) as folds from registry.{Name} t where t.{Column} = $2";

    private string Kept => $"registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.{Name}, m.row) r";

    private string OnKeys => string.Join(" and ", Keys.Select(key => $"t.{key} = r.{key}"));

    private string Mine(string merge) => $"m.merge_id = {merge} and m.table_name = '{Name}' and m.column_name = '{Column}'";
}
