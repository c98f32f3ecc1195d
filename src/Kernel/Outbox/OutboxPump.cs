using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Kernel;

/// <summary>One event type and those who hear it. Registered by the modules that subscribe.</summary>
/// <param name="EventType">The event.</param>
/// <param name="Subscriber">Stable name of the subscriber, the key of deduplication.</param>
/// <param name="Deliver">Calls the handler out of a scope of services.</param>
public sealed record Subscription(
    Type EventType, string Subscriber, Func<IServiceProvider, object, NpgsqlConnection, CancellationToken, Task> Deliver);

/// <summary>Wakes the pump when this node has just committed events; other nodes' events wait for the next tick.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim waiting = new(0, 1);

    /// <summary>Says there is something to deliver. Never blocks.</summary>
    public void Ring()
    {
        if (waiting.CurrentCount == 0)
            try { waiting.Release(); } catch (SemaphoreFullException) { /* already rung */ }
    }

    /// <inheritdoc/>
    public void Dispose() => waiting.Dispose();

    internal Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancel) => waiting.WaitAsync(limit, cancel);
}

/// <summary>Delivers outbox events at least once, in batches, from any number of nodes at a time.</summary>
public sealed partial class OutboxPump(
    WorkerDb db, IServiceProvider services, IEnumerable<Subscription> subscriptions, OutboxSignal signal, IClock clock,
    ILogger<OutboxPump> log) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private readonly FrozenDictionary<string, Subscription[]> byType =
        subscriptions.GroupBy(s => Outbox.TypeName(s.EventType)).ToFrozenDictionary(g => g.Key, g => g.ToArray());

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await DeliverBatchAsync(stoppingToken) == BatchSize) { }
                await signal.WaitAsync(Tick, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException)
            {
                LogDatabaseAway(log, broken.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    /// <summary>Delivers up to one batch of due events.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> DeliverBatchAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var due = await TakeAsync(connection, cancel);
        var done = new List<Guid>(due.Count);
        foreach (var row in due)
            if (await DeliverOneAsync(row, connection, transaction, cancel)) done.Add(row.Id);
        if (done.Count > 0)
        {
            await using var delete = new NpgsqlCommand("delete from kernel.outbox where id = any($1)", connection, transaction)
            { Parameters = { new() { Value = done.ToArray() } } };
            await delete.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return due.Count;
    }

    private async Task<List<(Guid Id, string Type, string Payload, short Attempts)>> TakeAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand(
            "select id, type, payload::text, attempts from kernel.outbox where due_at <= $1 order by due_at, id limit $2 for update skip locked", connection)
        { Parameters = { new() { Value = clock.Now }, new() { Value = BatchSize } } };
        await using var reader = await take.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(r => (r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt16(3)), cancel);
    }

    private async Task<bool> DeliverOneAsync(
        (Guid Id, string Type, string Payload, short Attempts) row, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (!byType.TryGetValue(row.Type, out var hearers)) return true;
        await transaction.SaveAsync("event", cancel);
        try
        {
            await using var scope = services.CreateAsyncScope();
            foreach (var hearer in hearers)
            {
                await using var mark = new NpgsqlCommand(
                    "insert into kernel.inbox (subscriber, event_id) values ($1, $2) on conflict do nothing", connection, transaction)
                { Parameters = { new() { Value = hearer.Subscriber }, new() { Value = row.Id } } };
                if (await mark.ExecuteNonQueryAsync(cancel) == 0) continue;
                await hearer.Deliver(scope.ServiceProvider, JsonSerializer.Deserialize(row.Payload, hearer.EventType, Json.Options)!, connection, cancel);
            }
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await transaction.RollbackAsync("event", cancel);
            LogUndelivered(log, row.Type, row.Id, row.Attempts, failure.GetType().Name);
            await PostponeAsync(row.Id, row.Attempts, failure, connection, transaction, cancel);
            return false;
        }
    }

    private async Task PostponeAsync(
        Guid id, short attempts, Exception failure, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, Math.Min(attempts, (short)12))));
        await using var later = new NpgsqlCommand(
            "update kernel.outbox set attempts = least(attempts + 1, 30000), due_at = $2, last_error = $3 where id = $1", connection, transaction)
        { Parameters = { new() { Value = id }, new() { Value = clock.Now + wait }, new() { Value = failure.GetType().Name } } };
        await later.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox: database away ({Reason}), trying again")]
    private static partial void LogDatabaseAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Outbox: {EventType} {EventId} not delivered on attempt {Attempt} ({Reason})")]
    private static partial void LogUndelivered(ILogger logger, string eventType, Guid eventId, short attempt, string reason);
}
