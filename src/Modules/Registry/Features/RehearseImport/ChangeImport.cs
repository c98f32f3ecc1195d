using System.Collections.Immutable;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Fields;
using Npgsql;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>An import held for writing: one transaction, one lock, the row of the import as it stands.</summary>
internal sealed class ChangeImport : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private readonly DateTimeOffset now;
    private readonly Actor actor;

    private ChangeImport(NpgsqlConnection connection, NpgsqlTransaction transaction, ImportState state, Actor actor, DateTimeOffset now)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.actor = actor;
        this.now = now;
        State = state;
    }

    public ImportState State { get; }

    /// <summary>For what else belongs to the same transaction.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>Takes the lock of all imports and the row of this one; null when the school has no such import.</summary>
    public static async Task<ChangeImport?> BeginAsync(DatabaseOptions options, Actor actor, Guid schoolId, Guid id, DateTimeOffset now, CancellationToken cancel)
    {
        var connection = await ImportOneRoster.ImportOneRoster.OpenAsync(options, cancel);
        var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.Add($"set local work_mem = '128MB'");
            batch.Add("select pg_advisory_xact_lock($1)", ImportOneRoster.ImportOneRoster.ImportLock);
            await batch.ExecuteNonQueryAsync(cancel);
        }
        await using var find = new NpgsqlCommand("""
            select state, version, ends_absent, absent, absent_of, applied_at, counts::text from registry.imports where school_id = $1 and id = $2 for update
            """, connection, transaction)
        { Parameters = { new() { Value = schoolId }, new() { Value = id } } };
        ImportState? state = null;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            if (await reader.ReadAsync(cancel))
                state = new ImportState(schoolId, id, reader.GetString(0), reader.GetInt32(1), reader.GetBoolean(2), reader.GetInt32(3), reader.GetInt32(4),
                    reader.Maybe<DateTimeOffset>(5), RehearsalRows.Counts(reader.GetString(6)));
        if (state is not null)
        {
            var change = new ChangeImport(connection, transaction, state, actor, now);
            await change.SayAsync("import", cancel);
            return change;
        }
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Says whose word follows: the school's file.</summary>
    public async Task SayAsync(string why, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        new ChangeSource(FieldTruth.Import, now, why) { By = actor.PersonId, School = State.SchoolId, Import = State.Id }.AddTo(batch);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Runs statements parted by semicolons: $1 the school, $2 the import, $3 now, $4 who.</summary>
    public async Task RunAsync(string sql, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var statement in sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            batch.Add(statement, State.SchoolId, State.Id, now, actor.PersonId);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public async Task<long> CountAsync(string sql, CancellationToken cancel)
    {
        await using var command = Ask(sql);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancel)
    {
        await using var command = Ask(sql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row, cancel);
    }

    /// <summary>Counts the kept rows anew, with what was read as it was.</summary>
    public async Task<ImmutableArray<ChangeCount>> RecountAsync(CancellationToken cancel)
    {
        var read = State.Counts.ToDictionary(count => count.Table, count => count.Read);
        return await RehearsalSteps.CountAsync(connection, State.SchoolId, State.Id, read, cancel);
    }

    /// <summary>Writes the import's row and the audit, and commits.</summary>
    public async Task CommitAsync(string set, AppAction action, string deed, CancellationToken cancel, params object[] values)
    {
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.Add($"update registry.imports set {set} where school_id = $1 and id = $2", [State.SchoolId, State.Id, now, actor.PersonId, .. values]);
            batch.AddAudit(actor, action, now, State.SchoolId, null, $"{deed} {State.Id}");
            await batch.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private NpgsqlCommand Ask(string sql) => new(sql, connection, transaction)
    { Parameters = { new() { Value = State.SchoolId }, new() { Value = State.Id } } };
}

/// <summary>An import as its row tells.</summary>
internal sealed record ImportState(
    Guid SchoolId, Guid Id, string State, int Version, bool EndsAbsent, int Absent, int AbsentOf, DateTimeOffset? AppliedAt, ImmutableArray<ChangeCount> Counts)
{
    /// <summary>More than this share of those the school has is no leaving, but a file cut short.</summary>
    public const double MostAbsent = 0.2;

    public bool IsStopped => IsTooMany(EndsAbsent, Absent, AbsentOf);

    // A class of three may well lose one.
    public static bool IsTooMany(bool endsAbsent, int absent, int of) => endsAbsent && absent > 3 && absent > of * MostAbsent;
}
