using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.Movement;

/// <summary>A learner as the office knows them, with all that an order is judged by.</summary>
internal sealed record LearnerStanding(Guid PersonId, string LastName, string FirstName, string MiddleName, DateOnly? BirthDate, string SchoolName, Standing Standing)
{
    public string FullName => $"{LastName} {FirstName} {MiddleName}".Trim();
}

/// <summary>Reads what orders are judged by and writes what they change, under the administrator's scopes.</summary>
internal static class MovementRows
{
    /// <summary>Takes the learner for this transaction: two orders about one learner wait for each other.</summary>
    public static void AddLock(NpgsqlBatch batch, Guid personId) =>
        batch.Add("select pg_advisory_xact_lock(hashtextextended($1::text, 458))", personId.ToString());

    public static void AddStanding(NpgsqlBatch batch, Guid school, Guid personId, DateOnly on)
    {
        batch.Add("select last_name, first_name, middle_name, birth_date from registry.people where id = $1", personId);
        batch.Add("select short_name, closed_on, registry.learns_elsewhere($2, $3) from registry.organisations where id = $1", school, personId, on);
        batch.Add("select id, class_id, starts_on, ends_on from registry.enrolments where school_id = $1 and person_id = $2 order by starts_on", school, personId);
        batch.Add("select group_id, starts_on, ends_on from registry.group_members where school_id = $1 and person_id = $2 and (ends_on is null or ends_on >= starts_on)", school, personId);
        // A class is open from the first day of its year to the day before the next year begins, the summer included.
        batch.Add("""
            select c.id, c.grade || c.letter, c.grade, c.year, y.starts_on,
                   coalesce((select n.starts_on - 1 from registry.academic_years n where n.school_id = $1 and n.year = c.year + 1),
                            greatest(y.ends_on, make_date(c.year + 1, 8, 31)))
              from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year
             where c.school_id = $1 order by c.year, c.grade, c.letter
            """, school);
        batch.Add("""
            select id, class_id, subject_id from registry.teaching_groups
             where school_id = $1 and kind = 'subgroup' and class_id in (select class_id from registry.enrolments where school_id = $1 and person_id = $2)
            """, school, personId);
        batch.Add("""
            select id, kind, takes_effect_on, ends_on from registry.movements
             where school_id = $1 and person_id = $2 and kind = any($3) and undone_at is null and (ends_on is null or ends_on >= takes_effect_on)
            """, school, personId, MovementKinds.Leaves.ToArray());
    }

