using Microsoft.Extensions.Hosting;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Support.Domain;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>Forgets what was written from an address that nobody has confirmed: it may be somebody else's.</summary>
internal sealed class ForgetUnconfirmed(WorkerDb db, IClock clock) : BackgroundService
{
    /// <summary>Deletes what is older than the term of confirmation; any node may, as often as it likes.</summary>
    /// <returns>How many tickets.</returns>
    public async Task<int> ForgetAsync(CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("""
            with old as (select id from support.tickets where state = 'unconfirmed' and created_at < $1 for update skip locked),
                 p as (delete from support.pictures where ticket_id in (select id from old)),
                 m as (delete from support.messages where ticket_id in (select id from old)),
                 s as (delete from support.steps where ticket_id in (select id from old)),
                 a as (delete from support.authors where ticket_id in (select id from old))
            delete from support.tickets where id in (select id from old)
            """);
        command.Parameters.Add(new() { Value = clock.Now - TicketRules.ConfirmTerm });
        return await command.ExecuteNonQueryAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1));
        while (await hourly.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ForgetAsync(stoppingToken);
            }
            catch (NpgsqlException)
            {
                // The database is away; the next hour will do.
            }
        }
    }
}
