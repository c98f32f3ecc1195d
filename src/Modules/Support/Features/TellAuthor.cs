using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Support.Domain;
using MySchool.Support.Resources;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>A ticket was answered or closed: its author is to know.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="TicketId">Which.</param>
/// <param name="What">answered or closed.</param>
/// <param name="Text">What was said.</param>
internal sealed record TicketAnswered(Guid EventId, DateTimeOffset OccurredAt, Guid TicketId, string What, string Text) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>Writes to the author. The address is read here and nowhere else: whoever answers never learns it.</summary>
internal sealed class TellAuthor(LetterLinks links, MailOptions mail, TicketSigns signs) : IEventHandler<TicketAnswered>
{
    public async Task HandleAsync(IReadOnlyList<TicketAnswered> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        signs.Forget();
        await using var find = new NpgsqlCommand(
            "select t.id, t.number, t.title, t.author_id is null, a.email from support.tickets t join support.authors a on a.ticket_id = t.id where t.id = any($1) and a.email is not null", connection);
        find.Parameters.Add(new() { Value = happened.Select(told => told.TicketId).ToArray() });
        Dictionary<Guid, Addressee> tickets;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            tickets = (await reader.ReadAllAsync(row => new Addressee(row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetBoolean(3), row.GetString(4)), cancel)).ToDictionary(row => row.Id);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var told in happened)
        {
            if (!tickets.TryGetValue(told.TicketId, out var to)) continue;
            var link = to.IsStranger ? links.For(to.Id) : $"{mail.SiteAddress}/support/tickets/{to.Id}";
            batch.AddLetter(to.Email, Words.Say(told.What == "closed" ? Texts.ClosedSubject : Texts.AnswerSubject, to.Number),
                Words.Say(Texts.AnswerLetter, to.Number, to.Title, told.Text, link), told.OccurredAt);
        }
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Addressee(Guid Id, long Number, string Title, bool IsStranger, string Email);
}
