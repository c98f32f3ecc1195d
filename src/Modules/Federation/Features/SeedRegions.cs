using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Federation.Asking;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Federation.Features;

/// <summary>Regions that configuration names and the node does not know yet. What the operator has changed since stays.</summary>
internal sealed partial class SeedRegions(WorkerDb db, RegionBook book, FederationOptions options, IClock clock, ILogger<SeedRegions> log) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>Writes what is missing.</summary>
    public async Task HandleAsync(CancellationToken cancel)
    {
        foreach (var seed in options.Regions)
        {
            await using var add = db.Source.CreateCommand("""
                insert into federation.regions (id, code, name, dialect, address, account, secret, public_keys, consent_page, deadline_ms, is_on, changed_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11) on conflict do nothing
                """);
            foreach (var value in (object[])[Ids.New(), seed.Code, seed.Name, seed.Dialect, seed.Address, seed.Account, Maybe.Of(book.Seal(seed.Secret), NpgsqlDbType.Bytea),
                seed.PublicKeys, seed.ConsentPage, seed.DeadlineMs, clock.Now])
                add.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
            await add.ExecuteNonQueryAsync(cancel);
        }
        book.Refresh();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Regions.Count == 0) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await HandleAsync(stoppingToken);
                return;
            }
            catch (PostgresException wrong) when (wrong.SqlState == PostgresErrorCodes.CheckViolation)
            {
                LogWrong(log, wrong.ConstraintName ?? "");
                return;
            }
            catch (NpgsqlException)
            {
                // The database is away; it is asked again.
                await Task.Delay(Again, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Federation:Regions breaks {Rule} and is not taken over")]
    private static partial void LogWrong(ILogger logger, string rule);
}
