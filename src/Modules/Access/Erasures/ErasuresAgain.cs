using MySchool.Access.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Erasures;

/// <summary>Puts erasures back that the ledger remembers and the database does not: it was restored from an older copy.</summary>
internal sealed class ErasuresAgain(ErasureLedger ledger, IClock clock)
{
    /// <summary>Compares, puts back what is missing, and orders again what something still stood in the way of.</summary>
    /// <returns>How many were ordered.</returns>
    public async Task<int> HandleAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var remembered = ledger.Read().ToDictionary(erasure => erasure.Id);
        var missing = await MissingAsync([.. remembered.Keys], connection, cancel);
        var ordered = 0;
        foreach (var id in missing)
            if (await PutBackAsync(remembered[id], connection, cancel)) ordered++;
        foreach (var id in await WaitingAsync(connection, cancel))
        {
            await OrderAsync(id, connection, cancel);
            ordered++;
        }
        return ordered;
    }

    private static async Task<List<Guid>> MissingAsync(Guid[] ids, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select id from unnest($1) id where not exists (select from access.erasures e where e.id = id.id and e.state in ('confirmed', 'done'))", connection)
        { Parameters = { new() { Value = ids } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }

    // Another request of the same person, open when the copy was made, was taken back before this one was asked.
    private async Task<bool> PutBackAsync(Erasure erasure, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("update access.erasures set state = 'withdrawn' where subject_id = $1 and id <> $2 and state = 'asked'", erasure.SubjectId, erasure.Id);
        batch.Add("delete from access.erasures where id = $1 and state <> 'done'", erasure.Id);
        batch.Add("select setval('access.erasures_number_seq', greatest($1, (select last_value from access.erasures_number_seq)))", erasure.Number);
        batch.Add("""
            insert into access.erasures (id, number, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by, decided_by, decided_name, decided_role, decided_at, again_at)
            overriding system value
            values ($1, case when exists (select from access.erasures where number = $2) then nextval('access.erasures_number_seq') else $2 end,
                    $3, $4, $5, $6, $7, 'confirmed', $8, $9, $10, $11, $12, $13, $14)
            on conflict do nothing returning id
            """, erasure.Id, erasure.Number, erasure.SubjectId, erasure.AskerId, erasure.UnitId, erasure.UnitName, erasure.TimeZone, erasure.AskedAt, erasure.AnswerBy,
            erasure.DecidedBy!.Value, Maybe.Text(erasure.DecidedName), Maybe.Text(erasure.DecidedRole), erasure.DecidedAt!.Value, clock.Now);
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            await reader.NextResultAsync(cancel);
            if (!await reader.ReadAsync(cancel)) return false;
        }
        await OrderAsync(erasure.Id, connection, cancel);
        return true;
    }

    private static async Task<List<Guid>> WaitingAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select id from access.erasures where state = 'confirmed' and again_waits is not null", connection);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }

    private async Task OrderAsync(Guid id, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.AddEvent(new ErasureConfirmed(Ids.New(), null, clock.Now, id));
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
