using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Pages;
using MySchool.Ui;

namespace MySchool.Support.Features;

/// <summary>Own tickets, newest first.</summary>
internal sealed record OwnTicketsScreen(ImmutableArray<Ticket> Tickets, bool MayHandle);

/// <summary>One ticket as its author sees it.</summary>
/// <param name="Key">Of the letter's link; null for a person signed in.</param>
internal sealed record OwnTicketScreen(
    Ticket Ticket, ImmutableArray<Message> Messages, ImmutableArray<Step> Steps, DateTimeOffset Now, string? Key, string? Typed, Problem? Refusal)
{
    /// <summary>Where a deed is sent.</summary>
    public string Action(string deed) => Key is null ? $"/support/tickets/{Ticket.Id}/{deed}" : $"/support/letter/{deed}";

    public string Picture(Guid id) => Key is null ? $"/support/pictures/{id}" : $"/support/letter/pictures/{id}?key={Key}";
}

/// <summary>Shows an author's tickets, in the cabinet or by the link of a letter, and takes what the author does there.</summary>
internal sealed class ShowOwnTickets(AppDb app, WorkerDb worker, LetterLinks links, TicketSigns signs, IClock clock)
{
    private static readonly ImmutableArray<string> Deeds = ["reply", "close", "reopen", "rate"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support", async (HttpContext http, ShowOwnTickets handler, CancellationToken cancel) =>
            Page.Of<OwnTicketsPage>(new { Data = await handler.ListAsync(http.RequireActor(), cancel) })).Allow(SupportActions.ReadOwn);
        routes.MapGet("/support/tickets/{id:guid}", (Guid id, HttpContext http, ShowOwnTickets handler, CancellationToken cancel) =>
            handler.PageAsync(new Author(http.RequireActor(), id), null, null, null, cancel)).Allow(SupportActions.ReadOwn);
        routes.MapPost("/support/tickets/{id:guid}/{deed}", async (
            Guid id, string deed, [FromForm] string? text, [FromForm] int? rating, HttpContext http, ShowOwnTickets handler, OwnTicket own, CancellationToken cancel) =>
            await handler.DoAsync(new Author(http.RequireActor(), id), null, deed, text, rating, http, own, cancel)).TakesPictures().Allow(SupportActions.ReadOwn);
        routes.MapGet("/support/letter", (string? key, HttpContext http, ShowOwnTickets handler, CancellationToken cancel) =>
            handler.LetterAsync(key, http, cancel)).Allow(SupportActions.ReadByLetter);
        routes.MapPost("/support/letter/{deed}", async (
            string deed, [FromForm] string? key, [FromForm] string? text, [FromForm] int? rating, HttpContext http, ShowOwnTickets handler, OwnTicket own, LetterLinks links, CancellationToken cancel) =>
            links.Open(key) is { } id ? await handler.DoAsync(new Author(null, id), key, deed, text, rating, http, own, cancel) : Problem.NotFound.ToPage())
            .TakesPictures().Allow(SupportActions.ReadByLetter);
    }

    private async Task<IResult> DoAsync(Author author, string? key, string deed, string? text, int? rating, HttpContext http, OwnTicket own, CancellationToken cancel)
    {
        if (!Deeds.Contains(deed) && !(deed == "confirm" && key is not null)) return Problem.NotFound.ToPage();
        var typed = (text ?? "").Trim();
        var done = await own.HandleAsync(author, new OwnDeed(deed, typed, rating ?? 0), await http.ReadPicturesAsync(cancel), cancel);
        if (done.IsOk) return Results.Redirect(key is null ? $"/support/tickets/{author.Ticket}" : $"/support/letter?key={key}");
        return done.Problem!.Status == 404 ? done.Problem.ToPage() : await PageAsync(author, key, typed, done.Problem, cancel);
    }

    private Task<IResult> LetterAsync(string? key, HttpContext http, CancellationToken cancel)
    {
        // The link is the secret: it must stay neither in a cache nor in the address of the next page.
        http.Response.Headers.CacheControl = "no-store";
        return links.Open(key) is { } id ? PageAsync(new Author(null, id), key, null, null, cancel) : Task.FromResult(Problem.NotFound.ToPage());
    }

    private async Task<IResult> PageAsync(Author author, string? key, string? typed, Problem? refusal, CancellationToken cancel) =>
        await ReadAsync(author, cancel) is { Ticket: not null } read
            ? Page.Of<OwnTicketPage>(new { Data = new OwnTicketScreen(read.Ticket, read.Messages, read.Steps, clock.Now, key, typed, refusal) }, refusal?.Status ?? 200)
            : Problem.NotFound.ToPage();

    private async Task<OwnTicketsScreen> ListAsync(Actor actor, CancellationToken cancel) => new(
        [.. await app.ReadAsync(actor, batch => batch.Add($"select {TicketRows.Columns} from support.tickets t where t.author_id = kernel.person() order by t.has_news desc, t.changed_at desc limit 200"),
            (reader, token) => reader.ReadAllAsync(TicketRows.Read, token), cancel)], Decide.CouldAllow(actor, SupportActions.Handle));

    private async Task<(Ticket? Ticket, ImmutableArray<Message> Messages, ImmutableArray<Step> Steps)> ReadAsync(Author author, CancellationToken cancel)
    {
        async Task<(Ticket?, ImmutableArray<Message>, ImmutableArray<Step>)> Read(Npgsql.NpgsqlDataReader reader, CancellationToken token)
        {
            var ticket = await reader.ReadFirstAsync(TicketRows.Read, token);
            var (messages, steps) = await TicketRows.ReadTalkAsync(reader, token);
            return (ticket, messages, steps);
        }
        if (author.Actor is { } actor)
        {
            var own = await app.ReadAsync(actor, batch =>
            {
                batch.Add($"select {TicketRows.Columns} from support.tickets t where t.id = $1 and t.author_id = kernel.person()", author.Ticket);
                TicketRows.AddTalk(batch, author.Ticket, hasNotes: false);
                // Opened is read.
                batch.Add("update support.tickets set has_news = false where id = $1 and author_id = kernel.person() and has_news", author.Ticket);
            }, Read, cancel);
            if (own.Item1 is { HasNews: true }) signs.Forget();
            return own;
        }
        await using var batch = worker.Source.CreateBatch();
        batch.Add($"select {TicketRows.Columns} from support.tickets t where t.id = $1 and t.author_id is null", author.Ticket);
        TicketRows.AddTalk(batch, author.Ticket, hasNotes: false);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await Read(reader, cancel);
    }
}
