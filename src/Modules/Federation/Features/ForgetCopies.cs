using Microsoft.Extensions.Hosting;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Federation.Features;

/// <summary>Deletes what regions told once its day has passed, and numbers of requests that no clock believes any more.</summary>
internal sealed class ForgetCopies(WorkerDb db, IClock clock) : BackgroundService
{
    /// <summary>Deletes what is over; any node may, as often as it likes.</summary>
    public async Task HandleAsync(CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        foreach (var table in (string[])["copies", "places", "nonces"]) batch.Add($"delete from federation.{table} where ends_at < $1", clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var often = new PeriodicTimer(TimeSpan.FromMinutes(5));
        while (await often.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await HandleAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // The database is away; the next turn will do.
            }
        }
    }
}
