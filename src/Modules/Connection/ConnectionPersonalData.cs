using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel.Data;

namespace MySchool.Connection;

/// <summary>What connection keeps about a person: how they came here and where they are written to.</summary>
internal sealed class ConnectionPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "connection";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("arrivals", "select first_at from connection.arrivals where person_id = $1", "connection.arrivals.person_id"),
        new("officials", "select o.role, coalesce(u.short_name, s.short_name) as unit, o.name, o.ends_on from connection.officials o left join connection.units u on u.unit_id = o.unit_id left join connection.schools s on s.school_id = o.unit_id where o.person_id = $1",
            "connection.officials.person_id") { Coded = ["role"] },
        new("contacts", "select email from connection.contacts where person_id = $1", "connection.contacts.person_id"),
        new("invitations", "select created_at, unit_name as unit, role, name, email, state, decided_at from connection.invitations where person_id = $1 order by created_at",
            "connection.invitations.person_id") { Coded = ["role", "state"] },
        // A child is named in the asker's own words, and only to the asker.
        new("requests", """
            select created_at, unit_name as unit, role, name, birth_date, word, case when $1 = $2 then child_name end as child, state, reason, decided_at
              from connection.requests where person_id = $1 order by created_at
            """, "connection.requests.person_id") { Coded = ["role", "state"] },
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["connection.definitions.changed_by"] = "service record: who changed what figures mean",
        ["connection.invitations.invited_by"] = "service record: the invitation is of whoever was invited",
        ["connection.requests.decided_by"] = "service record: the request is of whoever asked",
        ["connection.reminders.sent_by"] = "service record: a reminder to a school",
    };
}
