using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Kernel;

/// <summary>One event type and one who hears it. Registered by the modules that subscribe.</summary>
/// <param name="EventType">The event.</param>
/// <param name="Handler">Who.</param>
/// <param name="Deliver">Calls the handler out of a scope of services.</param>
public sealed record Subscription(
    Type EventType, Type Handler, Func<IServiceProvider, IReadOnlyList<object>, NpgsqlConnection, CancellationToken, Task> Deliver);

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

/// <summary>
/// The events one pump delivers. Those that leave the platform have a lane of their own: a mail server that hangs must not
/// hold up marks.
/// </summary>
public sealed class OutboxLane
{
    private OutboxLane(IEnumerable<Subscription> subscriptions, OutboxSignal signal, bool isOutward)
    {
        Signal = signal;
        IsOutward = isOutward;
        ByType = subscriptions.GroupBy(s => Outbox.TypeName(s.EventType)).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        OutwardTypes = [.. ByType.Where(type => typeof(IOutwardEvent).IsAssignableFrom(type.Value[0].EventType)).Select(type => type.Key)];
    }

    internal OutboxSignal Signal { get; }

    internal bool IsOutward { get; }

    internal string[] OutwardTypes { get; }

    internal FrozenDictionary<string, Subscription[]> ByType { get; }

    /// <summary>Events that stay inside, delivered at once when the signal rings.</summary>
    public static OutboxLane Inner(IEnumerable<Subscription> subscriptions, OutboxSignal signal) => new(subscriptions, signal, false);

    /// <summary>Events whose handlers reach outside, delivered at the next tick.</summary>
    public static OutboxLane Outward(IEnumerable<Subscription> subscriptions) => new(subscriptions, new OutboxSignal(), true);
}

/// <summary>Delivers outbox events of one lane at least once, in batches, from any number of nodes at a time.</summary>
public sealed partial class OutboxPump(
    WorkerDb db, IServiceProvider services, OutboxLane lane, IClock clock, ILogger<OutboxPump> log) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(15);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await DeliverBatchAsync(stoppingToken) == BatchSize) { }
                // A moment more lets the saves of one breath travel together.
                if (await lane.Signal.WaitAsync(Tick, stoppingToken)) await Task.Delay(Gathering, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
            catch (Exception broken) when (broken is NpgsqlException or IOException or TimeoutException)
            {
                LogDatabaseAway(log, broken.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    /// <summary>Delivers up to one batch of due events: all together, or one by one when that fails.</summary>
    /// <returns>How many were taken.</returns>
    public async Task<int> DeliverBatchAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        List<Due> taken;
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            taken = await TakeAsync("due_at <= $1", clock.Now, connection, cancel);
            if (await TryDeliverAsync(taken, connection, cancel) is null)
            {
                await transaction.CommitAsync(cancel);
                return taken.Count;
            }
        }
        foreach (var due in taken) await DeliverAloneAsync(due, connection, cancel);
        return taken.Count;
    }

    private async Task DeliverAloneAsync(Due due, NpgsqlConnection connection, CancellationToken cancel)
    {
        Exception? failure;
        await using (var transaction = await connection.BeginTransactionAsync(cancel))
        {
            failure = await TryDeliverAsync(await TakeAsync("id = $1", due.Id, connection, cancel), connection, cancel);
            if (failure is null)
            {
                await transaction.CommitAsync(cancel);
                return;
            }
        }
        LogUndelivered(log, due.Type, due.Id, due.Attempts, failure.GetType().Name);
        await PostponeAsync(due, failure, connection, cancel);
    }

    private async Task<List<Due>> TakeAsync(string which, object value, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        // A queue is mostly dead rows, which the planner takes for few: only a plain scan of the index passes over them for good.
        batch.Add("select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)");
        batch.Add($"select id, type, payload::text, attempts from kernel.outbox where {which} and (type = any($2)) = $3 order by due_at, id limit {BatchSize} for update skip locked",
            value, lane.OutwardTypes, lane.IsOutward);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return await reader.ReadAllAsync(r => new Due(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetInt16(3)), cancel);
    }

    private async Task<Exception?> TryDeliverAsync(List<Due> taken, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (taken.Count == 0) return null;
        try
        {
            await using var scope = services.CreateAsyncScope();
            foreach (var events in taken.GroupBy(due => due.Type))
            {
                if (!lane.ByType.TryGetValue(events.Key, out var hearers)) continue;
                var happened = events.Select(due => JsonSerializer.Deserialize(due.Payload, hearers[0].EventType, Json.Options)!).ToList();
                foreach (var hearer in hearers) await hearer.Deliver(scope.ServiceProvider, happened, connection, cancel);
            }
            await using var delete = new NpgsqlCommand("delete from kernel.outbox where id = any($1)", connection)
            { Parameters = { new() { Value = taken.Select(due => due.Id).ToArray() } } };
            await delete.ExecuteNonQueryAsync(cancel);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException && connection.State == System.Data.ConnectionState.Open)
        {
            return failure;
        }
    }

    private async Task PostponeAsync(Due due, Exception failure, NpgsqlConnection connection, CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, Math.Min(due.Attempts, (short)12))));
        await using var later = new NpgsqlCommand(
            "update kernel.outbox set attempts = least(attempts + 1, 30000), due_at = $2, last_error = $3 where id = $1", connection)
        { Parameters = { new() { Value = due.Id }, new() { Value = clock.Now + wait }, new() { Value = failure.GetType().Name } } };
        await later.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Due(Guid Id, string Type, string Payload, short Attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox: database away ({Reason}), trying again")]
    private static partial void LogDatabaseAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Outbox: {EventType} {EventId} not delivered on attempt {Attempt} ({Reason})")]
    private static partial void LogUndelivered(ILogger logger, string eventType, Guid eventId, short attempt, string reason);
}
