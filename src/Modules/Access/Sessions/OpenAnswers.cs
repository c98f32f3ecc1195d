using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Sessions;

/// <summary>
/// This node's answers that stay open, such as live journals. One statement for all of them, whatever their number, finds
/// those whose session ended or whose person withdrew a consent; they are cut, and the browser asks again through the gate.
/// </summary>
internal sealed partial class OpenAnswers(FactsDb db, IClock clock, TimeProvider time, ILogger<OpenAnswers> log) : BackgroundService
{
    // With the statement itself a stream outlives its session by less than five seconds.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    // Primary key, then consents_giver: ten thousand streams are some 20 ms of one backend.
    private const string Sql = """
        select distinct o.id from unnest($1::uuid[], $2::timestamptz[]) o(id, since)
        left join access.sessions s on s.id = o.id and s.ended_at is null and s.expires_at > $3
        where s.id is null
           or exists (select from access.consents w where w.giver_id = s.person_id and w.event = 'withdrawn' and w.at >= o.since)
        """;

    private readonly ConcurrentDictionary<CancellationTokenSource, (Guid Session, DateTimeOffset Since)> open = new();

    /// <summary>Watches over an answer until the result is disposed of.</summary>
    /// <param name="sessionId">Whose it is.</param>
    /// <param name="cut">Cancelled when the answer must end.</param>
    public IDisposable Watch(Guid sessionId, CancellationTokenSource cut)
    {
        open[cut] = (sessionId, clock.Now);
        return new Watching(() => open.TryRemove(cut, out _));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                if (!open.IsEmpty) await CutAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException away)
            {
                LogAway(log, away.GetType().Name);
            }
        }
    }

    private async Task CutAsync(CancellationToken cancel)
    {
        var now = open.ToArray();
        await using var command = db.Source.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. now.Select(answer => answer.Value.Session)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. now.Select(answer => answer.Value.Since)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.Now });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var over = (await reader.ReadAllAsync(row => row.GetGuid(0), cancel)).ToHashSet();
        foreach (var (answer, (session, _)) in now)
            if (over.Contains(session) && open.ContainsKey(answer)) await CancelAsync(answer);
    }

    private static async Task CancelAsync(CancellationTokenSource answer)
    {
        try
        {
            await answer.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself meanwhile.
        }
    }

    private sealed record Watching(Action Stop) : IDisposable
    {
        public void Dispose() => Stop();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open answers go on for another while unchecked: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
