using System.Collections.Immutable;
using System.Globalization;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>The import as the database does it, set by set, inside one transaction.</summary>
internal sealed class ImportSteps(NpgsqlConnection connection, ImportRun run, DateTimeOffset now)
{
    public async Task PrepareAsync(long importLock, CancellationToken cancel)
    {
        // Sets of a hundred thousand rows want room to hash; custom plans, since the tables are new each time;
        // a nested loop chosen by a wrong guess would turn seconds into minutes.
        await RunAsync($"""
            set temp_buffers = '256MB'; set local work_mem = '128MB'; set local plan_cache_mode = auto; set local jit = off; set local enable_nestloop = off;
            set local default_statistics_target = 10;
            select pg_advisory_xact_lock({importLock});
            """, cancel);
        await RunAsync(Sql("1-stage"), cancel);
        await using var scope = new NpgsqlCommand("insert into i_scope values ($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { Value = run.SchoolId is not null },
                Maybe.Uuid(run.SchoolId),
                new() { Value = run.Actor.Today }, new() { Value = now }, new() { Value = run.Actor.PersonId }, new() { Value = run.IsList },
            },
        };
        await scope.ExecuteNonQueryAsync(cancel);
        await using var said = new NpgsqlBatch(connection);
        Source.AddTo(said);
        await said.ExecuteNonQueryAsync(cancel);
    }

    // A file of one school is the school's file; what the operator imports is the word of a region's system.
    private ChangeSource Source => new(run.SchoolId is null ? FieldTruth.Region : FieldTruth.Import, now, "import")
    {
        By = run.Actor.PersonId == Guid.Empty ? null : run.Actor.PersonId, School = run.SchoolId, Import = run.Rehearsal?.Id,
    };

    /// <summary>Turns names into ids, and finds everything wrong that one row alone does not show.</summary>
    public async Task CheckAsync(ImportFiles files, SourceLines lines, BadRows bad, CancellationToken cancel)
    {
        await RunAsync(Sql("2-resolve"), cancel);
        await files.StageLastAsync(cancel);
        await lines.Attendance.StageAsync(connection, run.Actor.Today, cancel);
        await RunAsync(Sql("3-enrolments"), cancel);
        await CollectAsync(Sql("4-check"), bad, cancel);
    }

    /// <summary>Writes what differs. Terms may trade places within the year, so their constraints are judged at the end.</summary>
    public async Task<ImmutableArray<ImportCount>> WriteAsync(CancellationToken cancel)
    {
        await RunAsync(Sql("5-plan"), cancel);
        await RunAsync(HeldFields.PlanSql, cancel);
        await RunAsync(HeldFields.ProposeSql, cancel);
        await RunAsync("set constraints all deferred", cancel);
        var counts = ImmutableArray.CreateBuilder<ImportCount>();
        foreach (var table in RegistryTable.All)
        {
            await RunAsync($"analyze {table.Plan}", cancel);
            var read = await ScalarAsync(table.CountSql, cancel);
            var changed = await RunAsync(table.ChangeSql, cancel);
            counts.Add(new ImportCount(table.Name, read, await RunAsync(table.AddSql, cancel), changed));
        }
        await RunAsync(Sql("6-after"), cancel);
        await RunAsync("set constraints all immediate", cancel);
        return counts.ToImmutable();
    }

    public async Task AuditAsync(ImmutableArray<ImportCount> counts, CancellationToken cancel)
    {
        var detail = string.Join("; ", counts.Where(c => c.Added + c.Changed > 0).Select(c => $"{c.Kind} +{c.Added} ~{c.Changed}"));
        await using var batch = new NpgsqlBatch(connection);
        batch.AddAudit(run.Actor, RegistryActions.Import, now, run.SchoolId, null, detail.Length <= 500 ? detail : detail[..500]);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>People of the registry to whom the file gives the СНИЛС of somebody else: the two may be one.</summary>
    public async Task<List<(Guid One, Guid Other)>> FindClashesAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select distinct u.id, u.snils_owner from r_users u where u.matched <> 'new' and u.snils_owner is not null and u.snils_owner <> u.id limit 1000", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => (row.GetGuid(0), row.GetGuid(1)), cancel);
    }

    /// <summary>Keeps what a refused file has told of doubles.</summary>
    public static async Task NoteClashesAsync(NpgsqlConnection connection, IReadOnlyCollection<(Guid One, Guid Other)> clashes, DateTimeOffset at, CancellationToken cancel)
    {
        if (clashes.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (one, other) in clashes) batch.AddSignal(one, other, "snils", at);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task CollectAsync(string sql, BadRows bad, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        do
            while (await reader.ReadAsync(cancel))
                bad.Add(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), Reason(reader.GetString(3), reader.Text(4)));
        while (await reader.NextResultAsync(cancel));
    }

    private static string Reason(string code, string? detail) => string.Format(
        CultureInfo.InvariantCulture, Texts.ResourceManager.GetString("Bad" + code, CultureInfo.CurrentUICulture) ?? code, detail);

    private async Task<int> RunAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static string Sql(string name)
    {
        using var stream = typeof(ImportSteps).Assembly.GetManifestResourceStream($"MySchool.Registry.Import.{name}.sql")!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }
}
