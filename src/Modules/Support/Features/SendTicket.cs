using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Support.Domain;
using MySchool.Kernel.Files;
using MySchool.Support.Resources;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>What a person wants to say.</summary>
/// <param name="Key">Identity of the ticket to be: the form sent twice is one ticket.</param>
/// <param name="Kind">One of <see cref="TicketRules.Kinds"/>.</param>
/// <param name="Title">One line.</param>
/// <param name="Text">The rest.</param>
/// <param name="Email">Where the answer goes besides the cabinet; needed of those without a session.</param>
/// <param name="Name">Name of somebody without a session.</param>
/// <param name="Unit">School or office; null when left out.</param>
/// <param name="Role">Role worn; empty when left out.</param>
/// <param name="Seen">Where they were.</param>
internal sealed record TicketDraft(Guid Key, string Kind, string Title, string Text, string Email, string Name, Guid? Unit, string Role, Seen Seen);

/// <summary>Takes a ticket from somebody signed in, or from somebody who has only an address of mail.</summary>
internal sealed class SendTicket(AppDb app, WorkerDb worker, FindChain chains, LetterLinks links, IClock clock)
{
    private const int MostADay = 10;
    private const int MostLettersADay = 3;
    private const int MostOfNetworkADay = 20;

    /// <summary>Writes the ticket of somebody signed in.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, PersonFacts facts, TicketDraft draft, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, SupportActions.ReadOwn)) return Problem.NotFound;
        if (Check(draft) is { } wrong) return wrong;
        if (draft.Email.Length > 0 && !MailAddresses.IsValid(draft.Email)) return new Problem("support.email-odd", Texts.EmailOdd, "email");
        if (draft.Unit is { } unit && FindChain.SchoolsOf(actor, facts).All(school => school.Id != unit)) return new Problem("support.school-missing", Texts.SchoolMissing, "school");
        var (before, day) = await app.ReadAsync(actor, batch => batch.Add(
            "select count(*) filter (where id = $1), count(*) filter (where created_at > $2) from support.tickets where author_id = kernel.person()", draft.Key, clock.Now.AddDays(-1)),
            (reader, token) => reader.ReadFirstAsync(row => (row.GetInt64(0), row.GetInt64(1)), token), cancel);
        if (before > 0) return draft.Key;
        if (day >= MostADay) return new Problem("support.too-many", Texts.TooManyToday, null, 429);
        var pictures = await CleanAsync(files, cancel);
        if (!pictures.IsOk) return pictures.Problem!;
        var chain = await chains.HandleAsync(draft.Unit, draft.Role, cancel);
        await app.WriteAsync(actor, batch =>
        {
            AddTicket(batch, draft, chain, actor.PersonId, "new");
            batch.Add("insert into support.authors (ticket_id, name, email) values ($1, $2, $3)", draft.Key, facts.Name.Full, Maybe.Text(draft.Email.Length > 0 ? draft.Email : null));
            AddWords(batch, draft, pictures.Value, actor.PersonId, chain);
            batch.AddAudit(actor, SupportActions.Write, clock.Now, draft.Unit is null || chain.Links[0].Kind != "school" ? null : draft.Unit, actor.PersonId, $"ticket {draft.Key}");
        }, cancel);
        return draft.Key;
    }

    /// <summary>Writes the ticket of somebody without a session; it goes nowhere until the address is confirmed.</summary>
    public async Task<Result<Guid>> HandleStrangerAsync(TicketDraft draft, IReadOnlyList<ReadOnlyMemory<byte>> files, HttpContext http, CancellationToken cancel)
    {
        if (Check(draft) is { } wrong) return wrong;
        if (draft.Name.Length is < 2 or > 300) return new Problem("support.name-missing", Texts.NameMissing, "name");
        if (!MailAddresses.IsValid(draft.Email)) return new Problem("support.email-odd", Texts.EmailOdd, "email");
        var network = NetworkOf(http);
        if (await CheckFloodAsync(draft.Email, network, cancel) is { } flood) return flood;
        var pictures = await CleanAsync(files, cancel);
        if (!pictures.IsOk) return pictures.Problem!;
        var chain = await chains.HandleAsync(draft.Unit, "", cancel);
        await using var batch = worker.Source.CreateBatch();
        AddTicket(batch, draft with { Role = "" }, chain, null, "unconfirmed");
        batch.Add("insert into support.authors (ticket_id, name, email, network) values ($1, $2, $3, $4)", draft.Key, draft.Name, draft.Email, network);
        AddWords(batch, draft, pictures.Value, null, chain);
        batch.AddLetter(draft.Email, Texts.ConfirmSubject, Words.Say(Texts.ConfirmLetter, draft.Title, links.For(draft.Key)), clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
        return draft.Key;
    }

    /// <summary>Pictures without what their files carried.</summary>
    public static async Task<Result<List<CleanPicture>>> CleanAsync(IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancel)
    {
        if (files.Count > TicketRules.MostPictures) return new Problem("support.pictures-many", Words.Say(Texts.PicturesMany, TicketRules.MostPictures), "pictures");
        var clean = new List<CleanPicture>();
        foreach (var file in files)
        {
            var picture = await PictureCleaner.CleanAsync(file, cancel);
            if (!picture.IsOk) return picture.Problem!;
            clean.Add(picture.Value);
        }
        return clean;
    }

    private static Problem? Check(TicketDraft draft) =>
        draft.Key == Guid.Empty ? new Problem("support.key-missing", Texts.KeyMissing, null, 400)
        : !TicketRules.Kinds.Contains(draft.Kind) ? new Problem("support.kind-missing", Texts.KindMissing, "kind")
        : draft.Title.Length is < 3 or > TicketRules.MostTitle ? new Problem("support.title-odd", Words.Say(Texts.TitleOdd, TicketRules.MostTitle), "title")
        : CheckText(draft.Text);

    public static Problem? CheckText(string text) =>
        text.Length is 0 ? new Problem("support.text-missing", Texts.TextMissing, "text")
        : text.Length > TicketRules.MostText ? new Problem("support.text-long", Words.Say(Texts.TextLong, TicketRules.MostText), "text") : null;

    private void AddTicket(NpgsqlBatch batch, TicketDraft draft, Chain chain, Guid? author, string state) =>
        batch.Add($"""
            insert into support.tickets (id, author_id, role, from_name, kind, title, chain, chain_names, chain_kinds, step, first_unit, seen_by, state, created_at, changed_at, seen_path, seen_trace, seen_browser, due_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, array[$11::uuid], $12, $13, $13, $14, $15, $16, case when $12 = 'new' then $13 + {string.Format(null, TicketRows.Term, "$17")} end)
            """, draft.Key, Maybe.Uuid(author), draft.Role, chain.FromName, draft.Kind, draft.Title, chain.Ids, chain.Names, chain.Kinds, (short)(chain.Start + 1), chain.First.Id,
            state, clock.Now, Maybe.Text(draft.Seen.Path), Maybe.Text(draft.Seen.Trace), Maybe.Text(draft.Seen.Browser), chain.First.Kind);

    private void AddWords(NpgsqlBatch batch, TicketDraft draft, List<CleanPicture> pictures, Guid? author, Chain chain)
    {
        var message = Ids.New();
        batch.AddMessage(message, draft.Key, "author", author, null, draft.Text, clock.Now);
        foreach (var picture in pictures) batch.AddPicture(draft.Key, message, picture);
        batch.AddStep(draft.Key, clock.Now, "sent", author, null, chain.First.Name);
    }

    private async Task<Problem?> CheckFloodAsync(string email, string network, CancellationToken cancel)
    {
        await using var count = worker.Source.CreateCommand("""
            select count(*) filter (where lower(a.email) = lower($1)), count(*) filter (where a.network = $2)
              from support.authors a join support.tickets t on t.id = a.ticket_id
             where a.network is not null and t.created_at > $3 and (lower(a.email) = lower($1) or a.network = $2)
            """);
        foreach (var value in (object[])[email, network, clock.Now.AddDays(-1)]) count.Parameters.Add(new() { Value = value });
        await using var reader = await count.ExecuteReaderAsync(cancel);
        var (letters, sent) = await reader.ReadFirstAsync(row => (row.GetInt64(0), row.GetInt64(1)), cancel);
        return letters >= MostLettersADay || sent >= MostOfNetworkADay ? new Problem("support.too-many", Texts.TooManyToday, null, 429) : null;
    }

    // Neighbours share a line: 256 addresses of the old kind, a household of the new.
    private static string NetworkOf(HttpContext http)
    {
        var bytes = (http.Connection.RemoteIpAddress ?? System.Net.IPAddress.None).MapToIPv6().GetAddressBytes();
        var isOld = bytes.AsSpan(0, 10).IndexOfAnyExcept((byte)0) < 0;
        return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, isOld ? 15 : 8)).AsSpan(0, 12));
    }
}
