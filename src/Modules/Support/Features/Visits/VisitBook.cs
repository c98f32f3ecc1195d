using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Support.Features.Visits;

/// <summary>Somebody who has let support in.</summary>
internal sealed record Approval(string Side, Guid PersonId, string Name, string Role, DateTimeOffset At);

/// <summary>A request of support to read one school, and the hour it became.</summary>
internal sealed record Visit(
    Guid Id, Guid TicketId, long TicketNumber, Guid SchoolId, string SchoolName, Guid[] Territories, Guid AskerId, string AskerName, string Reason, string Kept,
    DateTimeOffset AskedAt, DateTimeOffset LapsesAt, DateTimeOffset? OpenedAt, DateTimeOffset? EndsAt, DateTimeOffset? ClosedAt, string? ClosedName, int Version)
{
    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>Where it stands, for Decide: the school and everything above it.</summary>
    public Coordinate[] Places => [new(Contracts.Access.Places.School, SchoolId), .. Territories.Select(id => new Coordinate(Contracts.Access.Places.Territory, id))];

    /// <summary>How it stands now: an hour that has passed is over, whoever looks.</summary>
    public string StateAt(DateTimeOffset now) => Kept switch
    {
        "asked" when LapsesAt <= now => "lapsed",
        "open" when EndsAt <= now => "over",
        _ => Kept,
    };
}

/// <summary>Who may let support in, from which side.</summary>
internal static class VisitRules
{
    /// <summary>At most so long; the tables of both modules check it too.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A request that nobody answers for so long is over.</summary>
    public static readonly TimeSpan Lapse = TimeSpan.FromDays(1);

    public const string Near = "near";
    public const string Far = "far";

    /// <summary>The side from which an actor may approve; null: not at all. Nobody approves their own request, nor twice.</summary>
    public static string? SideOf(Actor actor, Visit visit, DateTimeOffset now)
    {
        if (visit.StateAt(now) != "asked" || actor.PersonId == visit.AskerId || visit.Approvals.Any(approval => approval.PersonId == actor.PersonId)) return null;
        if (!Decide.Allows(actor, SupportActions.SettleVisit, visit.Places)) return null;
        var side = actor.Hat.Role switch { Roles.Operator => Far, Roles.SchoolAdministrator or Roles.RegionalCoordinator => Near, _ => null };
        return visit.Approvals.Any(approval => approval.Side == side) ? null : side;
    }

    /// <summary>Whoever may approve may refuse and end it, and so may the asker.</summary>
    public static bool MayEnd(Actor actor, Visit visit, DateTimeOffset now) =>
        visit.StateAt(now) is "asked" or "open" && Decide.Allows(actor, SupportActions.SettleVisit, visit.Places)
        && actor.Hat.Role is Roles.Operator or Roles.SchoolAdministrator or Roles.RegionalCoordinator;
}

/// <summary>Visits under the scopes of whoever asks, approves or is visited.</summary>
internal sealed class VisitBook(AppDb db, IClock clock)
{
    private const string Columns = """
        v.id, v.ticket_id, v.ticket_no, v.school_id, v.school_name, v.territories, v.asker_id, v.asker_name, v.reason, v.state, v.asked_at, v.lapses_at, v.opened_at, v.ends_at, v.closed_at, v.closed_name, v.version
        """;

    private const string Approvals = "select visit_id, side, person_id, person_name, role, at from support.visit_approvals where visit_id = any($1) order by at";

