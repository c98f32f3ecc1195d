using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>A change of a field, in the reader's own zone. Numbers are told by their last digits.</summary>
internal sealed record FieldChange(Guid Id, string Field, DateTimeOffset At, string Source, string? Who, string Before, string After, string Why);

/// <summary>What the form says: as typed when it was refused, else as the card has it.</summary>
internal sealed record TypedFields(string? LastName, string? FirstName, string? MiddleName, string? BirthDate, string? Gender);

/// <summary>A card's fields with their sources, history and what waits to be decided.</summary>
internal sealed record FieldsScreen(
    FieldCard Card, ImmutableArray<FieldProposal> Proposals, ImmutableArray<FieldChange> Changes, string? SnilsEnding, string Done, TypedFields Typed, Problem? Refusal);

/// <summary>Shows whose word each field of a card is and what became of it. Reading is audited.</summary>
internal sealed class ShowFields(AppDb db, FactsDb facts, IdentifierVault vault, IClock clock)
{
    private const int MostShown = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/people/{id:guid}/fields", (Guid id, string? done, HttpContext context, ShowFields handler, CancellationToken cancel) =>
            handler.PageAsync(context, id, done, null, null, cancel)).Allow(RegistryActions.ReadFields);

    public async Task<IResult> PageAsync(HttpContext context, Guid personId, string? done, TypedFields? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        var zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZones.OrCapital(context.Features.Get<PersonFacts>()?.TimeZone));
        var screen = await HandleAsync(context.RequireActor(), personId, zone, cancel);
        return screen.IsOk
            ? Page.Of<FieldsPage>(new { Data = screen.Value with { Done = done ?? "", Typed = typed ?? screen.Value.Typed, Refusal = refusal } }, refusal?.Status ?? 200)
            : screen.Problem!.ToPage();
    }

    public async Task<Result<FieldsScreen>> HandleAsync(Actor actor, Guid personId, TimeZoneInfo zone, CancellationToken cancel)
    {
        var read = await db.ReadAuditedAsync(actor, async transaction =>
        {
            if (await FieldCard.OpenAsync(transaction, actor, RegistryActions.ReadFields, personId, false, cancel) is not { } card) return null;
            return await transaction.RunAsync(batch =>
            {
                FieldProposal.AddRead(batch, personId);
                batch.Add(ChangesSql, personId, MostShown);
            }, async (reader, token) => new FieldsScreen(
                card, [.. await reader.ReadAllAsync(FieldProposal.Of, token)], [.. await reader.ReadAllAsync(row => Read(row, zone), token)], null, "",
                new(card.Fields[0].Value, card.Fields[1].Value, card.Fields[2].Value, card.Fields[3].Value, card.Fields[4].Value), null), cancel);
        }, (batch, screen) => batch.AddAudit(actor, RegistryActions.ReadFields, clock.Now, screen.Card.SchoolId, personId), cancel);
        return read.IsOk ? await WithNumbersAsync(read.Value, cancel) : read;
    }

    private static FieldChange Read(NpgsqlDataReader row, TimeZoneInfo zone) => new(
        row.GetGuid(0), row.GetString(1), TimeZoneInfo.ConvertTime(row.GetFieldValue<DateTimeOffset>(2), zone), row.GetString(3), row.Text(4)?.Trim(),
        row.Text(5) ?? "", row.Text(6) ?? "", row.GetString(7));

    // People's requests cannot read numbers; the authoriser's role can, and only the last digits leave this method.
    private async Task<FieldsScreen> WithNumbersAsync(FieldsScreen screen, CancellationToken cancel)
    {
        await using var batch = facts.Source.CreateBatch();
        batch.Add("select snils_cipher from registry.identities where person_id = $1 and snils_cipher is not null", screen.Card.PersonId);
        batch.Add("select change_id, old_cipher, new_cipher from registry.field_secrets where person_id = $1", screen.Card.PersonId);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var now = await reader.ReadFirstAsync(row => Ending(row, 0), cancel);
        var past = (await reader.ReadAllAsync(row => (Id: row.GetGuid(0), Before: Ending(row, 1), After: Ending(row, 2)), cancel)).ToDictionary(row => row.Id);
        return screen with
        {
            SnilsEnding = now,
            Changes = [.. screen.Changes.Select(change => change.Field == "snils" && past.TryGetValue(change.Id, out var numbers)
                ? change with { Before = numbers.Before ?? "", After = numbers.After ?? "" } : change)],
        };
    }

    private string? Ending(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : vault.Decrypt(row.GetFieldValue<byte[]>(column))[^5..];

    // By the primary key, backwards.
    private const string ChangesSql = """
        select c.id, c.field, c.at, c.source, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, c.old_value, c.new_value, c.why
          from registry.field_changes c left join registry.people p on p.id = c.by_person
         where c.person_id = $1 order by c.id desc limit $2
        """;
}
