using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>
/// Indexes of the largest tables, taken away for a region's load and built anew after it: sorting once is several times
/// cheaper than twenty million insertions. Their definitions are saved first, so that an interrupted load loses none.
/// </summary>
internal sealed class HeavyIndexes(NpgsqlDataSource owner)
{
    private static readonly string[] Tables =
        ["journal.lessons", "journal.marks", "journal.absences", "journal.cell_history", "journal.homework"];

    public async Task DropAsync(CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var save = new NpgsqlCommand("""
            insert into demo.dropped_indexes (position, ddl)
            select row_number() over (order by is_key desc, name), ddl from (
              select true as is_key, c.conname as name, format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as ddl
                from pg_constraint c where c.contype = 'p' and c.conrelid = any($1::regclass[])
              union all
              select false, x.relname, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
                from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = any($1::regclass[]) and not i.indisprimary) d
            """, connection, transaction))
        {
            save.Parameters.Add(new() { Value = Tables });
            await save.ExecuteNonQueryAsync(cancel);
        }
        await using (var drop = new NpgsqlCommand($"""
            do $$ declare r record; begin
              for r in select c.conrelid::regclass as t, c.conname as n from pg_constraint c
                        where c.contype = 'p' and c.conrelid = any('{Quoted}'::regclass[]) loop
                execute format('alter table %s drop constraint %I', r.t, r.n);
              end loop;
              for r in select i.indexrelid::regclass as n from pg_index i where i.indrelid = any('{Quoted}'::regclass[]) loop
                execute format('drop index %s', r.n);
              end loop;
            end $$
            """, connection, transaction))
            await drop.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Builds what is missing; each index leaves the list in the transaction that makes it.</summary>
    public async Task RestoreAsync(Action<int, int>? report, CancellationToken cancel)
    {
        var waiting = new List<(int Position, string Ddl)>();
        await using (var read = owner.CreateCommand("select position, ddl from demo.dropped_indexes order by position"))
        await using (var reader = await read.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) waiting.Add((reader.GetInt32(0), reader.GetString(1)));

        var done = 0;
        foreach (var (position, ddl) in waiting)
        {
            report?.Invoke(done, waiting.Count);
            await using var connection = await owner.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var build = new NpgsqlCommand($"set local maintenance_work_mem = '1GB'; {ddl}; delete from demo.dropped_indexes where position = {position}", connection, transaction)
            {
                CommandTimeout = 0,
            };
            await build.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            report?.Invoke(++done, waiting.Count);
        }
    }

    private static string Quoted => "{" + string.Join(',', Tables) + "}";
}
