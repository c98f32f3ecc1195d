using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>Takes what ЕСИА says of a person who signs in.</summary>
internal sealed class HearEsia(WorkerDb db, IdentifierVault vault, IClock clock) : IPersonFields
{
    private const int MostName = 100;

    public async Task HearEsiaAsync(Guid personId, ProvenPerson told, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var look = new NpgsqlBatch(connection);
        PersonFields.AddRead(look, personId, isHeld: true);
        await using (var reader = await look.ExecuteReaderAsync(cancel))
        {
            if (await PersonFields.ReadAsync(reader, cancel) is not { } fields) return;
            await reader.CloseAsync();
            await using var write = new NpgsqlBatch(connection);
            var verdicts = PersonFields.AddTold(write, personId, fields, Told(told), new ChangeSource(FieldTruth.Esia, clock.Now, "sign-in"));
            if (verdicts.Values.Any(verdict => verdict is FieldVerdict.Apply or FieldVerdict.Propose))
                NewPeople.AddAudit(write, personId, RegistryActions.CorrectFields, clock.Now, null, personId, "told by esia");
            if (write.BatchCommands.Count > 0) await write.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        if (Snils.TryParse(told.Snils, out var number)) await FillNumberAsync(connection, personId, number.Digits, cancel);
    }

    private static Dictionary<string, string> Told(ProvenPerson told)
    {
        var said = new (string Field, string? Value)[]
        {
            ("last_name", told.Name.Last), ("first_name", told.Name.First), ("middle_name", told.Name.Middle), ("birth_date", DateField.Show(told.BirthDate)), ("gender", told.Gender),
        };
        return said.Select(one => (one.Field, Value: string.Concat((one.Value ?? "").Where(c => !char.IsControl(c))).Trim()))
            .Where(one => one.Value.Length is > 0 and <= MostName).ToDictionary(one => one.Field, one => one.Value);
    }

    // A number is filled in, never traded for another: two numbers are two people to the law, and one of two people is for a clerk to look at.
    private async Task FillNumberAsync(NpgsqlConnection connection, Guid person, string digits, CancellationToken cancel)
    {
        var hash = vault.Hash(digits);
        await using var find = new NpgsqlCommand("select person_id from registry.identities where snils_hash = $1", connection) { Parameters = { new() { Value = hash } } };
        var owner = await find.ExecuteScalarAsync(cancel) as Guid?;
        if (owner == person) return;
        await using var batch = new NpgsqlBatch(connection);
        if (owner is { } other) batch.AddSignal(person, other, "snils", clock.Now);
        else
        {
            new ChangeSource(FieldTruth.Esia, clock.Now, "sign-in").AddTo(batch);
            batch.Add("update registry.identities set snils_hash = $2, snils_cipher = $3 where person_id = $1 and snils_hash is null", person, hash, vault.Encrypt(digits));
        }
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // Somebody was given the number in this very moment: the next sign-in says that the two may be one.
        }
    }
}
