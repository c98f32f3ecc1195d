using MySchool.Generator.People;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>Whether demo data is there, and whole.</summary>
public enum LoadState { Empty, Interrupted, Loaded, ForeignData }

/// <summary>A demo person as the console shows them.</summary>
public sealed record DemoLine(string Name, string Role, string Place, string Try);

/// <summary>What the loader remembers in the database (schema <c>demo</c>): so that kill -9 in the middle of a load is noticed.</summary>
public sealed class DemoState(NpgsqlDataSource owner)
{
    /// <summary>Looks at the database; makes the schema <c>demo</c> if need be.</summary>
    public async Task<LoadState> ReadAsync(CancellationToken cancel)
    {
        await using var command = owner.CreateCommand("""
            create schema if not exists demo;
            create table if not exists demo.load (size text not null, seed int not null, today date not null, started_at timestamptz not null default now(), finished_at timestamptz null);
            create table if not exists demo.people (position int primary key, person_id uuid not null, name text not null, role text not null, place text not null, try text not null);
            create table if not exists demo.dropped_indexes (position int primary key, ddl text not null);
            select case when exists (select from demo.load where finished_at is null) then 'Interrupted'
                        when exists (select from demo.load) then 'Loaded'
                        when exists (select from registry.organisations) then 'ForeignData' else 'Empty' end
            """);
        return Enum.Parse<LoadState>((string)(await command.ExecuteScalarAsync(cancel))!);
    }

    /// <summary>What was loaded.</summary>
    public async Task<(RegionSize Size, int Seed, DateOnly Today)> ReadLoadAsync(CancellationToken cancel)
    {
        await using var command = owner.CreateCommand("select size, seed, today from demo.load");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (Enum.Parse<RegionSize>(reader.GetString(0)), reader.GetInt32(1), reader.GetFieldValue<DateOnly>(2));
    }

    /// <summary>Empties what an interrupted load left, and puts dropped indexes back.</summary>
    public async Task WipeAsync(CancellationToken cancel)
    {
        await using var tables = owner.CreateCommand("""
            select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables where schemaname in ('registry', 'journal', 'connection') and tablename <> 'definitions'
            """);
        var list = (string)(await tables.ExecuteScalarAsync(cancel))!;
        await using var wipe = owner.CreateCommand($"truncate {list}, demo.load, demo.people");
        await wipe.ExecuteNonQueryAsync(cancel);
        await new HeavyIndexes(owner).RestoreAsync(null, cancel);
    }

    internal async Task BeginAsync(RegionSize size, int seed, DateOnly today, CancellationToken cancel)
    {
        await using var command = owner.CreateCommand("insert into demo.load (size, seed, today) values ($1, $2, $3)");
        command.Parameters.Add(new() { Value = size.ToString() });
        command.Parameters.Add(new() { Value = seed });
        command.Parameters.Add(new() { Value = today });
        await command.ExecuteNonQueryAsync(cancel);
    }

    internal async Task FinishAsync(IReadOnlyList<DemoPerson> people, CancellationToken cancel)
    {
        await using var batch = owner.CreateBatch();
        for (var i = 0; i < people.Count; i++)
        {
            var line = new NpgsqlBatchCommand("insert into demo.people values ($1, $2, $3, $4, $5, $6)");
            foreach (var value in (object[])[i, people[i].Person.Id, people[i].Person.FullName, people[i].Role, people[i].Place, people[i].Try])
                line.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(line);
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand("update demo.load set finished_at = now()"));
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Demo people in the order of the console's table.</summary>
    public async Task<IReadOnlyList<DemoLine>> ReadPeopleAsync(CancellationToken cancel)
    {
        var people = new List<DemoLine>();
        await using var command = owner.CreateCommand("select name, role, place, try from demo.people order by position");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            people.Add(new DemoLine(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return people;
    }
}
