using Npgsql;

namespace MySchool.CommandLine.Backup;

/// <summary>Tables of the platform, each after those it refers to.</summary>
internal static class TableList
{
    // Partitions come with their parents; the list of migrations is the schema's, not data.
    private const string AllTables = """
        select c.oid, format('%I.%I', n.nspname, c.relname),
               array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum),
               array(select distinct f.confrelid from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'public')
         order by 2
        """;

    /// <summary>Reads the list in order of dependence.</summary>
    public static async Task<List<(string Name, string[] Columns)>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var waiting = new List<(uint Id, string Name, string[] Columns, uint[] Needs)>();
        await using (var command = new NpgsqlCommand(AllTables, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                waiting.Add((reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetFieldValue<uint[]>(3)));

        var ordered = new List<(string, string[])>();
        var done = new HashSet<uint>();
        while (waiting.Count > 0)
        {
            var ready = waiting.Where(t => t.Needs.All(done.Contains)).ToList();
            if (ready.Count == 0) throw new OperatorException($"Таблицы ссылаются друг на друга по кругу: {string.Join(", ", waiting.Select(t => t.Name))}.");
            foreach (var table in ready)
            {
                ordered.Add((table.Name, table.Columns));
                done.Add(table.Id);
            }
            waiting.RemoveAll(t => done.Contains(t.Id));
        }
        return ordered;
    }

    /// <summary>Column names ready for SQL.</summary>
    public static string Quote(IEnumerable<string> columns) => string.Join(", ", columns.Select(c => $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
