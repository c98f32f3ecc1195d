using System.Collections.Immutable;
using MySchool.Access.Esia;
using MySchool.Access.Features;
using MySchool.Access.Provider;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Sessions;

/// <summary>Opens, turns over and ends sessions, each with its audit row in the same transaction.</summary>
internal sealed class SessionBook(AppDb db, SessionLookup lookup, IClock clock, AccessOptions options)
{
    private const int UserAgentLimit = 300;

    /// <summary>How long a cookie is worth keeping.</summary>
    public TimeSpan Life => TimeSpan.FromDays(options.AbsoluteDays);

    /// <summary>Opens a session under a fresh token; one that the browser already had is ended, so that none can be fixed upon a person.</summary>
    /// <param name="actor">The person, with the id the session shall have.</param>
    /// <param name="units">Where they hold a role today: told to whoever counts those who have come.</param>
    /// <param name="subject">How ЕСИА let them in.</param>
    /// <param name="userAgent">The browser's own words.</param>
    /// <param name="old">The token the browser came with.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<SessionToken> OpenAsync(
        Actor actor, ImmutableArray<Guid> units, EsiaSubject subject, string userAgent, SessionToken? old, CancellationToken cancel)
    {
        var token = SessionToken.New();
        var now = clock.Now;
        if (old is { } former) await EndFormerAsync(former, actor, cancel);
        await using var transaction = await db.BeginAsync(actor, cancel);
        await transaction.RunAsync(batch =>
        {
            batch.Add("""
                insert into access.sessions (id, token_hash, person_id, role, unit_id, is_child, authenticated_at, methods, started_at, last_seen_at,
                  expires_at, address, user_agent) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)
                """,
                actor.SessionId, token.Hash(), actor.PersonId, actor.Hat.Role, actor.Hat.UnitId, subject.IsChild,
                subject.AuthenticatedAt.ToUniversalTime(), Cut(subject.Methods, 100), now, now + Life, Maybe.Inet(actor.Address), Cut(userAgent, UserAgentLimit));
            batch.AddAudit(actor, AccessActions.SignIn, now, null, actor.PersonId, Cut(subject.Methods, 100));
            batch.AddEvent(new PersonSignedIn(Ids.New(), now, actor.PersonId, units));
        }, cancel);
        await transaction.CommitAsync(cancel);
        return token;
    }

    /// <summary>Puts on another role and changes the token, so that what was seen under one role cannot be replayed under another.</summary>
    public async Task<SessionToken?> ChangeHatAsync(Actor actor, Hat hat, CancellationToken cancel)
    {
        var token = SessionToken.New();
        await using var transaction = await db.BeginAsync(actor, cancel);
        var changed = await transaction.RunAsync(
            batch =>
            {
                batch.Add("update access.sessions set token_hash = $2, role = $3, unit_id = $4 where id = $1 and ended_at is null returning id",
                    actor.SessionId, token.Hash(), hat.Role, hat.UnitId);
                batch.AddAudit(actor, AccessActions.ChangeRole, clock.Now, null, null, $"{hat.Role} {hat.UnitId}");
            },
            async (reader, stop) => await reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        if (changed.Count == 0) return null;
        await transaction.CommitAsync(cancel);
        return token;
    }

    /// <summary>Ends one of the person's sessions; row-level security hides those of others.</summary>
    /// <returns>How many ended: 0 or 1.</returns>
    public Task<int> EndAsync(Actor actor, Guid sessionId, AppAction action, CancellationToken cancel) =>
        EndAsync(actor, action, "update access.sessions set ended_at = $2 where id = $1 and ended_at is null returning id", sessionId, cancel);

    /// <summary>Ends all sessions of the person but this one.</summary>
    public Task<int> EndOthersAsync(Actor actor, CancellationToken cancel) => EndAsync(
        actor, AccessActions.RevokeSession, "update access.sessions set ended_at = $2 where id <> $1 and ended_at is null returning id", actor.SessionId, cancel);

    /// <summary>The person's living sessions, the latest first.</summary>
    public Task<List<OpenSession>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch => batch.Add("""
            select id, user_agent, host(address), started_at, last_seen_at from access.sessions
            where ended_at is null and expires_at > $1 and last_seen_at > $2 order by last_seen_at desc limit 100
            """, clock.Now, clock.Now - TimeSpan.FromHours(options.IdleHours)),
        (reader, stop) => reader.ReadAllAsync(
            row => new OpenSession(row.GetGuid(0), row.GetString(1), row.Text(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4)), stop),
        cancel);

    // A browser holds one session. Whoever was signed in before is signed out as by the button: in the own name, because
    // row-level security shows nobody the session of another.
    private async Task EndFormerAsync(SessionToken token, Actor next, CancellationToken cancel)
    {
        var (former, _) = await lookup.FindAsync(token, next.Address, null, cancel);
        if (former is null) return;
        var person = new Actor(former.PersonId, former.Id, former.Worn ?? new Hat("", Guid.Empty), [], next.Today, next.Address);
        await EndAsync(person, former.Id, AccessActions.SignOut, cancel);
    }

    private async Task<int> EndAsync(Actor actor, AppAction action, string sql, Guid id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var ended = await transaction.RunAsync(
            batch => batch.Add(sql, id, clock.Now),
            (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        if (ended.Count == 0) return 0;
        // What sites got in those sessions dies with them, and each site is told.
        var atSites = await SiteSessions.EndAsync(transaction, "s.session_id = any($1)", [ended.ToArray()], cancel);
        await transaction.RunAsync(batch =>
        {
            batch.AddSitesToTell(atSites, clock.Now);
            batch.AddAudit(actor, action, clock.Now, null, actor.PersonId, $"sessions: {ended.Count}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return ended.Count;
    }

    private static string Cut(string text, int limit) => text.Length <= limit ? text : text[..limit];
}

/// <summary>A place the person is signed in at.</summary>
internal sealed record OpenSession(Guid Id, string UserAgent, string? Address, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt);
