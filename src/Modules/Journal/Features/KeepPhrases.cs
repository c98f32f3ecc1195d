using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>Words a teacher keeps for comments.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Text">At most 200 signs.</param>
internal sealed record Phrase(Guid Id, string Text);

/// <summary>Words to keep, as the panel of a cell sends them.</summary>
internal sealed record PhraseRequest(string? Text);

/// <summary>A teacher's bank of comments at one school: seen by nobody else, the latest used first.</summary>
internal sealed class KeepPhrases(AppDb db, IClock clock)
{
    private const int Most = 60;
    private const int Longest = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/phrases", async (HttpContext context, KeepPhrases handler, CancellationToken cancel) =>
            Results.Json(await handler.ReadAsync(context.RequireActor(), cancel), Json.Options)).Allow(JournalActions.ListJournals);
        routes.MapPost("/journal/phrases", async (PhraseRequest request, HttpContext context, KeepPhrases handler, CancellationToken cancel) =>
            (await handler.KeepAsync(context.RequireActor(), request.Text, cancel)).ToJson()).Allow(JournalActions.ListJournals);
        routes.MapDelete("/journal/phrases/{id:guid}", async (Guid id, HttpContext context, KeepPhrases handler, CancellationToken cancel) =>
            Results.Json(await handler.DropAsync(context.RequireActor(), id, cancel), Json.Options)).Allow(JournalActions.ListJournals);
    }

    public async Task<ImmutableArray<Phrase>> ReadAsync(Actor actor, CancellationToken cancel) =>
        [.. await db.ReadAsync(actor, batch => batch.Add("select id, text from journal.phrases where school_id = $1 and person_id = $2 order by used_at desc, text limit $3",
            actor.Hat.UnitId, actor.PersonId, Most), (reader, token) => reader.ReadAllAsync(row => new Phrase(row.GetGuid(0), row.GetString(1)), token), cancel)];

    /// <summary>Keeps words or, when they are kept already, moves them to the front. Answers the bank.</summary>
    public async Task<Result<ImmutableArray<Phrase>>> KeepAsync(Actor actor, string? typed, CancellationToken cancel)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length is 0 or > Longest) return new Problem("journal.phrase-length", string.Format(Domain.Words.Russian, Texts.PhraseLength, Longest), "text");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.phrases (school_id, person_id, id, text, used_at) values ($1, $2, $3, $4, $5)
                on conflict (school_id, person_id, lower(text)) do update set used_at = excluded.used_at
                """, actor.Hat.UnitId, actor.PersonId, Ids.New(), text, clock.Now);
            // The bank holds what is used: the oldest make room.
            batch.Add("""
                delete from journal.phrases where school_id = $1 and person_id = $2 and id not in (
                  select id from journal.phrases where school_id = $1 and person_id = $2 order by used_at desc limit $3)
                """, actor.Hat.UnitId, actor.PersonId, Most);
        }, cancel);
        return await ReadAsync(actor, cancel);
    }

    public async Task<ImmutableArray<Phrase>> DropAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        await db.WriteAsync(actor, batch => batch.Add("delete from journal.phrases where school_id = $1 and person_id = $2 and id = $3", actor.Hat.UnitId, actor.PersonId, id), cancel);
        return await ReadAsync(actor, cancel);
    }
}
