using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Access.Consents;

/// <summary>A published document of one purpose.</summary>
internal sealed record ConsentText(string Purpose, short Version, string Title, string Body, string Hash, bool IsNeeded, short TermMonths);

/// <summary>A line of the ledger as its giver sees it.</summary>
/// <param name="Id">The consent.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Title">Title of the document.</param>
/// <param name="Version">Its version.</param>
/// <param name="Hash">SHA-256 of the text agreed to.</param>
/// <param name="SubjectId">Whose data.</param>
/// <param name="GivenAt">When given.</param>
/// <param name="ExpiresAt">Until when, unless withdrawn.</param>
/// <param name="WithdrawnAt">When withdrawn, or null.</param>
internal sealed record ConsentLine(
    Guid Id, string Purpose, string Title, short Version, string Hash, Guid SubjectId, DateTimeOffset GivenAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? WithdrawnAt)
{
    public bool StandsAt(DateTimeOffset now) => WithdrawnAt is null && ExpiresAt > now;
}

/// <summary>The append-only ledger. What was given is never changed; a withdrawal is one row more.</summary>
internal sealed class ConsentLedger(AppDb db, IClock clock)
{
    /// <summary>The newest document of each purpose and the giver's own lines, in one round trip.</summary>
    public Task<(List<ConsentText> Texts, List<ConsentLine> Lines)> ReadAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch =>
        {
            batch.Add("""
                select distinct on (purpose) purpose, version, title, body, hash, is_needed, term_months from access.consent_texts
                where published_at <= $1 order by purpose, version desc
                """, clock.Now);
            batch.Add("""
                select g.id, g.purpose, t.title, g.text_version, g.text_hash, g.subject_id, g.at, g.expires_at, w.at from access.consents g
                join access.consent_texts t on t.purpose = g.purpose and t.version = g.text_version
                left join access.consents w on w.withdraws_id = g.id
                where g.giver_id = $1 and g.event = 'given' order by g.at desc, g.id limit 200
                """, actor.PersonId);
        },
        async (reader, stop) => (await reader.ReadAllAsync(ReadText, stop), await reader.ReadAllAsync(ReadLine, stop)),
        cancel);

    /// <summary>Writes a consent to the very wording that was shown.</summary>
    /// <returns>False when the wording has changed meanwhile or such a consent already stands.</returns>
    public async Task<bool> GiveAsync(Actor actor, string purpose, string hash, Guid subjectId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var given = await transaction.RunAsync(
            batch =>
            {
                // Two presses of one button are one consent: the second waits for the first and then sees it.
                batch.Add("select pg_advisory_xact_lock(hashtextextended($1, 7))", $"{actor.PersonId}/{subjectId}/{purpose}");
                batch.Add("""
                    insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at, session_id, address)
                    select $1, 'given', $2, $3, t.purpose, t.version, t.hash, $4, $4 + make_interval(months => t.term_months), $5, $6
                    from access.consent_texts t
                    where t.purpose = $7 and t.hash = $8
                      and t.version = (select max(n.version) from access.consent_texts n where n.purpose = $7 and n.published_at <= $4)
                      and not exists (select from access.consents g where g.giver_id = $3 and g.subject_id = $2 and g.purpose = $7 and g.event = 'given'
                        and g.expires_at > $4 and not exists (select from access.consents w where w.withdraws_id = g.id))
                    returning id
                    """, Ids.New(), subjectId, actor.PersonId, clock.Now, actor.SessionId, Address(actor), purpose, hash);
            },
            async (reader, stop) =>
            {
                await reader.NextResultAsync(stop);
                return await reader.ReadAllAsync(row => row.GetGuid(0), stop);
            }, cancel);
        return await FinishAsync(transaction, actor, AccessActions.GiveConsent, subjectId, given, cancel);
    }

    /// <summary>Withdraws a consent the person gave. It acts on the next request.</summary>
    public async Task<bool> WithdrawAsync(Actor actor, Guid consentId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var subjects = await transaction.RunAsync(
            batch => batch.Add("""
                insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id, session_id, address)
                select $1, 'withdrawn', g.subject_id, g.giver_id, g.purpose, g.text_version, g.text_hash, $2, g.id, $3, $4
                from access.consents g where g.id = $5 and g.giver_id = $6 and g.event = 'given'
                on conflict (withdraws_id) do nothing returning subject_id
                """, Ids.New(), clock.Now, actor.SessionId, Address(actor), consentId, actor.PersonId),
            (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        return await FinishAsync(transaction, actor, AccessActions.WithdrawConsent, subjects.FirstOrDefault(), subjects, cancel);
    }

    private async Task<bool> FinishAsync(
        AppTransaction transaction, Actor actor, AppAction action, Guid subjectId, List<Guid> rows, CancellationToken cancel)
    {
        if (rows.Count == 0) return false;
        await transaction.RunAsync(batch => batch.AddAudit(actor, action, clock.Now, null, subjectId), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static ConsentText ReadText(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetInt16(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetInt16(6));

    private static ConsentLine ReadLine(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt16(3), row.GetString(4), row.GetGuid(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7), row.Maybe<DateTimeOffset>(8));

    private static NpgsqlParameter Address(Actor actor) => new() { Value = (object?)actor.Address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Inet };
}
