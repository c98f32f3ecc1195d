using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Provider;

/// <summary>Turns keys over in time and forgets what was issued long ago.</summary>
internal sealed partial class Housekeeping(KeyBook keys, WorkerDb db, IClock clock, TimeProvider time, ILogger<Housekeeping> log) : BackgroundService
{
    // A node that another has overtaken signs with the old key for so long; the old key is shown for a week more.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                keys.Refresh();
                await SweepAsync(stoppingToken);
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

    /// <summary>Deletes tokens and people's own keys a month past their end, and sign-ins that hold none any more.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("delete from access.client_tokens where expiration_date < $1", clock.Now - Kept);
        batch.Add("""
            delete from access.client_sign_ins s where s.creation_date < $1 and not exists (select from access.client_tokens t where t.authorization_id = s.id)
            """, clock.Now - Kept - Kept);
        batch.Add("delete from access.read_keys where least(revoked_at, expires_at) < $1 and (revoked_at is not null or expires_at is not null)", clock.Now - Kept);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The provider's keys and tokens wait for five minutes more: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
