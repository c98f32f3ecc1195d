using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Support.Domain;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>A ticket as pages show it.</summary>
internal sealed record Ticket(
    Guid Id, long Number, string Role, string FromName, string Kind, string Title, Guid[] Chain, string[] Names, string[] Kinds, int Step,
    string State, Guid? TakenBy, DateTimeOffset? DueAt, bool HasNews, int Version, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt,
    DateTimeOffset? ClosedAt, int? Rating, Seen Seen, bool IsOwn)
{
    public Guid UnitId => Chain[Step - 1];

    public string UnitName => Names[Step - 1];

    public string Level => Kinds[Step - 1];

    /// <summary>Where it stands, for Decide: with the unit that has it now.</summary>
    public Coordinate Place => new(Level == "school" ? Places.School : Places.Territory, UnitId);

    public Link? Above => Step < Chain.Length ? new Link(Chain[Step], Kinds[Step], Names[Step]) : null;

    public Link? Below => Step > 1 ? new Link(Chain[Step - 2], Kinds[Step - 2], Names[Step - 2]) : null;

    public bool IsOverdue(DateTimeOffset now) => State is "new" or "ours" && DueAt < now;

    public bool MayReopen(DateTimeOffset now) => TicketRules.MayReopen(State, ClosedAt, now);
}

/// <summary>A word said in a ticket.</summary>
internal sealed record Message(Guid Id, string Kind, Guid? ByPerson, string? UnitName, string Text, DateTimeOffset At, ImmutableArray<PictureRef> Pictures);

/// <summary>A picture by its id; the bytes have an address of their own.</summary>
internal sealed record PictureRef(Guid Id, Guid MessageId, int Width, int Height);

/// <summary>A step of a ticket's history.</summary>
internal sealed record Step(DateTimeOffset At, string What, string? UnitName, string? Detail);

/// <summary>Reads tickets and what belongs to them.</summary>
internal static class TicketRows
{
    public const string Columns = """
        t.id, t.number, t.role, t.from_name, t.kind, t.title, t.chain, t.chain_names, t.chain_kinds, t.step, t.state, t.taken_by, t.due_at, t.has_news,
        t.version, t.created_at, t.changed_at, t.closed_at, t.rating, t.seen_path, t.seen_trace, t.seen_browser, coalesce(t.author_id = kernel.person(), false)
        """;

    public static Ticket Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetFieldValue<Guid[]>(6),
        row.GetFieldValue<string[]>(7), row.GetFieldValue<string[]>(8), row.GetInt16(9), row.GetString(10), row.Maybe<Guid>(11), row.Maybe<DateTimeOffset>(12),
        row.GetBoolean(13), row.GetInt32(14), row.GetFieldValue<DateTimeOffset>(15), row.GetFieldValue<DateTimeOffset>(16), row.Maybe<DateTimeOffset>(17),
        row.Maybe<short>(18), new Seen(row.Text(19), row.Text(20), row.Text(21)), row.GetBoolean(22));

    /// <summary>Adds what is said in a ticket and its history; read with <see cref="ReadTalkAsync"/>. </summary>
    public static void AddTalk(NpgsqlBatch batch, Guid ticket, bool hasNotes)
    {
        // The policies hide notes from an author; somebody who is author and answers alike sees them where they answer only.
        var (words, deeds) = hasNotes ? ("", "") : ("and kind <> 'note'", "and what <> 'noted'");
        batch.Add("select id, message_id, width, height from support.pictures where ticket_id = $1 order by id", ticket);
        batch.Add($"select id, kind, by_person, unit_name, text, at from support.messages where ticket_id = $1 {words} order by at, id", ticket);
        batch.Add($"select at, what, unit_name, detail from support.steps where ticket_id = $1 {deeds} order by at desc, id desc", ticket);
    }

    public static async Task<(ImmutableArray<Message> Messages, ImmutableArray<Step> Steps)> ReadTalkAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var pictures = (await reader.ReadAllAsync(row => new PictureRef(row.GetGuid(0), row.GetGuid(1), row.GetInt32(2), row.GetInt32(3)), cancel)).ToLookup(picture => picture.MessageId);
        var messages = await reader.ReadAllAsync(row => new Message(
            row.GetGuid(0), row.GetString(1), row.Maybe<Guid>(2), row.Text(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5), [.. pictures[row.GetGuid(0)]]), cancel);
        var steps = await reader.ReadAllAsync(row => new Step(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.Text(2), row.Text(3)), cancel);
        return ([.. messages], [.. steps]);
    }

    public static void AddStep(this NpgsqlBatch batch, Guid ticket, DateTimeOffset at, string what, Guid? by, string? unit, string? detail = null) =>
        batch.Add("insert into support.steps (id, ticket_id, at, what, by_person, unit_name, detail) values ($1, $2, $3, $4, $5, $6, $7)",
            Ids.New(), ticket, at, what, Maybe.Uuid(by), Maybe.Text(unit), Maybe.Text(detail));

    public static void AddMessage(this NpgsqlBatch batch, Guid id, Guid ticket, string kind, Guid? by, string? unit, string text, DateTimeOffset at) =>
        batch.Add("insert into support.messages (id, ticket_id, kind, by_person, unit_name, text, at) values ($1, $2, $3, $4, $5, $6, $7)",
            id, ticket, kind, Maybe.Uuid(by), Maybe.Text(unit), text, at);

    public static void AddPicture(this NpgsqlBatch batch, Guid ticket, Guid message, CleanPicture picture) =>
        batch.Add("insert into support.pictures (id, ticket_id, message_id, media_type, width, height, bytes) values ($1, $2, $3, $4, $5, $6, $7)",
            Ids.New(), ticket, message, picture.MediaType, picture.Width, picture.Height, picture.Bytes);

    /// <summary>The hours of a level, as an interval to add to the moment the term begins.</summary>
    public const string Term = "(select make_interval(hours => m.hours) from support.terms m where m.level = {0})";
}
