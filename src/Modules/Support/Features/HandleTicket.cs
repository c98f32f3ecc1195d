using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Support.Domain;
using MySchool.Support.Resources;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>A deed of whoever answers.</summary>
/// <param name="What">take, answer, note, up, down or close.</param>
/// <param name="Version">Version of the ticket that was seen.</param>
/// <param name="Text">Answer, note or reason.</param>
/// <param name="Article">Article to add to an answer; empty for none.</param>
/// <param name="IsFinal">The answer closes the ticket.</param>
/// <param name="SharesPictures">The pictures go up with it.</param>
internal sealed record Deed(string What, int Version, string Text = "", string Article = "", bool IsFinal = false, bool SharesPictures = false);

/// <summary>Takes, answers, passes up or down and closes a ticket that is with the actor's unit.</summary>
internal sealed class HandleTicket(AppDb app, TicketSigns signs, MailOptions mail, IClock clock)
{
    private const int MostReason = 500;

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid id, Deed deed, CancellationToken cancel)
    {
        if (Check(deed) is { } wrong) return wrong;
        await using var transaction = await app.BeginAsync(actor, cancel);
        var (ticket, article) = await transaction.RunAsync(batch =>
        {
            batch.Add($"select {TicketRows.Columns} from support.tickets t where t.id = $1 for update", id);
            batch.Add("select title from support.articles where slug = $1 and is_published", deed.Article);
        }, async (reader, token) => (await reader.ReadFirstAsync(TicketRows.Read, token), await reader.ReadFirstAsync(row => row.GetString(0), token)), cancel);
        if (ticket is null || !Decide.Allows(actor, SupportActions.Handle, ticket.Place)) return Problem.NotFound;
        if (ticket.Version != deed.Version) return new Problem("support.changed", Texts.ChangedMeanwhile, null, 409);
        if (CheckState(ticket, deed) is { } refusal) return refusal;
        if (article is not null) deed = deed with { Text = $"{deed.Text}\n\n{Words.Say(Texts.MoreInHelp, article)}\n{mail.SiteAddress}/help/{deed.Article}" };
        await transaction.RunAsync(batch => Write(batch, actor, ticket, deed), cancel);
        await transaction.CommitAsync(cancel);
        signs.Forget();
        return true;
    }

    private static Problem? Check(Deed deed) => deed.What switch
    {
        "take" => null,
        "answer" or "note" => SendTicket.CheckText(deed.Text),
        "up" or "down" or "close" => deed.Text.Length is 0 or > MostReason ? new Problem("support.reason-missing", Words.Say(Texts.ReasonMissing, MostReason), deed.What) : null,
        _ => Problem.NotFound,
    };

    private static Problem? CheckState(Ticket ticket, Deed deed) => (deed.What, ticket.State) switch
    {
        ("note", _) => null,
        (_, "closed") or ("take", not "new") => new Problem("support.stale", Texts.Stale, null, 409),
        ("up", _) when ticket.Above is null => new Problem("support.nobody-above", Texts.NobodyAbove, "up"),
        ("down", _) when ticket.Below is null => new Problem("support.nobody-below", Texts.NobodyBelow, "down"),
        _ => null,
    };

    private void Write(NpgsqlBatch batch, Actor actor, Ticket ticket, Deed deed)
    {
        var now = clock.Now;
        var isClosing = deed.What == "close" || deed is { What: "answer", IsFinal: true };
        AddStepFirst(batch, actor, ticket, deed, now);
        if (isClosing) batch.AddStep(ticket.Id, now, "closed", actor.PersonId, ticket.UnitName, deed.What == "close" ? deed.Text : null);
        switch (deed.What)
        {
            case "take":
                Change(batch, ticket, "state = 'ours', taken_by = $3", now, actor.PersonId);
                break;
            case "note":
                batch.AddMessage(Ids.New(), ticket.Id, "note", actor.PersonId, ticket.UnitName, deed.Text, now);
                break;
            case "answer":
                batch.AddMessage(Ids.New(), ticket.Id, "answer", actor.PersonId, ticket.UnitName, deed.Text, now);
                Change(batch, ticket, $"state = {(isClosing ? "'closed', closed_at = $2" : "'author'")}, due_at = null, has_news = author_id is not null, taken_by = $3", now, actor.PersonId);
                break;
            case "close":
                batch.AddMessage(Ids.New(), ticket.Id, "answer", actor.PersonId, ticket.UnitName, deed.Text, now);
                Change(batch, ticket, "state = 'closed', closed_at = $2, due_at = null, has_news = author_id is not null, taken_by = $3", now, actor.PersonId);
                break;
            default:
                Pass(batch, ticket, deed, now);
                break;
        }
        if (deed.What is "answer" or "close") batch.AddEvent(new TicketAnswered(Ids.New(), now, ticket.Id, isClosing ? "closed" : "answered", deed.Text));
        batch.AddAudit(actor, SupportActions.Handle, now, ticket.Level == "school" ? ticket.UnitId : null, null, $"{deed.What} ticket {ticket.Id}");
    }

    private static void AddStepFirst(NpgsqlBatch batch, Actor actor, Ticket ticket, Deed deed, DateTimeOffset now)
    {
        var (what, detail) = deed.What switch
        {
            "take" => ("taken", null), "answer" => ("answered", null), "note" => ("noted", null),
            "up" => ("up", $"{ticket.Above!.Name}: {deed.Text}"), "down" => ("down", $"{ticket.Below!.Name}: {deed.Text}"), _ => ("", (string?)null),
        };
        if (what.Length > 0) batch.AddStep(ticket.Id, now, what, actor.PersonId, ticket.UnitName, detail is { Length: > MostReason } ? detail[..MostReason] : detail);
    }

    // Pictures are let go before the ticket is: afterwards it is no longer this unit's to give.
    private static void Pass(NpgsqlBatch batch, Ticket ticket, Deed deed, DateTimeOffset now)
    {
        var to = deed.What == "up" ? ticket.Above! : ticket.Below!;
        if (deed is { What: "up", SharesPictures: true }) batch.Add("update support.pictures set is_shared = true where ticket_id = $1", ticket.Id);
        Change(batch, ticket, $"""
            step = step + {(deed.What == "up" ? 1 : -1)}, seen_by = (select array_agg(distinct u) from unnest(seen_by || $3::uuid) u), state = 'new', taken_by = null,
            due_at = $2 + {string.Format(null, TicketRows.Term, "$4")}
            """, now, to.Id, to.Kind);
    }

    private static void Change(NpgsqlBatch batch, Ticket ticket, string set, DateTimeOffset now, params ReadOnlySpan<object?> more) =>
        batch.Add($"update support.tickets set {set}, version = version + 1, changed_at = $2 where id = $1", [ticket.Id, now, .. more]);
}
