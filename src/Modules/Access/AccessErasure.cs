using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access;

/// <summary>Erases how a person signed in and read. The ledger of consents is kept for its term: it proves by what right data was used.</summary>
internal sealed class AccessErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    private const string Own = "(person_id = $1 or learner_id = $1)";

    public override string Name => "access";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("access"),
        new("sessions", Fate.Erased, "select count(*) from access.sessions where person_id = $1",
            ["delete from access.sessions where person_id = $1"], "access.sessions.person_id"),
        new("preferences", Fate.Erased, "select (select count(*) from access.preferences where person_id = $1) + (select count(*) from access.letter_addresses where person_id = $1)",
            ["delete from access.preferences where person_id = $1", "delete from access.letter_addresses where person_id = $1"], "access.preferences.person_id", "access.letter_addresses.person_id"),
        new("sites", Fate.Erased, $"select (select count(*) from access.site_grants where {Own}) + (select count(*) from access.client_sign_ins where {Own})",
            [
                $"delete from access.client_tokens where authorization_id in (select id from access.client_sign_ins where {Own})",
                // A site that is still to be told finds its sign-in; the sweeper of ended sign-ins takes it within days.
                $"delete from access.client_sign_ins s where {Own} and not exists (select from kernel.outbox o where o.type = 'SiteSignInEnded' and o.payload ->> 'signInId' = s.id::text)",
                $"delete from access.site_grants where {Own}",
            ], "access.site_grants.person_id", "access.site_grants.learner_id", "access.client_sign_ins.person_id", "access.client_sign_ins.learner_id"),
        new("keys", Fate.Erased, "select (select count(*) from access.read_keys where person_id = $1) + (select count(*) from access.read_key_learners where learner_id = $1)",
            ["delete from access.read_key_learners where learner_id = $1 or person_id = $1", "delete from access.read_keys where person_id = $1"],
            "access.read_keys.person_id", "access.read_key_learners.person_id", "access.read_key_learners.learner_id"),
        new("copies", Fate.Erased, "select count(*) from access.copies where subject_id = $1 or asker_id = $1",
            [
                "delete from access.copy_files where copy_id in (select id from access.copies where subject_id = $1 or asker_id = $1)",
                "delete from access.copies where subject_id = $1 or asker_id = $1",
            ], "access.copies.subject_id", "access.copies.asker_id"),
        new("addresses", Fate.Erased, "select count(*) from access.consents where giver_id = $1 and address is not null",
            ["update access.consents set address = null, session_id = null where giver_id = $1 and (address is not null or session_id is not null)"]),
        new("consents", Fate.Kept, "select count(*), max(least(coalesce(expires_at, at), now()))::date from access.consents where subject_id = $1 or giver_id = $1",
            [
                "delete from access.consent_notices where consent_id in (select id from access.consents where subject_id = $1 or giver_id = $1)",
                "delete from access.consents where subject_id = $1 or giver_id = $1",
            ], "access.consents.subject_id", "access.consents.giver_id") { Term = RetentionTerms.Consents },
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["access.clients.created_by"] = "service record: an id with an empty card",
        ["access.consent_drafts.edited_by"] = "service record: an id with an empty card",
        ["access.consent_texts.signed_by"] = "service record of a published text: an id with an empty card",
        ["access.retention_terms.changed_by"] = "service record: an id with an empty card",
        ["access.erasures.subject_id"] = "the act and its log: kept for their own term after the last line is done, then swept",
        ["access.erasures.asker_id"] = "the act and its log, as above",
        ["access.erasures.decided_by"] = "who confirmed in office: the act wants name and office",
    };
}
