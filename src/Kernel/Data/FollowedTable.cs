namespace MySchool.Kernel.Data;

/// <summary>A table whose rows speak of a person, follow the person when two cards are merged, and go back when they are parted.</summary>
/// <remarks>
/// Each row that moves is kept as it was in <c>merge_rows</c> of the same schema: given to the survivor, or folded away because the
/// survivor's row says the same already. So a parting is exact, and what was written since stays with the survivor.
/// </remarks>
/// <param name="Schema">The module's schema.</param>
/// <param name="Name">The table.</param>
/// <param name="Column">The column with the person.</param>
/// <param name="Keys">Columns a row is known by, without the person.</param>
/// <param name="SameFact">When the survivor's row <c>s</c> says already what the row <c>t</c> says.</param>
public sealed record FollowedTable(string Schema, string Name, string Column, string[] Keys, string SameFact)
{
    /// <summary>Further conditions on a row <c>t</c> that lead to it by an index; parameters from $4 on. Rows may be looked for wider than they are, never narrower.</summary>
    public string Within { get; init; } = "";

    /// <summary>Whether a row may be said twice.</summary>
    public bool Folds => SameFact != "false";

    /// <summary>How many rows a merge would give and fold away: $1 the survivor, $2 whoever goes.</summary>
    public string CountSql => $"select count(*) filter (where not folds), count(*) filter (where folds) from ({Theirs}) m";

    /// <summary>Keeps the rows as they are: $1 the survivor, $2 whoever goes, $3 the merge, then what <see cref="Within"/> needs.</summary>
    public string KeepSql => $"""
        insert into {Schema}.merge_rows (merge_id, table_name, column_name, is_folded, row)
        select $3, '{Name}', '{Column}', folds, row from ({Theirs}) m
        """;

    /// <summary>Takes folded rows away; same parameters, $2 not used.</summary>
    public string FoldSql => $"delete from {Schema}.{Name} t using {Kept} where {Mine("$3")} and m.is_folded and t.{Column} = r.{Column}{OnKeys}";

    /// <summary>Gives the others to the survivor: $1.</summary>
    public string GiveSql => $"update {Schema}.{Name} t set {Column} = $1 from {Kept} where {Mine("$3")} and not m.is_folded and t.{Column} = r.{Column}{OnKeys}";

    /// <summary>Gives rows back: $1 the survivor, $2 whoever comes back. What was changed of them since stays changed.</summary>
    public string ReturnSql => $"update {Schema}.{Name} t set {Column} = $2 from {Kept} where {Mine("$3")} and not m.is_folded and t.{Column} = $1{OnKeys}";

    /// <summary>Unfolds.</summary>
    public string UnfoldSql => $"insert into {Schema}.{Name} select r.* from {Kept} where {Mine("$3")} and m.is_folded on conflict do nothing";

    private string Theirs =>
        $"select to_jsonb(t) as row, exists (select from {Schema}.{Name} s where s.{Column} = $1 and {SameFact}) as folds from {Schema}.{Name} t where t.{Column} = $2{Within}";

    private string Kept => $"{Schema}.merge_rows m cross join lateral jsonb_populate_record(null::{Schema}.{Name}, m.row) r";

    private string OnKeys => string.Concat(Keys.Select(key => $" and t.{key} = r.{key}"));

    private string Mine(string merge) => $"m.merge_id = {merge} and m.table_name = '{Name}' and m.column_name = '{Column}'";
}
