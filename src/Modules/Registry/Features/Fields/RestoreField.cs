using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>Gives a field the value it had before a change. The past stays as it was: this is a change of its own.</summary>
internal sealed class RestoreField(AppDb db, WorkerDb worker, IdentifierVault vault, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/people/{id:guid}/fields/restore", async (
            Guid id, [FromForm] string? change, HttpContext context, RestoreField handler, ShowFields show, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, Guid.TryParse(change, out var wanted) ? wanted : Guid.Empty, cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/fields?done={done.Value}") : await show.PageAsync(context, id, null, null, done.Problem, cancel);
        }).Allow(RegistryActions.CorrectFields);

    /// <summary>Restores what a field was before the change named.</summary>
    /// <returns>As <see cref="CorrectFields.HandleAsync"/>.</returns>
    public async Task<Result<string>> HandleAsync(Actor actor, Guid personId, Guid changeId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await FieldCard.OpenAsync(transaction, actor, RegistryActions.CorrectFields, personId, true, cancel) is not { } card) return Problem.NotFound;
        var was = await transaction.RunAsync(batch => batch.Add("select field, old_value from registry.field_changes where person_id = $1 and id = $2", personId, changeId),
            (reader, token) => reader.ReadFirstAsync(row => ((string Field, string? Value)?)(row.GetString(0), row.Text(1)), token), cancel);
        if (was is not { } earlier || earlier.Field == "esia") return Problem.NotFound;
        if (earlier.Field == "snils") return await RestoreNumberAsync(actor, card, changeId, cancel);
        if (earlier.Field is "last_name" or "first_name" && string.IsNullOrEmpty(earlier.Value)) return Problem.NotFound;
        return await CorrectFields.WriteAsync(transaction, actor, card, new() { [earlier.Field] = earlier.Value ?? "" }, new ChangeSource(FieldTruth.School, clock.Now, "restore"), clock, cancel);
    }

    // Numbers are out of reach of people's requests: the right has been decided above, the worker writes.
    private async Task<Result<string>> RestoreNumberAsync(Actor actor, FieldCard card, Guid changeId, CancellationToken cancel)
    {
        await using var connection = await worker.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var look = new NpgsqlCommand("""
            select s.old_cipher, i.esia_oid is not null from registry.field_secrets s join registry.identities i on i.person_id = s.person_id
             where s.person_id = $1 and s.change_id = $2 for update of i
            """, connection) { Parameters = { new() { Value = card.PersonId }, new() { Value = changeId } } };
        (byte[]? Cipher, bool SignsIn) found;
        await using (var reader = await look.ExecuteReaderAsync(cancel))
            found = await reader.ReadFirstAsync(row => (row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), row.GetBoolean(1)), cancel);
        if (found.Cipher is null) return Problem.NotFound;
        if (found.SignsIn) return new Problem("registry.snils-proven", Texts.SnilsProven, null, 409);
        var hash = vault.Hash(vault.Decrypt(found.Cipher));
        await using var batch = new NpgsqlBatch(connection);
        (new ChangeSource(FieldTruth.School, clock.Now, "restore") { By = actor.PersonId, School = card.SchoolId }).AddTo(batch);
        batch.Add("update registry.identities set snils_hash = $2, snils_cipher = $3 where person_id = $1 and snils_hash is distinct from $2", card.PersonId, hash, found.Cipher);
        batch.AddAudit(actor, RegistryActions.CorrectFields, clock.Now, card.SchoolId, card.PersonId, "restore snils: applied");
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            return "applied";
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await transaction.RollbackAsync(cancel);
            await NoteAsync(connection, card.PersonId, hash, cancel);
            return new Problem("registry.snils-taken", Texts.SnilsTaken, null, 409);
        }
    }

    // One number of two people: the two may be one.
    private async Task NoteAsync(NpgsqlConnection connection, Guid person, byte[] hash, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select person_id from registry.identities where snils_hash = $1", connection) { Parameters = { new() { Value = hash } } };
        if (await find.ExecuteScalarAsync(cancel) is not Guid other) return;
        await using var batch = new NpgsqlBatch(connection);
        batch.AddSignal(person, other, "snils", clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
