using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel.Data;

namespace MySchool.Access;

/// <summary>What the module keeps about a person: how they sign in and read, what they have agreed to, which sites know them.</summary>
internal sealed class AccessPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "access";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        // A representative is not told from where and with what a child signs in.
        new("sessions", """
            select started_at, last_seen_at, coalesce(ended_at, expires_at) as ended_at, role, case when $1 = $2 then host(address) end as address, case when $1 = $2 then user_agent end as browser
              from access.sessions where person_id = $1 order by started_at
            """, "access.sessions.person_id") { Coded = ["role"] },
        new("preferences", "select theme, contrast, text_scale, changed_at from access.preferences where person_id = $1", "access.preferences.person_id") { Coded = ["theme", "contrast"] },
        new("letters", "select address, changed_at from access.letter_addresses where person_id = $1", "access.letter_addresses.person_id"),
        new("consents", """
            select c.at, c.event, t.title as document, c.text_version as version, c.expires_at,
                   case c.giver_id when $2 then 'asker' when $1 then 'self' else 'other' end as giver,
                   case when c.subject_id = $1 then 'self' when $1 = $2 then 'ward' else 'other' end as subject
              from access.consents c join access.consent_texts t on t.purpose = c.purpose and t.version = c.text_version
             where c.subject_id = $1 or c.giver_id = $1 and $1 = $2 order by c.at
            """, "access.consents.subject_id", "access.consents.giver_id") { Coded = ["event", "giver", "subject"] },
        new("sites", """
            select g.given_at, g.ended_at, c.display_name as site, c.legal_name as owner, g.role, array_to_string(g.scopes, ', ') as scopes
              from access.site_grants g join access.clients c on c.id = g.client_id where g.person_id = $1 or g.learner_id = $1 order by g.given_at
            """, "access.site_grants.person_id", "access.site_grants.learner_id") { Coded = ["role"] },
        new("signins", """
            select s.signed_in_at, c.display_name as site, s.role
              from access.client_sign_ins s join access.clients c on c.id = s.application_id where s.person_id = $1 or s.learner_id = $1 order by s.signed_in_at
            """, "access.client_sign_ins.person_id", "access.client_sign_ins.learner_id") { Coded = ["role"] },
        new("keys", """
            select created_at, kind, name, expires_at, last_used_at, revoked_at from access.read_keys where person_id = $1 order by created_at
            """, "access.read_keys.person_id") { Coded = ["kind"] },
        new("keyreads", """
            select k.created_at, k.kind, k.last_used_at, k.revoked_at from access.read_key_learners l join access.read_keys k on k.id = l.key_id
             where l.learner_id = $1 or l.person_id = $1 order by k.created_at
            """, "access.read_key_learners.learner_id", "access.read_key_learners.person_id") { Coded = ["kind"] },
        new("copies", """
            select asked_at, state, ready_until, case asker_id when $2 then 'asker' when $1 then 'self' else 'other' end as giver
              from access.copies where subject_id = $1 or asker_id = $1 and $1 = $2 order by asked_at
            """, "access.copies.subject_id", "access.copies.asker_id") { Coded = ["state", "giver"] },
        new("erasures", """
            select number, asked_at, state, unit_name as unit, reason, done_at, case asker_id when $2 then 'asker' when $1 then 'self' else 'other' end as giver
              from access.erasures where subject_id = $1 or asker_id = $1 and $1 = $2 order by asked_at
            """, "access.erasures.subject_id", "access.erasures.asker_id") { Coded = ["state", "giver"] },
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["access.erasures.decided_by"] = "who decided about somebody else; the deed is copied from the audit",
        ["access.retention_terms.changed_by"] = "service record: who set a term of keeping",
        ["access.clients.created_by"] = "service record: who registered a site",
        ["access.consent_drafts.edited_by"] = "service record of a text that is not published",
        ["access.consent_texts.signed_by"] = "service record of a published text",
    };
}
