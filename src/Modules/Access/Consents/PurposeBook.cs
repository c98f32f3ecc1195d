using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Access.Consents;

/// <summary>A purpose with all its versions, newest first, and the draft of the next one.</summary>
internal sealed record Purpose(string Code, IReadOnlyList<ConsentText> Versions, ConsentDraft? Draft)
{
    /// <summary>The version asked for now.</summary>
    public ConsentText CurrentAt(DateTimeOffset now) => Versions.FirstOrDefault(text => text.InForceFrom <= now) ?? Versions[^1];
}

/// <summary>The operator's book of purposes: drafts that change, versions that never do. Row-level security lets nobody else write.</summary>
internal sealed class PurposeBook(AppDb db, IClock clock)
{
    /// <summary>Whether the actor runs this very platform.</summary>
    public static bool IsOpenTo(Actor actor) => Decide.Allows(actor, AccessActions.ManagePurposes, new Coordinate(Places.Territory, actor.Hat.UnitId));

    /// <summary>Every purpose of the book.</summary>
    public Task<List<Purpose>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch =>
        {
            batch.Add($"select {ConsentText.Columns} from access.consent_texts order by purpose, version desc");
            batch.Add($"select {ConsentDraft.Columns} from access.consent_drafts");
        },
        async (reader, stop) =>
        {
            var texts = await reader.ReadAllAsync(ConsentText.Read, stop);
            var drafts = (await reader.ReadAllAsync(ReadDraft, stop)).ToDictionary(draft => draft.Purpose);
            return texts.GroupBy(text => text.Purpose).Select(versions => new Purpose(versions.Key, [.. versions], drafts.GetValueOrDefault(versions.Key))).ToList();
        },
        cancel);

    /// <summary>One purpose, or null when there is none or it is not the actor's to change.</summary>
    public async Task<Purpose?> FindAsync(Actor actor, string code, CancellationToken cancel) =>
        IsOpenTo(actor) ? (await ListAsync(actor, cancel)).FirstOrDefault(purpose => purpose.Code == code) : null;

    /// <summary>Keeps a draft over the revision that was opened.</summary>
    /// <returns>False when somebody else has saved, dropped or published it meanwhile.</returns>
    public Task<bool> SaveAsync(Actor actor, ConsentDraft draft, CancellationToken cancel) => WriteAsync(actor, draft.Purpose, "draft", batch => batch.Add($"""
        insert into access.consent_drafts as d ({ConsentDraft.Columns}, edited_at, edited_by)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $12, $13
         where $11 = 0 or exists (select from access.consent_drafts where purpose = $1)
        on conflict (purpose) do update set title = $2, body = $3, data_kinds = $4, recipient = $5, legal_basis = $6, term_months = $7, own_age = $8,
          asks_anew = $9, change_note = $10, revision = d.revision + 1, edited_at = $12, edited_by = $13 where d.revision = $11
        returning 1
        """, draft.Purpose, draft.Title, draft.Body, draft.DataKinds, draft.Recipient, draft.LegalBasis, draft.TermMonths,
        new NpgsqlParameter { Value = (object?)draft.OwnAge ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint },
        draft.AsksAnew, draft.ChangeNote, draft.Revision, clock.Now, actor.PersonId), cancel);

    /// <summary>Throws a draft away.</summary>
    public Task<bool> DropAsync(Actor actor, string code, int revision, CancellationToken cancel) => WriteAsync(actor, code, "dropped", batch =>
        batch.Add("delete from access.consent_drafts where purpose = $1 and revision = $2 returning 1", code, revision), cancel);

    /// <summary>Makes the draft a version: from then on its every character is fixed.</summary>
    /// <param name="actor">The operator.</param>
    /// <param name="code">The purpose.</param>
    /// <param name="revision">The revision that was previewed: nobody publishes what they have not seen.</param>
    /// <param name="from">From when it is in force; not before any version already published.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public Task<bool> PublishAsync(Actor actor, string code, int revision, DateTimeOffset from, CancellationToken cancel) => WriteAsync(actor, code, "published", batch => batch.Add("""
        with ready as (delete from access.consent_drafts where purpose = $1 and revision = $2 returning *), last as (
          select max(version) as version, max(published_at) as published_at, bool_or(is_needed) as is_needed from access.consent_texts where purpose = $1)
        insert into access.consent_texts (purpose, version, title, body, hash, is_needed, term_months, published_at, data_kinds, recipient, legal_basis, own_age, asks_anew, change_note, signed_at, signed_by)
        select r.purpose, l.version + 1, r.title, r.body,
          encode(sha256(convert_to(access.consent_document(r.title, r.body, r.data_kinds, r.recipient, r.legal_basis, r.term_months, r.own_age), 'UTF8')), 'hex'),
          l.is_needed, r.term_months, $3, r.data_kinds, r.recipient, r.legal_basis, r.own_age, r.asks_anew, r.change_note, $4, $5
          from ready r, last l where l.published_at <= $3
        returning 1
        """, code, revision, from, clock.Now, actor.PersonId), cancel);

    private async Task<bool> WriteAsync(Actor actor, string code, string what, Action<NpgsqlBatch> write, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var rows = await transaction.RunAsync(write, (reader, stop) => reader.ReadAllAsync(row => row.GetInt32(0), stop), cancel);
        if (rows.Count == 0) return false;
        await transaction.RunAsync(batch => batch.AddAudit(actor, AccessActions.ManagePurposes, clock.Now, null, null, $"{what} {code}"), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static ConsentDraft ReadDraft(NpgsqlDataReader row) => new()
    {
        Purpose = row.GetString(0), Title = row.GetString(1), Body = row.GetString(2), DataKinds = row.GetString(3), Recipient = row.GetString(4),
        LegalBasis = row.GetString(5), TermMonths = row.GetInt16(6), OwnAge = row.Maybe<short>(7), AsksAnew = row.GetBoolean(8), ChangeNote = row.GetString(9), Revision = row.GetInt32(10),
    };
}