    public static async Task<LearnerStanding?> ReadStandingAsync(NpgsqlDataReader reader, Guid personId, DateOnly today, CancellationToken cancel, LearnerStanding? known = null)
    {
        var person = await reader.ReadFirstAsync(r => new LearnerStanding(
            personId, r.GetString(0), r.GetString(1), r.GetString(2), r.Maybe<DateOnly>(3), "", null!), cancel);
        var (name, closed, elsewhere) = await reader.ReadFirstAsync(r => (r.GetString(0), r.Maybe<DateOnly>(1), r.GetBoolean(2)), cancel);
        var enrolments = await reader.ReadAllAsync(r => new EnrolmentFact(r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.Maybe<DateOnly>(3)), cancel);
        var members = await reader.ReadAllAsync(r => new MemberFact(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.Maybe<DateOnly>(2)), cancel);
        var classes = await reader.ReadAllAsync(r => new ClassFact(
            r.GetGuid(0), r.GetString(1), r.GetInt16(2), r.GetInt16(3), r.GetFieldValue<DateOnly>(4), r.GetFieldValue<DateOnly>(5)), cancel);
        var subgroups = await reader.ReadAllAsync(r => new SubgroupFact(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2)), cancel);
        var leaves = await reader.ReadAllAsync(r => new LeaveFact(r.GetGuid(0), r.GetString(1), r.GetFieldValue<DateOnly>(2), r.Maybe<DateOnly>(3)), cancel);
        person ??= known;
        return person is null ? null : person with
        {
            SchoolName = name ?? "",
            Standing = new Standing(today, closed, elsewhere, [.. enrolments], [.. members], [.. classes], [.. subgroups], [.. leaves]),
        };
    }

    /// <summary>Writes the facts an order changes. The second wall holds each of them to the own school.</summary>
    public static void AddChanges(NpgsqlBatch batch, Guid school, Guid personId, string orderNo, IEnumerable<FactChange> changes)
    {
        foreach (var change in changes)
            switch (change.Table, change.IsNew)
            {
                case ("enrolments", true):
                    batch.Add("insert into registry.enrolments (school_id, id, person_id, class_id, starts_on, ends_on, order_no) values ($1, $2, $3, $4, $5, $6, $7)",
                        school, change.Id, personId, change.ClassId!.Value, change.StartsOn, Maybe.Date(change.EndsOn), orderNo);
                    break;
                case ("group_members", true):
                    batch.Add("""
                        insert into registry.group_members (school_id, group_id, person_id, starts_on, ends_on) values ($1, $2, $3, $4, $5)
                        on conflict (school_id, group_id, person_id, starts_on) do update set ends_on = excluded.ends_on
                        """, school, change.Id, personId, change.StartsOn, Maybe.Date(change.EndsOn));
                    break;
                default:
                    AddEnd(batch, school, personId, change, change.EndsOn);
                    break;
            }
    }

    /// <summary>Puts every fact back: a new one holds on no day at all, an ended one ends as it did before.</summary>
    public static void AddUndo(NpgsqlBatch batch, Guid school, Guid personId, IEnumerable<FactChange> changes)
    {
        foreach (var change in changes) AddEnd(batch, school, personId, change, change.IsNew ? change.StartsOn.AddDays(-1) : change.EndedOn);
    }

    /// <summary>Counts the facts that no longer stand as the order left them.</summary>
    public static void AddMoved(NpgsqlBatch batch, Guid school, Guid personId, FactChange change) => batch.Add(change.Table switch
    {
        "enrolments" => "select count(*)::int from registry.enrolments where school_id = $1 and id = $2 and person_id = $3 and starts_on = $4 and ends_on is not distinct from $5",
        "group_members" => "select count(*)::int from registry.group_members where school_id = $1 and group_id = $2 and person_id = $3 and starts_on = $4 and ends_on is not distinct from $5",
        _ => "select count(*)::int from registry.movements where school_id = $1 and id = $2 and person_id = $3 and takes_effect_on = $4 and ends_on is not distinct from $5",
    }, school, change.Id, personId, change.StartsOn, Maybe.Date(change.EndsOn));

    /// <summary>Keeps a change beside its row, in the same transaction.</summary>
    public static void AddHistory(
        NpgsqlBatch batch, Actor actor, DateTimeOffset now, string table, Guid rowId, Guid school, object? before, object? after, string? why) => batch.Add("""
        insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """, Ids.New(), now, table, rowId, school, actor.PersonId, Document(before), Document(after), Maybe.Typed(why));

    public static NpgsqlParameter Document(object? value) => new()
    { Value = value is null ? DBNull.Value : JsonSerializer.Serialize(value, Json.Options), NpgsqlDbType = NpgsqlDbType.Jsonb };


    private static void AddEnd(NpgsqlBatch batch, Guid school, Guid personId, FactChange change, DateOnly? ends) => batch.Add(change.Table switch
    {
        "enrolments" => "update registry.enrolments set ends_on = $5 where school_id = $1 and id = $2 and person_id = $3 and starts_on = $4",
        "group_members" => "update registry.group_members set ends_on = $5 where school_id = $1 and group_id = $2 and person_id = $3 and starts_on = $4",
        _ => "update registry.movements set ends_on = $5 where school_id = $1 and id = $2 and person_id = $3 and takes_effect_on = $4",
    }, school, change.Id, personId, change.StartsOn, Maybe.Date(ends));
}
