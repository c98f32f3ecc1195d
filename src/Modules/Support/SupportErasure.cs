using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Support.Resources;

namespace MySchool.Support;

/// <summary>Erases what a person has written to support, with everything that was answered: a letter is its author's.</summary>
internal sealed class SupportErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    private const string Own = "ticket_id in (select id from support.tickets where author_id = $1)";

    public override string Name => "support";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("support"),
        new("tickets", Fate.Erased, "select count(*) from support.tickets where author_id = $1",
            [
                $"delete from support.pictures where {Own}", $"delete from support.messages where {Own}", $"delete from support.steps where {Own}",
                $"delete from support.authors where {Own}", "delete from support.tickets where author_id = $1",
            ], "support.tickets.author_id"),
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["support.visits.asker_id"] = "the school's own record of who read it in office and by whose word",
        ["support.visits.closed_by"] = "the same record, in office",
        ["support.visit_approvals.person_id"] = "the same record, in office",
        ["support.tickets.taken_by"] = "who answers in office: an id with an empty card",
        ["support.messages.by_person"] = "an answer given in office; the author's own messages go with the ticket",
        ["support.steps.by_person"] = "a step taken in office; the author's own go with the ticket",
        ["support.terms.changed_by"] = "service record: an id with an empty card",
        ["support.articles.changed_by"] = "service record: an id with an empty card",
        ["support.article_versions.saved_by"] = "service record: an id with an empty card",
    };
}
