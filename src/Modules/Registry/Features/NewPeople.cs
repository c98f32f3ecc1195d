using System.Text.Json;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Resources;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features;

/// <summary>What orders share: the answer kept, and a stranger proven by ЕСИА made a person.</summary>
internal sealed class NewPeople(IdentifierVault vault, IClock clock)
{
    /// <summary>The answer to an order given before.</summary>
    public static async Task<Guid?> FindAnswerAsync(NpgsqlConnection connection, Guid order, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select person_id from registry.appointments where order_id = $1", connection) { Parameters = { new() { Value = order } } };
        return await find.ExecuteScalarAsync(cancel) as Guid?;
    }

    /// <summary>Keeps the answer; a second order at the same moment fails on the key and is answered when repeated.</summary>
    public async Task AnswerAsync(NpgsqlConnection connection, Guid order, Guid person, CancellationToken cancel)
    {
        await using var keep = new NpgsqlCommand("insert into registry.appointments (order_id, person_id, at) values ($1, $2, $3)", connection)
        { Parameters = { new() { Value = order }, new() { Value = person }, new() { Value = clock.Now } } };
        await keep.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The person of a candidate: known, bound by СНИЛС, or new.</summary>
    public async Task<Result<Guid>> SettleAsync(NpgsqlConnection connection, Candidate who, Guid byPerson, Guid unit, CancellationToken cancel)
    {
        if (who.PersonId is { } known) return await ExistsAsync(connection, known, cancel) ? known : Problem.NotFound;
        if (who.Stranger is not { EsiaOid.Length: > 0 } stranger) return Problem.NotFound;
        var snils = Snils.TryParse(stranger.Snils, out var number) ? number.Digits : null;
        await using var find = new NpgsqlCommand("select person_id, esia_oid from registry.identities where esia_oid = $1 or snils_hash = $2 order by esia_oid = $1 desc nulls last", connection);
        find.Parameters.Add(new() { Value = stranger.EsiaOid });
        find.Parameters.Add(new() { Value = (object?)(snils is null ? null : vault.Hash(snils)) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        List<(Guid Person, string? Oid)> found;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) found = await reader.ReadAllAsync(row => (row.GetGuid(0), row.Text(1)), cancel);
        if (found.Count > 0 && found[0].Oid == stranger.EsiaOid)
        {
            if (found.Count > 1) await NoteAsync(connection, found[0].Person, found[1].Person, cancel);
            return found[0].Person;
        }
        // The number belongs to somebody who comes with another account: a clerk must look, not a program.
        if (found.Count > 0 && found[0].Oid is not null) return new Problem("registry.snils-taken", Texts.SnilsTaken, null, 409);
        return found.Count > 0 ? await BindAsync(connection, found[0].Person, stranger, cancel) : await CreateAsync(connection, stranger, snils, byPerson, unit, cancel);
    }

    /// <summary>An audit row by word of somebody whose request this is not.</summary>
    public static void AddAudit(NpgsqlBatch batch, Guid byPerson, AppAction action, DateTimeOffset at, Guid? unit, Guid subject, string detail) => batch.Add(
        "insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, detail) values ($1, $2, $3, '', $4, $5, $6, $7)",
        at, Ids.New(), byPerson, action.Name, Maybe.Uuid(unit), subject, detail);

    // The account is one person's and its СНИЛС another's: the two may be one.
    private async Task NoteAsync(NpgsqlConnection connection, Guid one, Guid other, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.AddSignal(one, other, "esia", clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, Guid person, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select 1 from registry.people where id = $1", connection) { Parameters = { new() { Value = person } } };
        return await find.ExecuteScalarAsync(cancel) is not null;
    }

    private async Task<Result<Guid>> BindAsync(NpgsqlConnection connection, Guid person, ProvenPerson stranger, CancellationToken cancel)
    {
        await using var bind = new NpgsqlCommand("update registry.identities set esia_oid = $2, bound_at = $3 where person_id = $1", connection)
        { Parameters = { new() { Value = person }, new() { Value = stranger.EsiaOid }, new() { Value = clock.Now } } };
        await bind.ExecuteNonQueryAsync(cancel);
        return person;
    }

    private async Task<Result<Guid>> CreateAsync(
        NpgsqlConnection connection, ProvenPerson stranger, string? snils, Guid byPerson, Guid unit, CancellationToken cancel)
    {
        var person = Ids.New();
        var name = stranger.Name;
        await using var batch = new NpgsqlBatch(connection);
        new ChangeSource(FieldTruth.Esia, clock.Now, "write") { By = byPerson }.AddTo(batch);
        batch.Add("insert into registry.people (id, last_name, first_name, middle_name, birth_date, gender) values ($1, $2, $3, $4, $5, $6)",
            person, name.Last, name.First, name.Middle, Maybe.Date(stranger.BirthDate), Maybe.Text(stranger.Gender));
        batch.Add("insert into registry.identities (person_id, snils_hash, snils_cipher, esia_oid, bound_at) values ($1, $2, $3, $4, $5)",
            person, Maybe.Of(snils is null ? null : vault.Hash(snils), NpgsqlDbType.Bytea), Maybe.Of(snils is null ? null : vault.Encrypt(snils), NpgsqlDbType.Bytea),
            stranger.EsiaOid, clock.Now);
        batch.Add("""
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why) values ($1, $2, 'people', $3, $4, $5, null, $6::jsonb, null)
            """, Ids.New(), clock.Now, person, unit, byPerson,
            JsonSerializer.Serialize(new { name.Last, name.First, name.Middle, stranger.BirthDate, stranger.Gender }, Json.Options));
        await batch.ExecuteNonQueryAsync(cancel);
        return person;
    }
}
