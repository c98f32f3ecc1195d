using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Connection.Domain;
using MySchool.Connection.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>
/// What a new day brings: dated facts begin and end without anybody's deed, so every unit is counted anew; the point of
/// the day is frozen; those whose invitation is about to end get a letter; wrong codes of yesterday are forgotten.
/// </summary>
internal sealed partial class DailyWork(WorkerDb db, IUnitFacts facts, CountFigures figures, IClock clock, TimeProvider time, ILogger<DailyWork> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(20);
    private const int AtOnce = 500;
    private const int DaysBeforeTheEnd = 2;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                if (!await IsDoneAsync(stoppingToken)) await HandleAsync(stoppingToken);
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

    /// <summary>Does the work of the day; twice is as good as once.</summary>
    public async Task HandleAsync(CancellationToken cancel)
    {
        await CountEverythingAsync(cancel);
        await FreezeAsync(cancel);
        await RemindInvitedAsync(cancel);
        await ExecuteAsync("delete from connection.attempts where at < $1", clock.Now.AddDays(-1), cancel);
    }

    /// <summary>Counts every unit of the tree, a page in a transaction.</summary>
    public async Task CountEverythingAsync(CancellationToken cancel)
    {
        for (var after = Guid.Empty; ;)
        {
            var page = await facts.ListUnitsAsync(after, AtOnce, cancel);
            if (page.Count == 0) return;
            await using var connection = await db.Source.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await figures.HandleAsync(page, connection, cancel);
            await transaction.CommitAsync(cancel);
            after = page[^1];
        }
    }

    private Task FreezeAsync(CancellationToken cancel) => ExecuteAsync("""
        insert into connection.points (unit_id, date, territory_ids, schools, connected, uses, bands, staff, staff_came)
        select unit_id, $1, territory_ids, schools, connected, uses, bands, staff, staff_came from connection.units on conflict do nothing
        """, clock.TodayIn(TimeZones.Capital), cancel);

    private async Task RemindInvitedAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var take = new NpgsqlCommand("""
            update connection.invitations set reminded_at = $1
             where state = 'open' and email is not null and reminded_at is null and expires_at > $1 and expires_at < $2 returning name, email, unit_name, expires_at, unit_id
            """, connection) { Parameters = { new() { Value = clock.Now }, new() { Value = clock.Now.AddDays(DaysBeforeTheEnd) } } };
        List<(string Name, string Email, string Unit, DateTimeOffset ExpiresAt, Guid UnitId)> due;
        await using (var reader = await take.ExecuteReaderAsync(cancel))
            due = await reader.ReadAllAsync(row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetGuid(4)), cancel);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (name, email, unit, expires, unitId) in due)
            batch.AddLetter(email, Words.Say(Texts.EndingSubject, unit), Words.Say(Texts.EndingLetter, name, unit, Words.Day(expires)), clock.Now, unitId);
        if (due.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<bool> IsDoneAsync(CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("select exists (select from connection.points where date = $1)");
        command.Parameters.Add(new() { Value = clock.TodayIn(TimeZones.Capital) });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task ExecuteAsync(string sql, object value, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection: the day's work waits, the database is away ({Reason})")]
    private static partial void LogAway(ILogger logger, string reason);
}
