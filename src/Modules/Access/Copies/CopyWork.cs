using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Access.Copies;

/// <summary>
/// Makes copies, a module a transaction: a node that dies leaves what is written, and the next one goes on from there. Whoever
/// withdrew the copy, or lost the right to speak for the child, stops it at the next module.
/// </summary>
internal sealed class CopyWork(WorkerDb db, IEnumerable<IPersonalData> modules, IRegistry registry, CopySeal seal, TellCopyReady tell, IClock clock)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(5);

    /// <summary>Takes the oldest copy that nobody is at work on, and makes it.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> MakeNextAsync(CancellationToken cancel)
    {
        if (await TakeAsync(cancel) is not { } copy) return false;
        if (!await registry.MaySpeakForAsync([copy.Of.AskerId], copy.Of.PersonId, clock.Now, cancel))
        {
            await RunAsync("update access.copies set state = 'gone' where id = $1", cancel, copy.Id);
            return true;
        }
        var subject = await registry.GetFactsAsync(copy.Of.PersonId, null, clock.Now, cancel);
        var zone = TimeZones.OrCapital(subject?.TimeZone);
        foreach (var module in modules.Where(module => !copy.Done.Contains($"{module.Name}.html")))
        {
            var sections = await module.CollectAsync(copy.Of, cancel);
            if (!await WriteAsync(copy, [($"{module.Name}.json", CopyPages.ToJson(module, sections)), ($"{module.Name}.html", CopyPages.ToHtml(module, sections, zone))], cancel)) return true;
        }
        var asker = copy.Of.IsOwn ? subject : await registry.GetFactsAsync(copy.Of.AskerId, null, clock.Now, cancel);
        var index = CopyPages.ToIndex(subject?.Name.Full ?? "", asker?.Name.Full ?? "", When.Moment(clock.Now, zone), copy.Of.IsOwn, modules);
        await FinishAsync(copy, index, zone, cancel);
        return true;
    }

    /// <summary>Takes away what was kept for three days, and files of copies that were dropped.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        await RunAsync("update access.copies set state = 'gone' where state = 'ready' and ready_until <= $1", cancel, clock.Now);
        await RunAsync("delete from access.copy_files f using access.copies c where c.id = f.copy_id and c.state = 'gone'", cancel);
    }

    private async Task<Taken?> TakeAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.Add("""
            update access.copies set state = 'making', taken_until = $2
             where id = (select id from access.copies where state = 'asked' or state = 'making' and taken_until <= $1 order by asked_at limit 1 for update skip locked)
            returning id, subject_id, asker_id, array(select name from access.copy_files f where f.copy_id = copies.id)
            """, clock.Now, clock.Now + Turn);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(row => new Taken(row.GetGuid(0), new(row.GetGuid(1), row.GetGuid(2)), [.. row.GetFieldValue<string[]>(3)]), cancel);
    }

    /// <returns>False when the copy was dropped meanwhile.</returns>
    private async Task<bool> WriteAsync(Taken copy, (string Name, byte[] File)[] files, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await HoldsAsync(copy, "taken_until = $2", clock.Now + Turn, connection, cancel)) return false;
        await AddAsync(copy, files, connection, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task FinishAsync(Taken copy, byte[] index, string zone, CancellationToken cancel)
    {
        var readyUntil = clock.Now + CopyRules.Life;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await HoldsAsync(copy, "state = 'ready', ready_until = $2", readyUntil, connection, cancel)) return;
        await AddAsync(copy, [("index.html", index)], connection, cancel);
        await tell.AddAsync(copy.Of.AskerId, When.Moment(readyUntil, zone), connection, cancel);
        await transaction.CommitAsync(cancel);
    }

    // The row is locked until the end of the transaction: a copy is dropped before or after, never in between.
    private static async Task<bool> HoldsAsync(Taken copy, string change, DateTimeOffset until, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand($"update access.copies set {change} where id = $1 and state = 'making'", connection)
        { Parameters = { new() { Value = copy.Id }, new() { Value = until } } };
        return await hold.ExecuteNonQueryAsync(cancel) == 1;
    }

    private async Task AddAsync(Taken copy, (string Name, byte[] File)[] files, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (name, file) in files)
            batch.Add("insert into access.copy_files (copy_id, name, sealed) values ($1, $2, $3) on conflict do nothing",
                copy.Id, name, new NpgsqlParameter { Value = seal.Close(copy.Id, name, file), NpgsqlDbType = NpgsqlDbType.Bytea });
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task RunAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = db.Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Taken(Guid Id, PersonalCopy Of, HashSet<string> Done);
}
