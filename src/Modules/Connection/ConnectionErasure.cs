using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Connection;

/// <summary>Erases how a person came here and where they were written to. Nothing of it has to be kept.</summary>
internal sealed class ConnectionErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    public override string Name => "connection";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("connection"),
        new("contacts", Fate.Erased, "select (select count(*) from connection.contacts where person_id = $1) + (select count(*) from connection.officials where person_id = $1)",
            ["delete from connection.contacts where person_id = $1", "delete from connection.officials where person_id = $1"], "connection.contacts.person_id", "connection.officials.person_id"),
        new("arrivals", Fate.Erased, "select count(*) from connection.arrivals where person_id = $1",
            ["delete from connection.arrivals where person_id = $1"], "connection.arrivals.person_id"),
        new("invitations", Fate.Erased, "select count(*) from connection.invitations where person_id = $1",
            ["delete from connection.invitations where person_id = $1"], "connection.invitations.person_id"),
        new("requests", Fate.Erased, "select count(*) from connection.requests where person_id = $1",
            ["delete from connection.requests where person_id = $1"], "connection.requests.person_id"),
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["connection.definitions.changed_by"] = "service record: an id with an empty card",
        ["connection.invitations.invited_by"] = "who invited somebody else: an id with an empty card",
        ["connection.requests.decided_by"] = "who decided about somebody else: an id with an empty card",
        ["connection.reminders.sent_by"] = "who reminded a school: an id with an empty card",
    };
}