    /// <summary>The newest first; row-level security cuts them down to the role worn.</summary>
    public async Task<List<Visit>> ListAsync(Actor actor, CancellationToken cancel)
    {
        var visits = await db.ReadAsync(actor, batch => batch.Add($"select {Columns} from support.visits v order by v.asked_at desc limit 100"), (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);
        return await WithApprovalsAsync(actor, visits, cancel);
    }

    public async Task<Visit?> FindAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        var visits = await db.ReadAsync(actor, batch => batch.Add($"select {Columns} from support.visits v where v.id = $1", id), (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);
        return (await WithApprovalsAsync(actor, visits, cancel)).FirstOrDefault();
    }

    /// <returns>False when the person has a request that waits.</returns>
    public async Task<bool> AskAsync(Actor actor, string name, Ticket ticket, string reason, CancellationToken cancel)
    {
        var (id, now) = (Ids.New(), clock.Now);
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                // One that nobody has answered for a day must not stand in the way.
                batch.Add("update support.visits set state = 'refused', closed_at = $2, closed_by = $1, closed_name = '' where asker_id = $1 and state = 'asked' and lapses_at <= $2", actor.PersonId, now);
                batch.Add("""
                    insert into support.visits (id, ticket_id, ticket_no, school_id, school_name, territories, asker_id, asker_name, reason, state, asked_at, lapses_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'asked', $10, $11)
                    """, id, ticket.Id, ticket.Number, ticket.Chain[0], ticket.Names[0], ticket.Chain[1..], actor.PersonId, name, reason, now, now + VisitRules.Lapse);
                batch.AddAudit(actor, SupportActions.AskVisit, now, ticket.Chain[0], null, $"visit {id}");
            }, cancel);
            return true;
        }
        catch (PostgresException open) when (open.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>Writes an approval; the second one opens the hour, and the event that gives the tie commits with it.</summary>
    public async Task<bool> ApproveAsync(Actor actor, string name, Visit visit, string side, CancellationToken cancel)
    {
        var now = clock.Now;
        var opens = visit.Approvals.Length == 1;
        try
        {
            await using var transaction = await db.BeginAsync(actor, cancel);
            // The row is taken first: of two who approve at once the second finds another version and looks again.
            var taken = await transaction.RunAsync(batch =>
            {
                batch.Add("update support.visits set version = version + 1 where id = $1 and version = $2 and state = 'asked' returning id", visit.Id, visit.Version);
                batch.Add("insert into support.visit_approvals (visit_id, side, person_id, person_name, role, at) values ($1, $2, $3, $4, $5, $6)", visit.Id, side, actor.PersonId, name, actor.Hat.Role, now);
                if (opens) batch.Add("update support.visits set state = 'open', opened_at = $2, ends_at = $3 where id = $1 and state = 'asked'", visit.Id, now, now + VisitRules.Longest);
                batch.AddAudit(actor, SupportActions.SettleVisit, now, visit.SchoolId, null, $"approved {visit.Id}");
                if (opens) batch.AddEvent(new VisitOpened(Ids.New(), visit.SchoolId, now, visit.Id, visit.AskerId, now + VisitRules.Longest));
            }, (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
            if (taken.Count == 0) return false;
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (PostgresException raced) when (raced.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>Refuses what waits and ends what is open.</summary>
    public async Task<bool> EndAsync(Actor actor, string name, Visit visit, CancellationToken cancel)
    {
        var now = clock.Now;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var ended = await transaction.RunAsync(batch =>
        {
            batch.Add("update support.visits set state = case state when 'open' then 'closed' else 'refused' end, closed_at = $2, closed_by = $3, closed_name = $4 where id = $1 and state in ('asked', 'open') returning id",
                visit.Id, now, actor.PersonId, name);
            batch.AddAudit(actor, SupportActions.SettleVisit, now, visit.SchoolId, null, $"ended {visit.Id}");
            if (visit.Kept == "open") batch.AddEvent(new VisitClosed(Ids.New(), visit.SchoolId, now, visit.Id));
        }, (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        if (ended.Count == 0) return false;
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<List<Visit>> WithApprovalsAsync(Actor actor, List<Visit> visits, CancellationToken cancel)
    {
        if (visits.Count == 0) return visits;
        var given = (await db.ReadAsync(actor, batch => batch.Add(Approvals, visits.Select(visit => visit.Id).ToArray()),
            (reader, stop) => reader.ReadAllAsync(row => (Visit: row.GetGuid(0), Approval: new Approval(row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5))), stop), cancel))
            .ToLookup(each => each.Visit, each => each.Approval);
        return [.. visits.Select(visit => visit with { Approvals = [.. given[visit.Id]] })];
    }

    private static Visit Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetInt64(2), row.GetGuid(3), row.GetString(4), row.GetFieldValue<Guid[]>(5), row.GetGuid(6), row.GetString(7), row.GetString(8), row.GetString(9),
        row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11), row.Maybe<DateTimeOffset>(12), row.Maybe<DateTimeOffset>(13), row.Maybe<DateTimeOffset>(14), row.Text(15), row.GetInt32(16));
}
