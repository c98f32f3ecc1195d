using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry;

/// <summary>
/// Erases a person from the registry: the card keeps its place and says «Данные удалены». Facts that archives want stay as ids and
/// dates; while they stay, the name rests sealed where nothing but this class reads or writes.
/// </summary>
internal sealed class RegistryErasure(WorkerDb db, IDataProtectionProvider protection, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    // The person's own row and those of cards that were merged into it.
    private const string Cards = "(select $1::uuid union select former_id from registry.former_ids where person_id = $1)";

    private const string Facts = """
        (select $1::uuid union select former_id from registry.former_ids where person_id = $1
         union select id from registry.memberships where person_id = $1 union select id from registry.enrolments where person_id = $1
         union select id from registry.class_leaders where person_id = $1 union select id from registry.teaching_assignments where person_id = $1)
        """;

    private const string Named = "row_id in " + Facts + " or $1::text in (coalesce(new_row, old_row) ->> 'person_id', coalesce(new_row, old_row) ->> 'learner_id', coalesce(new_row, old_row) ->> 'guardian_id')";

    public override string Name => "registry";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        new("identity", Fate.Erased, "select count(*) from registry.identities where person_id = $1",
            [$"delete from registry.identities where person_id in {Cards}"], "registry.identities.person_id"),
        new("history", Fate.Erased, $"select count(*) from registry.history where row_id in {Facts}",
            [$"delete from registry.history where row_id in {Facts}"]),
        new("imports", Fate.Erased, $"select count(*) from registry.import_changes where {Named}",
            [$"delete from registry.import_changes where {Named}", "delete from registry.import_secrets where person_id = $1"], "registry.import_secrets.person_id"),
        new("representation", Fate.Anonymised, "select count(*) from registry.guardianships where learner_id = $1 or guardian_id = $1",
            ["update registry.guardianships set restriction = null, ends_on = least(ends_on, greatest(starts_on, current_date - 1)) where learner_id = $1 or guardian_id = $1"],
            "registry.guardianships.learner_id", "registry.guardianships.guardian_id"),
        new("card", Fate.Erased, "select count(*) from registry.people where id = $1 and erased_at is null",
            [
                $"""
                update registry.people set last_name = '{Texts.ErasedLast}', first_name = '{Texts.ErasedFirst}', middle_name = '', birth_date = null, gender = null, source_id = null, erased_at = now()
                 where id in {Cards} and erased_at is null
                """,
                // After the change itself, so that whoever reads the feed in order ends with the deletion.
                """
                insert into registry.changes (school_id, kind, object_id, event)
                select s.school_id, 'user', $1::text, 'deleted' from (
                  select school_id from registry.enrolments where person_id = $1 union select m.unit_id from registry.memberships m join registry.organisations o on o.id = m.unit_id and o.kind = 'school' where m.person_id = $1
                  union select e.school_id from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id where g.guardian_id = $1) s
                """,
            ], "registry.people.id"),
        // After the card: its change has just written the former name there.
        new("fields", Fate.Erased, "select count(*) from registry.field_changes where person_id = $1",
            [
                $"delete from registry.field_proposals where person_id in {Cards}", $"delete from registry.field_secrets where person_id in {Cards}", $"delete from registry.field_changes where person_id in {Cards}",
            ], "registry.field_changes.person_id", "registry.field_secrets.person_id", "registry.field_proposals.person_id"),
        new("transfers", Fate.Anonymised, "select count(*) from registry.transfers where person_id = $1",
            [$"update registry.transfers set last_name = '{Texts.ErasedLast}', first_name = '{Texts.ErasedFirst}', middle_name = '', birth_date = null, declined_why = case when declined_why is not null then '{Texts.ErasedLast} {Texts.ErasedFirst}' end where person_id = $1"], "registry.transfers.person_id"),
        new("doubles", Fate.Erased, "select count(*) from registry.merges where survivor_id = $1 or former_id = $1",
            [
                "delete from registry.doubles where left_id = $1 or right_id = $1", "delete from registry.double_signals where left_id = $1 or right_id = $1",
                $"delete from registry.double_keys where person_id in {Cards}", $"delete from registry.double_pending where person_id in {Cards}",
                "delete from registry.former_ids where person_id = $1 or former_id = $1",
                "delete from registry.merge_rows where merge_id in (select id from registry.merges where survivor_id = $1 or former_id = $1)",
                "delete from registry.merges where survivor_id = $1 or former_id = $1",
            ],
            "registry.doubles.left_id", "registry.doubles.right_id", "registry.double_signals.left_id", "registry.double_signals.right_id", "registry.double_keys.person_id", "registry.double_pending.person_id",
            "registry.former_ids.person_id", "registry.former_ids.former_id", "registry.merges.survivor_id", "registry.merges.former_id"),
        new("answers", Fate.Erased, "select (select count(*) from registry.appointments where person_id = $1) + (select count(*) from kernel.idempotency where person_id = $1)",
            ["delete from registry.appointments where person_id = $1", "delete from kernel.idempotency where person_id = $1"], "registry.appointments.person_id", "kernel.idempotency.person_id"),
        new("notes", Fate.Erased, "select count(*) from registry.movements where person_id = $1 and note is not null",
            ["update registry.movements set note = null where person_id = $1 and note is not null"]),
        // Who looked and what was done stays for those whose data it was: ids that lead to an empty card, without addresses.
        new("readings", Fate.Anonymised, "select count(*) from kernel.audit where subject_id = $1 or actor_id = $1",
            ["update kernel.audit set address = null, session_id = null where actor_id = $1 and (address is not null or session_id is not null)"], "kernel.audit.subject_id", "kernel.audit.actor_id"),
        new("enrolments", Fate.Kept, "select count(*), max(coalesce(ends_on, starts_on)) from registry.enrolments where person_id = $1",
            ["delete from registry.enrolments where person_id = $1"], "registry.enrolments.person_id") { Term = RetentionTerms.EnrolmentOrders },
        new("movements", Fate.Kept, "select count(*), max(takes_effect_on) from registry.movements where person_id = $1",
            ["delete from registry.movements where person_id = $1", "delete from registry.transfers where person_id = $1"], "registry.movements.person_id") { Term = RetentionTerms.EnrolmentOrders },
        new("groups", Fate.Kept, "select count(*), max(coalesce(ends_on, starts_on)) from registry.group_members where person_id = $1",
            ["delete from registry.group_members where person_id = $1"], "registry.group_members.person_id") { Term = RetentionTerms.ClassJournal },
        new("service", Fate.Kept, """
            select count(*), max(day) from (
              select coalesce(ends_on, starts_on) as day from registry.memberships where person_id = $1
              union all select coalesce(ends_on, starts_on) from registry.class_leaders where person_id = $1
              union all select coalesce(ends_on, starts_on) from registry.teaching_assignments where person_id = $1) s
            """,
            [
                "delete from registry.teaching_assignments where person_id = $1", "delete from registry.class_leaders where person_id = $1", "delete from registry.memberships where person_id = $1",
            ], "registry.memberships.person_id", "registry.class_leaders.person_id", "registry.teaching_assignments.person_id") { Term = RetentionTerms.StaffRecords },
        new(KeptName, Fate.Kept, "select count(*), null::date from registry.people where id = $1 and erased_at is null",
            ["delete from registry.kept_names where person_id = $1"], "registry.kept_names.person_id") { Term = RetentionTerms.Longest },
    ];

    private const string KeptName = "name";

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["registry.history.actor_id"] = "who changed a row of others: an id with an empty card",
        ["registry.imports.made_by"] = "service record: an id with an empty card",
        ["registry.imports.applied_by"] = "service record: an id with an empty card",
        ["registry.imports.undone_by"] = "service record: an id with an empty card",
        ["registry.import_mappings.made_by"] = "service record: an id with an empty card",
        ["registry.movements.recorded_by"] = "who gave an order about somebody else: an id with an empty card",
        ["registry.movements.undone_by"] = "who undid an order about somebody else: an id with an empty card",
        ["registry.rollovers.changed_by"] = "service record: an id with an empty card",
        ["registry.field_changes.by_person"] = "who changed a card of others: an id with an empty card",
        ["registry.field_proposals.by_person"] = "who proposed something about others: an id with an empty card",
        ["registry.field_proposals.decided_by"] = "who decided about others: an id with an empty card",
        ["registry.field_truth.changed_by"] = "service record: an id with an empty card",
        ["registry.doubles.decided_by"] = "who decided about others: an id with an empty card",
        ["registry.merges.merged_by"] = "who merged cards of others: an id with an empty card",
        ["registry.merges.parted_by"] = "who parted cards of others: an id with an empty card",
        ["registry.visits.person_id"] = "who of support read a school in office: an id with an empty card",
        ["registry.teaching_groups.subject_id"] = "a school subject, not a person",
    };

    protected override async Task<ImmutableArray<string>> FindObstaclesAsync(Guid personId, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("""
            select 'enrolled', o.short_name from registry.enrolments e join registry.organisations o on o.id = e.school_id where e.person_id = $1 and (e.ends_on is null or e.ends_on >= $2)
            union select 'works', o.short_name from registry.memberships m join registry.organisations o on o.id = m.unit_id where m.person_id = $1 and (m.ends_on is null or m.ends_on >= $2)
            union select 'represents', o.short_name from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id and (e.ends_on is null or e.ends_on >= $2)
              join registry.organisations o on o.id = e.school_id where g.guardian_id = $1 and (g.ends_on is null or g.ends_on >= $2)
            union select 'transfer', coalesce(t.to_place, o.short_name) from registry.transfers t left join registry.organisations o on o.id = t.to_school_id where t.person_id = $1 and t.state = 'sent'
            union select 'double', '' from registry.doubles d where d.state = 'open' and $1 in (d.left_id, d.right_id)
            union select 'import', '' from registry.import_secrets s where s.person_id = $1
            """, connection)
        { Parameters = { new() { Value = personId }, new() { Value = Clock.TodayIn(TimeZones.Capital) } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => string.Format(null, Sentence(row.GetString(0)), row.GetString(1)), cancel)];
    }

    protected override async Task BeforeAsync(ErasureOrdered order, NpgsqlConnection connection, CancellationToken cancel)
    {
        // Nothing is kept of the person that would need a name, or the name's own term has ended.
        if (order.Rules.Contains(KeptName) || !order.Rules.Contains("card")) return;
        await using var find = new NpgsqlCommand("select last_name, first_name, middle_name, birth_date from registry.people where id = $1 and erased_at is null", connection)
        { Parameters = { new() { Value = order.PersonId } } };
        KeptCard? card;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            card = await reader.ReadFirstAsync(row => new KeptCard(row.GetString(0), row.GetString(1), row.GetString(2), row.Maybe<DateOnly>(3)), cancel);
        if (card is null) return;
        var closed = protection.CreateProtector("registry.kept-name", order.PersonId.ToString("N")).Protect(JsonSerializer.SerializeToUtf8Bytes(card, Json.Options));
        await using var keep = new NpgsqlCommand("insert into registry.kept_names (person_id, sealed, kept_at) values ($1, $2, $3) on conflict do nothing", connection)
        { Parameters = { new() { Value = order.PersonId }, new() { Value = closed }, new() { Value = Clock.Now } } };
        await keep.ExecuteNonQueryAsync(cancel);
    }

    private static string Sentence(string obstacle) => obstacle switch
    {
        "enrolled" => Texts.EraseEnrolled,
        "works" => Texts.EraseWorks,
        "represents" => Texts.EraseRepresents,
        "transfer" => Texts.EraseTransfer,
        "double" => Texts.EraseDouble,
        _ => Texts.EraseImport,
    };

    private sealed record KeptCard(string Last, string First, string Middle, DateOnly? Born);
}
