using System.Text;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Notices.Domain;
using MySchool.Notices.Resources;
using Npgsql;

namespace MySchool.Notices.Features;

/// <summary>A message to one device. Leaves with the outward lane: a push service that hangs holds up nothing else.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="OccurredAt">When it was written.</param>
/// <param name="DeviceId">The device.</param>
/// <param name="Title">First line.</param>
/// <param name="Body">Below it.</param>
internal sealed record PushDue(Guid EventId, DateTimeOffset OccurredAt, Guid DeviceId, string Title, string Body) : IOutwardEvent
{
    public Guid? SchoolId => null;
}

/// <summary>
/// Sends lines whose moment has come: at once to devices (by letter where there is none), the day's digest as one letter with all
/// children. Consents are asked again at the door, so what was withdrawn meanwhile is dropped.
/// </summary>
internal sealed class SendNotices(WorkerDb db, INoticeConsents consents, MailOptions mail, IClock clock)
{
    private const int AtOnce = 200;
    private const int LinesInPush = 5;
    private const int LongestPush = 600;

    private sealed record Line(Guid Id, Guid Learner, string Mode, string Child, string Text);

    /// <returns>How many people were told or passed over, at most two hundred.</returns>
    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        List<Guid> people;
        await using (var find = db.Source.CreateCommand($"select distinct person_id from notices.lines where send_at <= $1 limit {AtOnce}"))
        {
            find.Parameters.Add(new() { Value = clock.Now });
            await using var reader = await find.ExecuteReaderAsync(cancel);
            people = await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
        }
        foreach (var person in people) await TellAsync(person, cancel);
        return people.Count;
    }

    private async Task TellAsync(Guid person, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var take = new NpgsqlCommand("""
            delete from notices.lines where id in (select id from notices.lines where person_id = $1 and send_at <= $2 for update skip locked)
            returning id, learner_id, mode, child, text, happened_at
            """, connection) { Parameters = { new() { Value = person }, new() { Value = clock.Now } } };
        List<(Line Line, DateTimeOffset At)> taken;
        await using (var reader = await take.ExecuteReaderAsync(cancel))
            taken = await reader.ReadAllAsync(row => (new Line(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4)), row.GetFieldValue<DateTimeOffset>(5)), cancel);
        var lines = await KeepOpenAsync(person, [.. taken.OrderBy(each => each.At).Select(each => each.Line)], cancel);
        if (lines.Count > 0)
        {
            var devices = await FindDevicesAsync(connection, person, cancel);
            var address = (await consents.FindAddressesAsync([person], cancel)).GetValueOrDefault(person);
            await using var batch = new NpgsqlBatch(connection);
            Write(batch, [.. lines.Where(line => line.Mode == Modes.Now)], devices, address, isDigest: false);
            Write(batch, [.. lines.Where(line => line.Mode == Modes.Digest)], devices, address, isDigest: true);
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private async Task<List<Line>> KeepOpenAsync(Guid person, List<Line> lines, CancellationToken cancel)
    {
        var open = new HashSet<Guid>();
        foreach (var learner in lines.Select(line => line.Learner).Distinct())
            if (learner == person || (await consents.FindGiversAsync(NoticesFlows.Notices, learner, cancel)).Contains(person)) open.Add(learner);
        return [.. lines.Where(line => open.Contains(line.Learner))];
    }

    private void Write(NpgsqlBatch batch, List<Line> lines, List<Guid> devices, string? address, bool isDigest)
    {
        if (lines.Count == 0) return;
        var children = string.Join(", ", lines.Select(line => line.Child).Distinct());
        if (address is not null && (isDigest || devices.Count == 0))
        {
            batch.AddLetter(address, string.Format(Words.Russian, isDigest ? Texts.DigestSubject : Texts.NoticeSubject, children), LetterOf(lines), clock.Now);
            return;
        }
        var title = string.Format(Words.Russian, isDigest ? Texts.PushDigest : Texts.PushTitle, children);
        var isOne = lines.Select(line => line.Child).Distinct().Count() == 1;
        var body = string.Join('\n', lines.Take(LinesInPush).Select(line => isOne ? line.Text : $"{line.Child}: {line.Text}"))
            + (lines.Count > LinesInPush ? $"\n{string.Format(Words.Russian, Texts.PushMore, Words.Plural(lines.Count - LinesInPush, Texts.CountEntries))}" : "");
        foreach (var device in devices) batch.AddEvent(new PushDue(Ids.New(), clock.Now, device, title, body.Length <= LongestPush ? body : $"{body[..(LongestPush - 1)]}…"));
    }

    private string LetterOf(List<Line> lines)
    {
        var text = new StringBuilder();
        foreach (var child in lines.GroupBy(line => line.Child))
        {
            text.Append(child.Key).Append('\n');
            foreach (var line in child) text.Append("— ").Append(line.Text).Append('\n');
            text.Append('\n');
        }
        return text.Append(string.Format(Words.Russian, Texts.LetterFoot, mail.SiteAddress.TrimEnd('/'))).ToString();
    }

    private static async Task<List<Guid>> FindDevicesAsync(NpgsqlConnection connection, Guid person, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select id from notices.devices where person_id = $1", connection) { Parameters = { new() { Value = person } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }
}

/// <summary>Settles and sends, again and again, on every node: rows are taken by whoever comes first.</summary>
internal sealed partial class NoticeClock(SettlePending settle, SendNotices send, TimeProvider time, Microsoft.Extensions.Logging.ILogger<NoticeClock> log) : Microsoft.Extensions.Hosting.BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                while (await settle.HandleAsync(stoppingToken) > 0) { }
                while (await send.HandleAsync(stoppingToken) > 0) { }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
            {
                LogAway(log, away.GetType().Name);
            }
        }
    }

    [Microsoft.Extensions.Logging.LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = "Notices wait, the database is away ({Reason})")]
    private static partial void LogAway(Microsoft.Extensions.Logging.ILogger logger, string reason);
}
