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

/// <summary>What waits for a unit.</summary>
/// <param name="List">new, ours, author, overdue, passed or closed.</param>
internal sealed record QueueScreen(string List, ImmutableArray<Ticket> Tickets, ImmutableDictionary<string, int> Counts, DateTimeOffset Now, bool MaySetTerms);

/// <summary>One ticket as those see it who answer.</summary>
internal sealed record HandledScreen(
    Ticket Ticket, string? AuthorName, ImmutableArray<Message> Messages, ImmutableArray<Step> Steps, bool IsHere, Actor Actor,
    ImmutableArray<Choice> Articles, DateTimeOffset Now, Deed? Tried, Problem? Refusal);

/// <summary>Shows the queue of the actor's unit and the tickets in it.</summary>
internal sealed class ShowQueue(AppDb db, Knowledge.FindArticles articles, IClock clock)
{
    public static readonly ImmutableArray<string> Lists = ["new", "ours", "author", "overdue", "passed", "closed"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support/queue", async (string? list, HttpContext http, ShowQueue handler, CancellationToken cancel) =>
            await handler.ListAsync(http.RequireActor(), Lists.Contains(list ?? "") ? list! : "new", cancel)).Allow(SupportActions.Handle);
        routes.MapGet("/support/queue/{id:guid}", (Guid id, HttpContext http, ShowQueue handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), id, null, null, cancel)).Allow(SupportActions.Handle);
        routes.MapPost("/support/queue/{id:guid}/{deed}", async (
            Guid id, string deed, [FromForm] int? version, [FromForm] string? text, [FromForm] string? article, [FromForm] string? final, [FromForm] string? share,
            HttpContext http, ShowQueue show, HandleTicket handler, CancellationToken cancel) =>
        {
            var typed = new Deed(deed, version ?? 0, (text ?? "").Trim(), article ?? "", final is not null, share is not null);
            var done = await handler.HandleAsync(http.RequireActor(), id, typed, cancel);
            return done.IsOk ? Results.Redirect(deed is "up" or "down" ? "/support/queue" : $"/support/queue/{id}")
                : done.Problem!.Status == 404 ? done.Problem.ToPage() : await show.PageAsync(http.RequireActor(), id, typed, done.Problem, cancel);
        }).Allow(SupportActions.Handle);
    }

    private const string Mine = "unit_id = any (kernel.scope('support_units')::uuid[])";

    private static string Where(string list) => list switch
    {
        "new" or "ours" or "author" => $"{Mine} and state = '{list}'",
        "overdue" => $"{Mine} and state in ('new', 'ours') and due_at < $1",
        "passed" => "not " + Mine + " and seen_by && kernel.scope('support_units')::uuid[] and state <> 'closed'",
        _ => "seen_by && kernel.scope('support_units')::uuid[] and state = 'closed' and closed_at > $1 - interval '90 days'",
    };

    private async Task<IResult> ListAsync(Actor actor, string list, CancellationToken cancel)
    {
        if (!Decide.CouldAllow(actor, SupportActions.Handle)) return Problem.NotFound.ToPage();
        var (tickets, counts) = await db.ReadAsync(actor, batch =>
        {
            batch.Add($"select {TicketRows.Columns} from support.tickets t where ({Where(list)}) and $1::timestamptz is not null order by coalesce(t.due_at, t.changed_at), t.id limit 200", clock.Now);
            batch.Add($"select {string.Join(", ", Lists.Select(each => $"count(*) filter (where {Where(each)})"))} from support.tickets where $1::timestamptz is not null", clock.Now);
        }, async (reader, token) => (await reader.ReadAllAsync(TicketRows.Read, token),
            await reader.ReadFirstAsync(row => Lists.Select((each, i) => (each, (int)row.GetInt64(i))).ToImmutableDictionary(pair => pair.each, pair => pair.Item2), token)), cancel);
        return Page.Of<QueuePage>(new { Data = new QueueScreen(list, [.. tickets], counts!, clock.Now, Decide.CouldAllow(actor, SupportActions.SetTerms)) });
    }

    private async Task<IResult> PageAsync(Actor actor, Guid id, Deed? tried, Problem? refusal, CancellationToken cancel)
    {
        var read = await db.ReadAsync(actor, batch =>
        {
            // An author who also answers reads their own ticket in the cabinet, not from this side of the desk.
            batch.Add($"select {TicketRows.Columns} from support.tickets t where t.id = $1 and t.seen_by && kernel.scope('support_units')::uuid[]", id);
            batch.Add("select name from support.authors where ticket_id = $1", id);
            TicketRows.AddTalk(batch, id, hasNotes: true);
            batch.AddAudit(actor, SupportActions.Handle, clock.Now, null, null, $"read ticket {id}");
        }, async (reader, token) =>
        {
            var ticket = await reader.ReadFirstAsync(TicketRows.Read, token);
            var name = await reader.ReadFirstAsync(row => row.GetString(0), token);
            var (messages, steps) = await TicketRows.ReadTalkAsync(reader, token);
            return (Ticket: ticket, Name: name, Messages: messages, Steps: steps);
        }, cancel);
        if (read.Ticket is not { } ticket || !Sees(actor, ticket)) return Problem.NotFound.ToPage();
        var found = await articles.HandleAsync(ticket.Title, ticket.Role, 8, cancel);
        return Page.Of<HandledPage>(new
        {
            Data = new HandledScreen(ticket, read.Name, read.Messages, read.Steps, Decide.Allows(actor, SupportActions.Handle, ticket.Place), actor,
                [.. found.Select(one => new Choice(one.Slug, Knowledge.FindArticles.Plain(one.Title)))], clock.Now, tried, refusal),
        }, refusal?.Status ?? 200);
    }

    // Whoever had it goes on seeing what became of it; only whoever has it acts.
    private static bool Sees(Actor actor, Ticket ticket) =>
        Enumerable.Range(0, ticket.Chain.Length).Any(i => Decide.Allows(actor, SupportActions.Handle,
            new Coordinate(ticket.Kinds[i] == "school" ? Contracts.Access.Places.School : Contracts.Access.Places.Territory, ticket.Chain[i])));
}
