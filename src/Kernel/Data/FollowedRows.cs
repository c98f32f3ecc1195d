using Npgsql;

namespace MySchool.Kernel.Data;

/// <summary>
/// Lets a module's rows follow a merge that was made elsewhere, and a parting. Told twice, late or in the wrong order, it does the
/// same: <c>merges</c> of the schema remembers what was followed, <c>merge_rows</c> what was moved.
/// </summary>
/// <param name="schema">The module's schema.</param>
/// <param name="tables">Its tables, in the order of their keys.</param>
public sealed class FollowedRows(string schema, IReadOnlyList<FollowedTable> tables)
{
    /// <summary>The tables.</summary>
    public IReadOnlyList<FollowedTable> Tables => tables;

    /// <summary>Moves what is left under the former id. Nothing when the merge has been parted already.</summary>
    /// <param name="connection">An open transaction of the worker.</param>
    /// <param name="merge">The merge.</param>
    /// <param name="survivor">Who stays.</param>
    /// <param name="former">Who goes.</param>
    /// <param name="within">Parameters of <see cref="FollowedTable.Within"/>, from $4 on.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Whether the merge stands.</returns>
    public async Task<bool> FollowAsync(NpgsqlConnection connection, Guid merge, Guid survivor, Guid former, object[] within, CancellationToken cancel)
    {
        if (await NoteAsync(connection, merge, survivor, former, isParted: false, cancel)) return false;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in tables)
        {
            batch.Add(table.KeepSql, [survivor, former, merge, .. table.Within.Length == 0 ? [] : within]);
            if (table.Folds) batch.Add(table.FoldSql, survivor, former, merge);
            batch.Add(table.GiveSql, survivor, former, merge);
        }
        await batch.ExecuteNonQueryAsync(cancel);
        return true;
    }

    /// <summary>Moves back what was moved, and remembers it no longer; a second time there is nothing to move.</summary>
    /// <param name="connection">An open transaction of the worker.</param>
    /// <param name="merge">The merge.</param>
    /// <param name="survivor">Who stayed.</param>
    /// <param name="former">Who comes back.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task ReturnAsync(NpgsqlConnection connection, Guid merge, Guid survivor, Guid former, CancellationToken cancel)
    {
        await NoteAsync(connection, merge, survivor, former, isParted: true, cancel);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in tables)
        {
            batch.Add(table.ReturnSql, survivor, former, merge);
            if (table.Folds) batch.Add(table.UnfoldSql, survivor, former, merge);
        }
        batch.Add($"delete from {schema}.merge_rows where merge_id = $1", merge);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    // Whoever follows the same merge at the same moment waits here.
    private async Task<bool> NoteAsync(NpgsqlConnection connection, Guid merge, Guid survivor, Guid former, bool isParted, CancellationToken cancel)
    {
        await using var note = new NpgsqlCommand($"""
            insert into {schema}.merges (merge_id, survivor_id, former_id, is_parted) values ($1, $2, $3, $4)
            on conflict (merge_id) do update set is_parted = merges.is_parted or excluded.is_parted returning is_parted
            """, connection);
        foreach (var value in (object[])[merge, survivor, former, isParted]) note.Parameters.Add(new NpgsqlParameter { Value = value });
        return (bool)(await note.ExecuteScalarAsync(cancel))!;
    }
}
