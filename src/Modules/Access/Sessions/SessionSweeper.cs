using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Sessions;

/// <summary>Forgets sessions a month after they ended: addresses and devices are personal data too.</summary>
internal sealed partial class SessionSweeper(WorkerDb db, IClock clock, TimeProvider time, ILogger<SessionSweeper> log) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                LogSwept(log, await SweepAsync(stoppingToken));
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

    /// <summary>Deletes what is old enough.</summary>
    /// <returns>How many rows went.</returns>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("delete from access.sessions where coalesce(ended_at, expires_at) < $1");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.Now - Kept });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Forgot {Count} old sessions")]
    private static partial void LogSwept(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old sessions stay for another hour: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
