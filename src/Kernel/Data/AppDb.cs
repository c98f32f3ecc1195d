using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace MySchool.Kernel.Data;

/// <summary>
/// The door of people's requests. Whatever goes through it carries the actor's scopes in the same round trip,
/// so row-level security sees who asks; a statement without an actor cannot be written here.
/// </summary>
public sealed class AppDb(DatabaseOptions options, IScopeTable scopeTable) : Door(options.App, "app", ForRequests)
{
    /// <summary>Runs reads (and audit inserts) in one round trip and one implicit transaction.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="fill">Adds the statements.</param>
    /// <param name="read">Reads the results in order; the scope statement's own result is already passed over.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<T> ReadAsync<T>(
        Actor actor, Action<NpgsqlBatch> fill, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        await using var connection = await Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(ScopeCommand(actor));
        fill(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var result = await read(reader, cancel);
        // A statement that fails after the last wanted result (an audit insert, say) must fail the request too.
        while (await reader.NextResultAsync(cancel)) { }
        return result;
    }

    /// <summary>
    /// Runs writes in one round trip and one implicit transaction: durable when this returns, and all undone when one of
    /// them fails. For writers that have looked before and whose constraints tell of a race.
    /// </summary>
    public Task WriteAsync(Actor actor, Action<NpgsqlBatch> fill, CancellationToken cancel) =>
        ReadAsync(actor, fill, (_, _) => Task.FromResult(true), cancel);

    /// <summary>Opens a transaction in which row-level security knows the actor. Roll back by leaving it uncommitted.</summary>
    public async Task<AppTransaction> BeginAsync(Actor actor, CancellationToken cancel)
    {
        var connection = await Source.OpenConnectionAsync(cancel);
        try
        {
            return new AppTransaction(connection, await connection.BeginTransactionAsync(cancel), ScopeCommand(actor));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins a transaction on an EF context that carries the actor's scopes.</summary>
    public async Task<IDbContextTransaction> BeginAsync(DbContext context, Actor actor, CancellationToken cancel)
    {
        var transaction = await context.Database.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(
            (NpgsqlConnection)context.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction());
        batch.BatchCommands.Add(ScopeCommand(actor));
        await batch.ExecuteNonQueryAsync(cancel);
        return transaction;
    }

    private NpgsqlBatchCommand ScopeCommand(Actor actor)
    {
        // Settings end with the transaction and an absent one opens nothing, so empty lists need not travel.
        var lists = (actor.Scopes ??= Scopes.Of(actor, scopeTable.Scopes)).Lists.Where(list => list.Value.Length > 0);
        // Asked only whether it is null: the lists, kilobytes for a teacher, need not come back.
        var text = new StringBuilder("select ");
        var command = new NpgsqlBatchCommand();
        foreach (var (name, ids) in lists)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ids });
            text.Append(command.Parameters.Count == 1 ? "" : ", ").Append("set_config('app.").Append(name).Append("', $").Append(command.Parameters.Count).Append(", true) is null");
        }
        command.CommandText = text.ToString();
        return command;
    }
}

/// <summary>A write in progress under an actor's scopes.</summary>
public sealed class AppTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private NpgsqlBatchCommand? scope;

    internal AppTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlBatchCommand scope)
    {
        this.connection = connection;
        this.transaction = transaction;
        this.scope = scope;
    }

    /// <summary>Runs statements in one round trip; the first call also carries the actor's scopes.</summary>
    public async Task<T> RunAsync<T>(
        Action<NpgsqlBatch> fill, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        var isFirst = scope is not null;
        if (isFirst) batch.BatchCommands.Add(scope!);
        scope = null;
        fill(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (isFirst) await reader.NextResultAsync(cancel);
        var result = await read(reader, cancel);
        while (await reader.NextResultAsync(cancel)) { }
        return result;
    }

    /// <summary>Runs statements whose results are of no interest.</summary>
    public Task RunAsync(Action<NpgsqlBatch> fill, CancellationToken cancel) =>
        RunAsync(fill, (_, _) => Task.FromResult(true), cancel);

    /// <summary>Makes it durable. Only after this returns may the client be told "saved".</summary>
    public Task CommitAsync(CancellationToken cancel) => transaction.CommitAsync(cancel);

    /// <summary>Rolls back what was not committed and returns the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>Short forms for statements with positional parameters.</summary>
public static class BatchExtensions
{
    /// <summary>Adds a statement whose parameters are <c>$1</c>, <c>$2</c>… in the given order.</summary>
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>Reads every row of the current result and moves to the next one.</summary>
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancel)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel)) rows.Add(row(reader));
        await reader.NextResultAsync(cancel);
        return rows;
    }

    /// <summary>Reads the first row of the current result, or default, and moves to the next result.</summary>
    public static async Task<T?> ReadFirstAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancel)
    {
        var first = await reader.ReadAsync(cancel) ? row(reader) : default;
        await reader.NextResultAsync(cancel);
        return first;
    }

    /// <summary>A nullable text column.</summary>
    public static string? Text(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>A nullable column of a value type.</summary>
    public static T? Maybe<T>(this NpgsqlDataReader reader, int column) where T : struct =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
