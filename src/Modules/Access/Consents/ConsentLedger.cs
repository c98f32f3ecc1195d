using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Consents;

/// <summary>A line of the ledger, the text it was given to, and the text of the same purpose now in force.</summary>
internal sealed record ConsentPaper(ConsentLine Line, ConsentText Given, ConsentText Current);

/// <summary>The append-only ledger. What was given is never changed; a withdrawal is one row more.</summary>
internal sealed class ConsentLedger(AppDb db, IClock clock)
{
    /// <summary>The text in force of each purpose, and every line row-level security opens: one's own and those about one's children.</summary>
    public Task<(List<ConsentText> Texts, List<ConsentLine> Lines)> ReadAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch =>
        {
            batch.Add($"select distinct on (purpose) {ConsentText.Columns} from access.consent_texts where published_at <= $1 order by purpose, version desc", clock.Now);
            batch.Add(ConsentLine.Select("true", "$1"), clock.Now);
        },
        async (reader, stop) => (await reader.ReadAllAsync(ConsentText.Read, stop), await reader.ReadAllAsync(ConsentLine.Read, stop)),
        cancel);

    /// <summary>One line, the text it was given to and the text now in force; null when there is no such line for the actor.</summary>
    public async Task<ConsentPaper?> FindAsync(Actor actor, Guid id, CancellationToken cancel) => await db.ReadAsync(
        actor,
        batch =>
        {
            batch.Add(ConsentLine.Select("g.id = $2", "$1"), clock.Now, id);
            batch.Add($"""
                select {ConsentText.Columns} from access.consent_texts
                 where (purpose, version) = (select g.purpose, g.text_version from access.consents g where g.id = $1)
                """, id);
            batch.Add($"""
                select {ConsentText.Columns} from access.consent_texts
                 where purpose = (select g.purpose from access.consents g where g.id = $2) and published_at <= $1 order by version desc limit 1
                """, clock.Now, id);
        },
        async (reader, stop) =>
        {
            var line = await reader.ReadFirstAsync(ConsentLine.Read, stop);
            var given = await reader.ReadFirstAsync(ConsentText.Read, stop);
            var current = await reader.ReadFirstAsync(ConsentText.Read, stop);
            return line is null ? null : new ConsentPaper(line, given!, current!);
        },
        cancel);

    /// <summary>Writes a consent to the very wording that was shown.</summary>
    /// <returns>False when the wording has changed meanwhile or such a consent of the giver stands and is not to be renewed yet.</returns>
    public async Task<bool> GiveAsync(Actor actor, string purpose, string hash, Guid subjectId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var given = await transaction.RunAsync(
            batch =>
            {
                // Two presses of one button are one consent: the second waits for the first and then sees it.
                batch.Add("select pg_advisory_xact_lock(hashtextextended($1, 7))", $"{subjectId}/{purpose}");
                batch.Add($"""
                    insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at, session_id, address)
                    select $1, 'given', $2, $3, t.purpose, t.version, t.hash, $4, $4 + make_interval(months => t.term_months), $5, $6
                    from access.consent_texts t
                    where t.purpose = $7 and t.hash = $8
                      and t.version = (select max(n.version) from access.consent_texts n where n.purpose = $7 and n.published_at <= $4)
                      and not exists (select from access.consents g where g.giver_id = $3 and g.subject_id = $2 and g.purpose = $7 and g.text_version = t.version
                        and {Standing.At("$4")} and g.expires_at - $4 > least(interval '60 days', (g.expires_at - g.at) / 2))
                    returning id
                    """, Ids.New(), subjectId, actor.PersonId, clock.Now, actor.SessionId, Maybe.Inet(actor.Address), purpose, hash);
            },
            async (reader, stop) =>
            {
                await reader.NextResultAsync(stop);
                return await reader.ReadAllAsync(row => row.GetGuid(0), stop);
            }, cancel);
        return await FinishAsync(transaction, actor, AccessActions.GiveConsent, subjectId, given, cancel);
    }

    /// <summary>
    /// Withdraws: whatever stands of the same purpose about the same person, as far as the voice reaches. One's own word is always
    /// one's own to take back. It acts on the next request.
    /// </summary>
    public async Task<bool> WithdrawAsync(Actor actor, ConsentLine line, ConsentVoice voice, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var ended = await transaction.RunAsync(
            batch =>
            {
                // Nobody gives anew between our look and our word.
                batch.Add("select pg_advisory_xact_lock(hashtextextended($1, 7))", $"{line.SubjectId}/{line.Purpose}");
                batch.Add("""
                    insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id, session_id, address)
                    select gen_random_uuid(), 'withdrawn', g.subject_id, $1, g.purpose, g.text_version, g.text_hash, $2, g.id, $3, $4
                    from access.consents g where g.subject_id = $5 and g.purpose = $6 and g.event = 'given' and g.expires_at > $2
                      and (g.giver_id = $1 or $7 or ($8 and g.giver_id <> g.subject_id))
                      and not exists (select from access.consents w where w.withdraws_id = g.id)
                    on conflict (withdraws_id) do nothing returning withdraws_id
                    """, actor.PersonId, clock.Now, actor.SessionId, Maybe.Inet(actor.Address), line.SubjectId, line.Purpose,
                    voice == ConsentVoice.Decides, voice is ConsentVoice.Represents or ConsentVoice.Withdraws);
            },
            async (reader, stop) =>
            {
                await reader.NextResultAsync(stop);
                return await reader.ReadAllAsync(row => row.GetGuid(0), stop);
            }, cancel);
        return await FinishAsync(transaction, actor, AccessActions.WithdrawConsent, line.SubjectId, ended, cancel);
    }

    private async Task<bool> FinishAsync(
        AppTransaction transaction, Actor actor, AppAction action, Guid subjectId, List<Guid> rows, CancellationToken cancel)
    {
        if (rows.Count == 0) return false;
        await transaction.RunAsync(batch => batch.AddAudit(actor, action, clock.Now, null, subjectId), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
