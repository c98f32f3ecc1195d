using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Resources;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>A rehearsal being made.</summary>
/// <param name="SchoolId">The school.</param>
/// <param name="Id">The import.</param>
/// <param name="EndsAbsent">«Закрыть тех, кого нет в файле».</param>
internal sealed record Rehearsal(Guid SchoolId, Guid Id, bool EndsAbsent);

/// <summary>Rows of one table in a rehearsal.</summary>
internal sealed record ChangeCount(string Table, long Read, long New, long Changed, long Ended, long Removed)
{
    public long Untouched => Math.Max(0, Read - New - Changed - Ended);

    public long Total => New + Changed + Ended + Removed;
}

/// <summary>The end of an import that is rehearsed: what it would change goes into tables that outlive the transaction.</summary>
internal sealed class RehearsalSteps(NpgsqlConnection connection, Rehearsal kept, ImportRun run)
{
    public async Task<ImmutableArray<ImportCount>> KeepAsync(CancellationToken cancel)
    {
        await RunAsync(ImportSteps.Sql("5-plan"), cancel);
        await RunAsync(HeldFields.PlanSql, cancel);
        await RunAsync(ImportSteps.Sql("7-absent"), cancel);
        if (kept.EndsAbsent) await RunAsync(ImportSteps.Sql("8-end-absent"), cancel);
        await RunAsync(ImportSteps.Sql("9-names"), cancel);
        var last = 0;
        var read = new Dictionary<string, long>();
        foreach (var planned in PlannedTable.All)
        {
            await RunAsync($"analyze {planned.Table.Plan}", cancel);
            await using (var count = new NpgsqlCommand(planned.Table.CountSql, connection)) read[planned.Table.Name] = (long)(await count.ExecuteScalarAsync(cancel))!;
            last += await RunAsync(planned.FindSql, cancel, kept.SchoolId, kept.Id, last);
        }
        if (await RunAsync(HeldFields.RehearseSql, cancel) is > 0 and var held)
            await RunAsync("update registry.imports set notes = notes || jsonb_build_array($3::text) where school_id = $1 and id = $2", cancel,
                kept.SchoolId, kept.Id, string.Format(Words.Russian, Texts.ImportHeld, held));
        last += await RunAsync(RemovedMembersSql, cancel, kept.SchoolId, kept.Id, last);
        await RunAsync(SecretsSql, cancel, kept.SchoolId, kept.Id);
        await RunAsync("analyze registry.import_changes", cancel);
        var counts = await CountAsync(connection, kept.SchoolId, kept.Id, read, cancel);
        await RunAsync("""
            update registry.imports i set state = 'ready', alive_at = now(), counts = $3,
                   absent = (select count(*) from n_absent where not is_named), absent_of = (select count(*) from n_absent)
             where i.school_id = $1 and i.id = $2
            """, cancel, kept.SchoolId, kept.Id, Jsonb(counts));
        await using var batch = new NpgsqlBatch(connection);
        batch.AddAudit(run.Actor, RegistryActions.Import, await NowAsync(cancel), kept.SchoolId, null, $"rehearsed {kept.Id}");
        await batch.ExecuteNonQueryAsync(cancel);
        return [.. counts.Select(count => new ImportCount(count.Table, count.Read, count.New, count.Changed + count.Ended))];
    }

    /// <summary>Counts the kept rows of each table.</summary>
    public static async Task<ImmutableArray<ChangeCount>> CountAsync(
        NpgsqlConnection connection, Guid schoolId, Guid id, IReadOnlyDictionary<string, long> read, CancellationToken cancel)
    {
        var found = new Dictionary<(string, string), long>();
        await using (var command = new NpgsqlCommand(
            "select table_name, kind, count(*) from registry.import_changes where school_id = $1 and import_id = $2 group by 1, 2", connection)
        { Parameters = { new() { Value = schoolId }, new() { Value = id } } })
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) found[(reader.GetString(0), reader.GetString(1))] = reader.GetInt64(2);
        return [.. PlannedTable.All.Select(planned => planned.Table.Name).Select(table => new ChangeCount(
            table, read.GetValueOrDefault(table), Of(table, "new"), Of(table, "changed"), Of(table, "ended"), Of(table, "removed")))];

        long Of(string table, string kind) => found.GetValueOrDefault((table, kind));
    }

    public static NpgsqlParameter Jsonb<T>(T value) => new() { Value = JsonSerializer.Serialize(value, Json.Options), NpgsqlDbType = NpgsqlDbType.Jsonb };

    // A subgroup that becomes the whole class lists nobody: everybody enrolled attends.
    private const string RemovedMembersSql = """
        insert into registry.import_changes (school_id, import_id, number, table_name, kind, row_id, title, note, old_row)
        select $1, $2, $3 + row_number() over (order by m.person_id), 'group_members', 'removed', m.group_id,
               coalesce((select trim(p.last_name || ' ' || p.first_name || ' ' || p.middle_name) from registry.people p where p.id = m.person_id), ''),
               coalesce((select n.name from n_groups n where n.id = m.group_id), ''), to_jsonb(m)
          from registry.group_members m join p_groups g on g.school_id = m.school_id and g.id = m.group_id and g.kind = 'class'
        """;

    private const string SecretsSql = """
        insert into registry.import_secrets (school_id, import_id, person_id, snils_hash, snils_cipher)
        select $1, $2, u.id, u.snils_hash, u.snils_cipher from r_users u
         where u.snils_hash is not null and not exists (select from registry.identities x where x.person_id = u.id and x.snils_hash is not null)
        """;

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select at from i_scope limit 1", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel))!);
    }

    private async Task<int> RunAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
