using System.Text;
using MySchool.Contracts.Access;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry;

/// <summary>What the registry keeps about a person, and who has looked: its page of readings is the audit's reader.</summary>
internal sealed class RegistryPersonalData(WorkerDb db, IdentifierVault vault) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "registry";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("person", "select last_name, first_name, middle_name, birth_date, gender from registry.people where id = $1", "registry.people.id") { Coded = ["gender"] },
        new("identity", "select snils_cipher as snils, bound_at from registry.identities where person_id = $1", "registry.identities.person_id"),
        // What the numbers were stays sealed: the one that holds is copied above.
        new("field_changes", """
            select field, at, source, case when field not in ('snils', 'esia') then old_value end as before, case when field not in ('snils', 'esia') then new_value end as after
              from registry.field_changes where person_id = $1 order by id
            """, "registry.field_changes.person_id") { Coded = ["field", "source"] },
        new("field_proposals", "select field, source, value, at, state from registry.field_proposals where person_id = $1 and state <> 'rehearsed' order by id",
            "registry.field_proposals.person_id") { Coded = ["field", "source", "state"] },
        new("memberships", """
            select m.role, m.position, o.name as unit, m.starts_on, m.ends_on
              from registry.memberships m join registry.organisations o on o.id = m.unit_id where m.person_id = $1 order by m.starts_on
            """, "registry.memberships.person_id") { Coded = ["role"] },
        new("enrolments", """
            select o.name as school, c.year, c.grade || c.letter as class, e.starts_on, e.ends_on, e.order_no
              from registry.enrolments e join registry.classes c on c.id = e.class_id join registry.organisations o on o.id = e.school_id
             where e.person_id = $1 order by e.starts_on
            """, "registry.enrolments.person_id"),
        new("groups", """
            select s.name as subject, c.grade || c.letter as class, g.name, m.starts_on, m.ends_on
              from registry.group_members m join registry.teaching_groups g on g.id = m.group_id join registry.classes c on c.id = g.class_id
              join registry.subjects s on s.id = g.subject_id where m.person_id = $1 order by m.starts_on, s.name
            """, "registry.group_members.person_id"),
        new("leads", """
            select o.name as school, c.year, c.grade || c.letter as class, l.starts_on, l.ends_on
              from registry.class_leaders l join registry.classes c on c.id = l.class_id join registry.organisations o on o.id = l.school_id
             where l.person_id = $1 order by l.starts_on
            """, "registry.class_leaders.person_id"),
        new("teaches", """
            select s.name as subject, c.grade || c.letter as class, g.year, a.basis, a.starts_on, a.ends_on
              from registry.teaching_assignments a join registry.teaching_groups g on g.id = a.group_id join registry.classes c on c.id = g.class_id
              join registry.subjects s on s.id = g.subject_id where a.person_id = $1 order by a.starts_on, s.name
            """, "registry.teaching_assignments.person_id") { Coded = ["basis"] },
        // Of the other representatives no more than that they are: no name, and nothing of what a court has said about them.
        new("guardians", """
            select kinship, case when guardian_id = $2 then 'asker' else 'other' end as who, starts_on, ends_on
              from registry.guardianships where learner_id = $1 order by starts_on
            """, "registry.guardianships.learner_id") { Coded = ["kinship", "who"] },
        // A child's name is for whoever represents the child today.
        new("wards", """
            select g.kinship, g.starts_on, g.ends_on, g.restriction is not null as is_restricted,
                   case when $1 = $2 and g.restriction is null and (g.ends_on is null or g.ends_on >= current_date) then p.last_name || ' ' || p.first_name end as child
              from registry.guardianships g join registry.people p on p.id = g.learner_id where g.guardian_id = $1 order by g.starts_on
            """, "registry.guardianships.guardian_id") { Coded = ["kinship"] },
        new("movements", """
            select m.kind, o.name as school, m.order_no, m.ordered_on, m.takes_effect_on, m.ends_on, m.reason, m.note, m.undone_by is not null as is_undone
              from registry.movements m join registry.organisations o on o.id = m.school_id where m.person_id = $1 order by m.recorded_at
            """, "registry.movements.person_id") { Coded = ["kind"] },
        new("transfers", """
            select f.name as from_school, coalesce(t.to_place, o.name) as to_school, t.class_name as class, t.last_day, t.state, t.declined_why, t.sent_at, t.settled_at
              from registry.transfers t join registry.organisations f on f.id = t.from_school_id left join registry.organisations o on o.id = t.to_school_id
             where t.person_id = $1 order by t.sent_at
            """, "registry.transfers.person_id") { Coded = ["state"] },
        // A second card made by mistake: its rows are the survivor's own and stand in the sections above.
        new("merges", "select merged_at, parted_at from registry.merges where survivor_id = $1 or former_id = $1 order by merged_at",
            "registry.merges.survivor_id", "registry.merges.former_id"),
        // By audit_subject, of a former card too. Who they are stays a role: a name is on the page of readings, as far as its reader may know it.
        new("readings", """
            select at, action as what, role from kernel.audit where subject_id = $1 and actor_id <> $1
            union all select a.at, a.action, a.role from registry.former_ids f join kernel.audit a on a.subject_id = f.former_id where f.person_id = $1 and a.actor_id <> $1
             order by 1 desc limit 100000
            """, "kernel.audit.subject_id") { Coded = ["role"] },
        // A representative is not told where a child has been: no address.
        new("deeds", """
            select at, action as what, role, case when $1 = $2 then host(address) end as address from kernel.audit where actor_id = $1 order by at desc limit 100000
            """, "kernel.audit.actor_id") { Coded = ["role"] },
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["registry.history.actor_id"] = "who changed a row of others; the deed itself is copied from the audit",
        ["registry.field_changes.by_person"] = "who spoke for a source about somebody else; the deed is copied from the audit",
        ["registry.field_proposals.by_person"] = "who spoke for a source about somebody else; the deed is copied from the audit",
        ["registry.field_proposals.decided_by"] = "who decided about somebody else's card; the deed is copied from the audit",
        ["registry.field_secrets.person_id"] = "earlier national numbers, sealed; that they changed is copied from field_changes",
        ["registry.field_truth.changed_by"] = "service record: who ranked sources; the deed is copied from the audit",
        ["registry.appointments.person_id"] = "the answer to an order; the membership it made is copied",
        ["registry.import_secrets.person_id"] = "a national number on its way into identities, gone when the import is applied or dropped",
        ["registry.imports.made_by"] = "service record of a list of other people",
        ["registry.imports.applied_by"] = "service record of a list of other people",
        ["registry.imports.undone_by"] = "service record of a list of other people",
        ["registry.import_mappings.made_by"] = "service record: how titles of columns are read",
        ["registry.movements.recorded_by"] = "who gave an order about somebody else; the deed is copied from the audit",
        ["registry.movements.undone_by"] = "who undid an order about somebody else; the deed is copied from the audit",
        ["registry.rollovers.changed_by"] = "service record of a school's plan",
        ["registry.doubles.left_id"] = "a guess that two rows are one person; not a fact until somebody has decided it",
        ["registry.doubles.right_id"] = "the other side of the same guess, who may be somebody else",
        ["registry.doubles.decided_by"] = "service record: who decided; the deed is copied from the audit",
        ["registry.double_keys.person_id"] = "numbers worked out from the name and the date of birth, which are copied",
        ["registry.double_pending.person_id"] = "a queue of people to be looked at, empty within seconds",
        ["registry.double_signals.left_id"] = "what the guess rests on: an identifier offered for two people",
        ["registry.double_signals.right_id"] = "the other side of the same, who may be somebody else",
        ["registry.merges.merged_by"] = "who merged cards of others; the deed is copied from the audit",
        ["registry.merges.parted_by"] = "who parted cards of others; the deed is copied from the audit",
        ["registry.former_ids.former_id"] = "an id and nothing else; that cards were merged is copied from merges",
        ["registry.former_ids.person_id"] = "an id and nothing else; that cards were merged is copied from merges",
        ["registry.visits.person_id"] = "an hour of support at a school; what was read is copied from the audit",
        ["registry.kept_names.person_id"] = "sealed name of somebody whose data is erased; nobody can ask for their copy any more",
        ["registry.teaching_groups.subject_id"] = "a school subject, not a person",
        ["kernel.idempotency.person_id"] = "a technical answer, days old at most; what it answers for is copied from its own table",
    };

    protected override Task<Func<string, object, object?>> OpenAsync(PersonalCopy of, CancellationToken cancel) =>
        Task.FromResult<Func<string, object, object?>>((column, value) => column switch
        {
            "snils" => Grouped(vault.Decrypt((byte[])value)),
            "what" => Texts.ResourceManager.GetString("View_" + value, Words.Russian) ?? Texts.ViewOther,
            _ => value,
        });

    // «112-233-445 95», as it is printed.
    private static string Grouped(string digits) => digits.Length != 11 ? digits : new StringBuilder(digits).Insert(9, ' ').Insert(6, '-').Insert(3, '-').ToString();
}
