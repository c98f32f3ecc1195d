using System.Runtime.Versioning;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Kills;

/// <summary>kill -9 of the database and of the platform while 32 teachers enter marks.</summary>
[SupportedOSPlatform("linux")]
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Teachers = 32;
    private const int Kills = 10;

    [Fact]
    public async Task No_acknowledged_mark_is_lost_or_doubled_when_everything_is_killed()
    {
        var result = await RunAsync(isSynchronous: true, Kills, async ground =>
        {
            await ground.KillPostgresAsync();
            await ground.KillHostAsync();
        });
        Assert.True(result.Acknowledged > Kills * Teachers, $"only {result.Acknowledged} marks were entered: the run proves nothing");
        Assert.Equal((0, 0), (result.Lost, result.Doubled));
    }

    [Fact]
    public async Task Without_synchronous_commit_the_same_run_reports_losses()
    {
        // The proof that the test above bites: acknowledged before durable must show as loss.
        var lost = 0;
        for (var attempt = 0; attempt < 3 && lost == 0; attempt++)
            lost = (await RunAsync(isSynchronous: false, 4, ground => ground.KillPostgresAsync())).Lost;
        Assert.True(lost > 0, "nothing was lost with synchronous_commit=off: the test has no teeth");
    }

    [Fact]
    public async Task No_acknowledged_closing_of_a_term_is_lost_when_everything_is_killed()
    {
        await using var ground = new KillGround();
        await ground.PrepareAsync(Teachers, isSynchronous: true);
        var deputy = await ground.AddDeputyAsync();
        using var clients = new ClosingClients(ground.Address, deputy.Token);
        await clients.ArmAsync();
        var closing = clients.RunAsync(deputy.Classes, kills: 4, async () =>
        {
            await ground.KillPostgresAsync();
            await ground.KillHostAsync();
        });
        var acknowledged = await closing;
        output.WriteLine($"{acknowledged.Count} classes acknowledged as closed, {clients.Retries} retries absorbed");
        Assert.Equal(deputy.Classes.Length, acknowledged.Count);
        Assert.True(clients.Retries > 0, "nothing was under way when everything was killed: the run proves nothing");
        await using var owner = NpgsqlDataSource.Create(ground.Database.Owner);
        await using var command = owner.CreateCommand("select class_id from journal.closed_terms");
        await using var reader = await command.ExecuteReaderAsync();
        var closed = new HashSet<Guid>();
        while (await reader.ReadAsync()) closed.Add(reader.GetGuid(0));
        Assert.Empty(acknowledged.Except(closed));
    }

    [Fact]
    public async Task No_acknowledged_work_of_a_pupil_is_lost_when_everything_is_killed()
    {
        const int pupils = 6, homeworks = 100;
        await using var ground = new KillGround();
        var senders = await ground.AddPupilsAsync(await ground.PrepareAsync(pupils, isSynchronous: true), homeworks);
        using var clients = new WorkClients(ground.Address, senders);
        using var stop = new CancellationTokenSource();
        var sending = clients.RunAsync(stop.Token);
        for (var kill = 0; kill < 4 && !sending.IsCompleted; kill++)
        {
            var before = clients.Acks.Count;
            for (var waited = 0; waited < 300 && clients.Acks.Count < before + pupils && !sending.IsCompleted; waited++) await Task.Delay(50);
            await ground.KillPostgresAsync();
            await ground.KillHostAsync();
        }
        await stop.CancelAsync();
        await sending;
        output.WriteLine($"{clients.Acks.Count} works acknowledged, {clients.Retries} retries absorbed");
        Assert.True(clients.Acks.Count >= 4 * pupils && clients.Retries > 0, "nothing was under way when everything was killed: the run proves nothing");
        await using var owner = NpgsqlDataSource.Create(ground.Database.Owner);
        await using var command = owner.CreateCommand("select f.learner_id, w.homework_id, f.address from works.files f join works.works w on w.id = f.work_id where w.state = 'handed' and f.is_handed");
        await using var reader = await command.ExecuteReaderAsync();
        var kept = new Dictionary<(Guid, Guid), string>();
        while (await reader.ReadAsync()) kept[(reader.GetGuid(0), reader.GetGuid(1))] = reader.GetString(2);
        Assert.DoesNotContain(clients.Acks, ack => !kept.TryGetValue(ack, out var lies) || new FileInfo(Path.Combine(ground.FilesFolder, lies[..2], lies[2..])) is not { Exists: true, Length: > 300_000 });
    }

    private async Task<(int Acknowledged, int Lost, int Doubled)> RunAsync(bool isSynchronous, int kills, Func<KillGround, Task> kill)
    {
        await using var ground = new KillGround();
        var teachers = await ground.PrepareAsync(Teachers, isSynchronous);
        using var clients = new MarkClients(ground.Address, teachers);
        await clients.ArmAsync();
        using var stop = new CancellationTokenSource();
        var typing = clients.RunAsync(stop.Token);
        for (var i = 0; i < kills && !typing.IsCompleted; i++)
        {
            await TypeOnAsync(clients, typing);
            await kill(ground);
        }
        await TypeOnAsync(clients, typing);
        await stop.CancelAsync();
        await typing;
        var (lost, doubled) = await CompareAsync(ground, [.. clients.Acks]);
        output.WriteLine($"{clients.Acks.Count} acknowledged, {lost} lost, {doubled} doubled, {clients.Retries} retries absorbed");
        return (clients.Acks.Count, lost, doubled);
    }

    // A kill proves something only when marks were flowing: wait for two from each teacher, however slow the machine is.
    private static async Task TypeOnAsync(MarkClients clients, Task typing)
    {
        var before = clients.Acks.Count;
        for (var waited = 0; waited < 300 && clients.Acks.Count < before + 2 * Teachers && !typing.IsCompleted; waited++) await Task.Delay(100);
    }

    private static async Task<(int Lost, int Doubled)> CompareAsync(KillGround ground, IReadOnlyList<Acknowledged> acks)
    {
        await using var owner = NpgsqlDataSource.Create(ground.Database.Owner);
        await using var command = owner.CreateCommand("select request_key, count(*)::int, min(new_value) from journal.cell_history group by request_key");
        await using var reader = await command.ExecuteReaderAsync();
        var written = new Dictionary<Guid, (int Count, string Value)>();
        while (await reader.ReadAsync()) written[reader.GetGuid(0)] = (reader.GetInt32(1), reader.GetString(2));
        var lost = acks.Count(ack => !written.TryGetValue(ack.Key, out var row) || row.Value != ack.Value);
        return (lost, written.Values.Count(row => row.Count > 1));
    }
}
