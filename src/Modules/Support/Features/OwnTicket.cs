using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Support.Domain;
using MySchool.Support.Resources;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>Who speaks of their own ticket: somebody signed in, or whoever has the link of the letter.</summary>
/// <param name="Actor">The actor; null for a link.</param>
/// <param name="Ticket">The ticket.</param>
internal sealed record Author(Actor? Actor, Guid Ticket);

/// <summary>A deed of the author.</summary>
/// <param name="What">confirm, reply, close, reopen or rate.</param>
/// <param name="Text">What is said.</param>
/// <param name="Rating">1 to 5.</param>
internal sealed record OwnDeed(string What, string Text = "", int Rating = 0);

/// <summary>What the author does with a ticket: answers, closes, opens again, rates; a stranger confirms the address first.</summary>
internal sealed class OwnTicket(AppDb app, WorkerDb worker, TicketSigns signs, IClock clock)
{
    public async Task<Result<bool>> HandleAsync(Author author, OwnDeed deed, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancel)
    {
        var pictures = await SendTicket.CleanAsync(files, cancel);
        if (!pictures.IsOk) return pictures.Problem!;
        void Fill(NpgsqlBatch batch, Ticket ticket) => Write(batch, ticket, author.Actor?.PersonId, deed, pictures.Value);
        var done = author.Actor is { } actor ? await OfPersonAsync(actor, author.Ticket, deed, Fill, cancel) : await OfStrangerAsync(author.Ticket, deed, Fill, cancel);
        if (done.IsOk) signs.Forget();
        return done;
    }

    private async Task<Result<bool>> OfPersonAsync(Actor actor, Guid id, OwnDeed deed, Action<NpgsqlBatch, Ticket> fill, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, SupportActions.ReadOwn)) return Problem.NotFound;
        await using var transaction = await app.BeginAsync(actor, cancel);
        var ticket = await transaction.RunAsync(batch => batch.Add(
            $"select {TicketRows.Columns} from support.tickets t where t.id = $1 and t.author_id = kernel.person() for update", id),
            (reader, token) => reader.ReadFirstAsync(TicketRows.Read, token), cancel);
        if (Check(ticket, deed) is { } refusal) return refusal;
        await transaction.RunAsync(batch => fill(batch, ticket!), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<Result<bool>> OfStrangerAsync(Guid id, OwnDeed deed, Action<NpgsqlBatch, Ticket> fill, CancellationToken cancel)
    {
        await using var connection = await worker.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var find = new NpgsqlCommand($"select {TicketRows.Columns} from support.tickets t where t.id = $1 and t.author_id is null for update", connection)
        { Parameters = { new() { Value = id } } };
        Ticket? ticket;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) ticket = await reader.ReadFirstAsync(TicketRows.Read, cancel);
        if (Check(ticket, deed) is { } refusal) return refusal;
        await using var batch = new NpgsqlBatch(connection, transaction);
        fill(batch, ticket!);
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private Problem? Check(Ticket? ticket, OwnDeed deed) => (deed.What, ticket?.State) switch
    {
        (_, null) => Problem.NotFound,
        ("confirm", "unconfirmed") => ticket.CreatedAt + TicketRules.ConfirmTerm < clock.Now ? new Problem("support.confirm-late", Texts.ConfirmLate) : null,
        // Pressed twice, or a second window: the ticket is on its way already.
        (_, "unconfirmed") or ("confirm", _) => Stale,
        ("reply", "closed") => Stale,
        ("reply", _) => SendTicket.CheckText(deed.Text),
        ("close", "closed") => Stale,
        ("close", _) => null,
        ("reopen", "closed") => ticket.MayReopen(clock.Now) ? SendTicket.CheckText(deed.Text) : new Problem("support.reopen-late", Texts.ReopenLate),
        ("rate", "closed" or "author") => deed.Rating is >= 1 and <= 5 ? null : new Problem("support.rating-odd", Texts.RatingOdd, "rating"),
        _ => Stale,
    };

    private static Problem Stale => new("support.stale", Texts.Stale, null, 409);

    private void Write(NpgsqlBatch batch, Ticket ticket, Guid? by, OwnDeed deed, List<CleanPicture> pictures)
    {
        var now = clock.Now;
        var due = $"$2 + {string.Format(null, TicketRows.Term, "$3")}";
        batch.Add(deed.What switch
        {
            "confirm" => $"update support.tickets set state = 'new', due_at = {due}, version = version + 1, changed_at = $2 where id = $1",
            // A word more while nobody has answered does not move the term.
            "reply" => $"update support.tickets set state = case when state = 'new' then 'new' else 'ours' end, due_at = case when state = 'author' then {due} else due_at end, has_news = false, version = version + 1, changed_at = $2 where id = $1",
            "reopen" => $"update support.tickets set state = 'ours', closed_at = null, due_at = {due}, has_news = false, rating = null, version = version + 1, changed_at = $2 where id = $1",
            "close" => "update support.tickets set state = 'closed', closed_at = $2, due_at = null, has_news = false, version = version + 1, changed_at = $2 where id = $1 and $3 <> ''",
            _ => "update support.tickets set rating = $4, changed_at = $2 where id = $1 and $3 <> ''",
        }, deed.What == "rate" ? [ticket.Id, now, ticket.Level, (short)deed.Rating] : [ticket.Id, now, ticket.Level]);
        if (deed.What is "reply" or "reopen")
        {
            var message = Ids.New();
            batch.AddMessage(message, ticket.Id, "author", by, null, deed.Text, now);
            foreach (var picture in pictures) batch.AddPicture(ticket.Id, message, picture);
        }
        batch.AddStep(ticket.Id, now, deed.What switch { "confirm" => "confirmed", "reply" => "replied", "reopen" => "reopened", "close" => "closed", _ => "rated" }, by, null,
            deed.What == "rate" ? $"{deed.Rating}" : null);
    }
}
