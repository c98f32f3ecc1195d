using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Access.Consents;
using MySchool.Access.Resources;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using Npgsql;

namespace MySchool.Access.Features;

/// <summary>
/// Reminds whoever gave a consent thirty and seven days before it ends. A reminder is a row beside its letter, in one transaction:
/// twice is as good as once, on any number of nodes. A letter itself is a flow of data, so it asks for a consent of its own.
/// </summary>
internal sealed partial class RemindOfConsents(WorkerDb db, IServiceScopeFactory scopes, MailOptions mail, IClock clock, TimeProvider time, ILogger<RemindOfConsents> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int AtOnce = 500;

    // An index scan by consents_ending. Not of a consent withdrawn, overtaken or already renewed by the same person; and not of one
    // so short that the reminder would come on the heels of the consent itself.
    private static readonly string Due = $"""
        select g.id, g.giver_id, t.title, g.expires_at, case when g.expires_at <= $1 + interval '7 days' then 7 else 30 end, l.address
          from access.consents g join access.consent_texts t on t.purpose = g.purpose and t.version = g.text_version
          left join access.letter_addresses l on l.person_id = g.giver_id
         where g.expires_at > $1 and g.expires_at <= $1 + interval '30 days' and {Standing.At("$1")}
           and g.expires_at - g.at > interval '2 days' * case when g.expires_at <= $1 + interval '7 days' then 7 else 30 end
           and not exists (select from access.consents r where r.giver_id = g.giver_id and r.subject_id = g.subject_id and r.purpose = g.purpose
             and r.event = 'given' and r.expires_at > g.expires_at and not exists (select from access.consents w where w.withdraws_id = r.id))
           and not exists (select from access.consent_notices n where n.consent_id = g.id
             and n.days <= case when g.expires_at <= $1 + interval '7 days' then 7 else 30 end)
         order by g.expires_at, g.id limit {AtOnce}
        """;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                while (await HandleAsync(stoppingToken) == AtOnce) { }
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

    /// <summary>Reminds of what is due now.</summary>
    /// <returns>How many were due, at most five hundred.</returns>
    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        List<Ending> due;
        await using (var find = db.Source.CreateCommand(Due))
        {
            find.Parameters.AddWithValue(clock.Now);
            await using var reader = await find.ExecuteReaderAsync(cancel);
            due = await reader.ReadAllAsync(row => new Ending(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetInt32(4), row.Text(5)), cancel);
        }
        foreach (var ending in due) await RemindAsync(ending, cancel);
        return due.Count;
    }

    private async Task RemindAsync(Ending ending, CancellationToken cancel)
    {
        var maySend = ending.Address is not null && await MayWriteAsync(ending.GiverId, cancel);
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var note = new NpgsqlCommand("insert into access.consent_notices (consent_id, days, at, has_letter) values ($1, $2, $3, $4) on conflict do nothing", connection)
        { Parameters = { new() { Value = ending.ConsentId }, new() { Value = (short)ending.Days }, new() { Value = clock.Now }, new() { Value = maySend } } };
        if (await note.ExecuteNonQueryAsync(cancel) == 0) return;
        if (maySend)
        {
            await using var letter = new NpgsqlBatch(connection);
            var day = When.Day(ending.ExpiresAt, PublishPurpose.Zone);
            letter.AddLetter(ending.Address!, string.Format(null, Texts.EndingSubject, day), string.Format(null, Texts.EndingLetter, ending.Title, day, mail.SiteAddress), clock.Now);
            await letter.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private async Task<bool> MayWriteAsync(Guid person, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IConsents>().IsOpenAsync(AccessFlows.Letters, person, cancel);
    }

    private sealed record Ending(Guid ConsentId, Guid GiverId, string Title, DateTimeOffset ExpiresAt, int Days, string? Address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminders of consents wait, the database is away ({Reason})")]
    private static partial void LogAway(ILogger logger, string reason);
}
