using MySchool.Contracts.Access;
using MySchool.Kernel.Data;
using MySchool.Support.Resources;

namespace MySchool.Support;

/// <summary>What a person has written to support and was answered. A child's own letters are the child's: no representative's copy holds them.</summary>
internal sealed class SupportPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "support";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("tickets", """
            select t.number, t.created_at, t.title, t.role, t.from_name as unit, t.seen_path as page, t.seen_browser as browser, a.name, a.email, t.closed_at, t.rating
              from support.tickets t left join support.authors a on a.ticket_id = t.id where t.author_id = $1 and $1 = $2 order by t.number
            """, "support.tickets.author_id"),
        // Notes are between those who answer.
        new("messages", """
            select t.number, m.at, m.kind, m.text, (select count(*) from support.pictures p where p.message_id = m.id) as pictures
              from support.messages m join support.tickets t on t.id = m.ticket_id where t.author_id = $1 and $1 = $2 and m.kind <> 'note' order by t.number, m.at
            """) { Coded = ["kind"] },
        new("steps", """
            select t.number, s.at, s.what, s.unit_name as unit
              from support.steps s join support.tickets t on t.id = s.ticket_id where t.author_id = $1 and $1 = $2 and s.what <> 'noted' order by t.number, s.at
            """) { Coded = ["what"] },
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["support.visits.asker_id"] = "service record of the school: who of support asked to read it; the deed is copied from the audit",
        ["support.visits.closed_by"] = "service record of the school: who ended a visit of support",
        ["support.visit_approvals.person_id"] = "service record of the school: who let support in; the deed is copied from the audit",
        ["support.tickets.taken_by"] = "who answers in office; the ticket is its author's",
        ["support.messages.by_person"] = "read through the ticket: what its author wrote and was answered",
        ["support.steps.by_person"] = "read through the ticket",
        ["support.terms.changed_by"] = "service record: who changed a term of answering",
        ["support.articles.changed_by"] = "service record of a published article",
        ["support.article_versions.saved_by"] = "service record of an article's version",
    };
}
