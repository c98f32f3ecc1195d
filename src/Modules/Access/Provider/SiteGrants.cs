using MySchool.Access.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Provider;

/// <summary>What a person let a site have, in a role.</summary>
internal sealed record SiteGrant(Guid Id, Guid? LearnerId, string[] Scopes);

/// <summary>A site in the person's list.</summary>
internal sealed record ConnectedSite(Guid Id, string Name, string LegalName, string Role, Guid? LearnerId, string[] Scopes, DateTimeOffset Since);

/// <summary>A person's decisions about sites: given, remembered, taken back. Row-level security hides those of others.</summary>
internal sealed class SiteGrants(AppDb db, IClock clock)
{
    /// <summary>The decision in force for the role worn, and when the person proved who they are.</summary>
    public Task<(SiteGrant? Grant, DateTimeOffset AuthenticatedAt)> FindAsync(Actor actor, Guid clientId, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch =>
        {
            batch.Add("select id, learner_id, scopes from access.site_grants where person_id = $1 and client_id = $2 and role = $3 and unit_id = $4 and ended_at is null",
                actor.PersonId, clientId, actor.Hat.Role, actor.Hat.UnitId);
            batch.Add("select authenticated_at from access.sessions where id = $1", actor.SessionId);
        },
        async (reader, stop) => (await reader.ReadFirstAsync(row => new SiteGrant(row.GetGuid(0), row.Maybe<Guid>(1), row.GetFieldValue<string[]>(2)), stop),
            await reader.ReadFirstAsync(row => row.GetFieldValue<DateTimeOffset>(0), stop)),
        cancel);

    /// <summary>Writes a decision; an earlier one for the same role ends.</summary>
    public async Task GiveAsync(Actor actor, Guid clientId, Guid? learnerId, string[] scopes, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        await transaction.RunAsync(batch =>
        {
            batch.Add("select pg_advisory_xact_lock(hashtextextended($1, 8))", $"{actor.PersonId}/{clientId}");
            batch.Add("update access.site_grants set ended_at = $5 where person_id = $1 and client_id = $2 and role = $3 and unit_id = $4 and ended_at is null",
                actor.PersonId, clientId, actor.Hat.Role, actor.Hat.UnitId, clock.Now);
            batch.Add("insert into access.site_grants (id, person_id, client_id, role, unit_id, learner_id, scopes, given_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                Ids.New(), actor.PersonId, clientId, actor.Hat.Role, actor.Hat.UnitId, Maybe.Uuid(learnerId), scopes, clock.Now);
            batch.AddAudit(actor, AccessActions.ConnectSite, clock.Now, null, learnerId ?? actor.PersonId, $"{clientId} {string.Join(' ', scopes)}");
        }, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Sites the person has let in, the newest first.</summary>
    public Task<List<ConnectedSite>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch => batch.Add("""
            select g.id, c.display_name, c.legal_name, g.role, g.learner_id, g.scopes, g.given_at from access.site_grants g join access.clients c on c.id = g.client_id
            where g.person_id = $1 and g.ended_at is null order by g.given_at desc limit 100
            """, actor.PersonId),
        (reader, stop) => reader.ReadAllAsync(row => new ConnectedSite(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Maybe<Guid>(4), row.GetFieldValue<string[]>(5), row.GetFieldValue<DateTimeOffset>(6)), stop),
        cancel);

    /// <summary>Takes a decision back: every token of the site in the person's name dies in the same transaction.</summary>
    /// <returns>False when there is no such decision of theirs.</returns>
    public async Task<bool> EndAsync(Actor actor, Guid grantId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var clients = await transaction.RunAsync(
            batch => batch.Add("update access.site_grants set ended_at = $2 where id = $1 and ended_at is null returning client_id", grantId, clock.Now),
            (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        if (clients.Count == 0) return false;
        var ended = await SiteSessions.EndAsync(transaction, "s.person_id = $1 and s.application_id = $2", [actor.PersonId, clients[0]], cancel);
        await transaction.RunAsync(batch =>
        {
            batch.AddSitesToTell(ended, clock.Now);
            batch.AddAudit(actor, AccessActions.DisconnectSite, clock.Now, null, actor.PersonId, clients[0].ToString());
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}

/// <summary>Ends sign-ins at sites and what was issued in them, inside a transaction of their person.</summary>
internal static class SiteSessions
{
    /// <param name="transaction">The person's own.</param>
    /// <param name="which">Which sign-ins <c>s</c> end; no part of it comes from outside.</param>
    /// <param name="values">Its parameters.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The sign-ins ended.</returns>
    public static Task<List<Guid>> EndAsync(AppTransaction transaction, string which, object[] values, CancellationToken cancel) => transaction.RunAsync(
        batch =>
        {
            batch.Add($"""
                update access.client_tokens set status = 'revoked'
                where status = 'valid' and authorization_id in (select s.id from access.client_sign_ins s where s.status = 'valid' and {which})
                """, values);
            batch.Add($"update access.client_sign_ins s set status = 'revoked' where s.status = 'valid' and {which} returning s.id", values);
        },
        (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
}
