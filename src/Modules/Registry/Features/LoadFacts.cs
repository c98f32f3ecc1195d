using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Reads, in one round trip, what the authoriser must know of a person in the role worn.</summary>
internal sealed class LoadFacts(FactsDb db)
{
    // The zones of the country span eleven hours: rows are taken with a day to spare and judged exactly in the school's zone.
    private const string Holds = "starts_on <= $3 and (ends_on is null or ends_on >= $2)";

    public async Task<PersonFacts?> HandleAsync(Guid personId, Hat? worn, DateTimeOffset now, CancellationToken cancel)
    {
        var facts = await ReadAsync(personId, worn, now, cancel);
        if (facts is null || facts.Worn == worn || facts.Worn is null) return facts;
        // The role asked for is not (or no longer) held: take the first one that is.
        return await ReadAsync(personId, facts.Worn, now, cancel);
    }

    private async Task<PersonFacts?> ReadAsync(Guid personId, Hat? worn, DateTimeOffset now, CancellationToken cancel)
    {
        var window = new Window(personId, worn, now);
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        AddPerson(batch, window);
        var details = Details.For(worn?.Role);
        details?.Add(batch, window);

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var basis = await reader.ReadFirstAsync(r => new FactsBasis(r.GetFieldValue<Guid[]>(0), r.GetInt64(1)), cancel);
        var name = await reader.ReadFirstAsync(r => (PersonName?)RegistryRows.Name(r, 0), cancel);
        var offers = await reader.ReadAllAsync(r => ReadOffer(r, now), cancel);
        if (name is null) return null;

        var held = offers.Where(o => o.HoldsOn(now)).DistinctBy(o => o.Offer.Hat).OrderBy(o => o.IsDemo).ThenBy(o => RoleOrder(o.Offer.Hat.Role)).ToList();
        var chosen = held.Find(o => o.Offer.Hat == worn) ?? held.FirstOrDefault();
        var facts = new PersonFacts(
            personId, name.Value, [.. held.Select(o => o.Offer)], chosen?.Offer.Hat, TimeZones.OrCapital(chosen?.TimeZone), [], [], [], [])
        { Basis = basis, StandsUntil = held.Min(o => o.Until) };
        if (chosen is null || chosen.Offer.Hat != worn) return facts;
        facts = facts with { Ties = [.. OwnTies(chosen)] };
        return details is null ? facts : await details.ReadAsync(reader, facts, now, cancel);
    }

    /// <summary>The version of facts read before, as one bigint.</summary>
    public static void AddVersion(NpgsqlBatch batch, FactsBasis basis) =>
        batch.Add("select coalesce(sum(epoch), 0)::bigint from registry.epochs where key = any($1)", basis.Keys);

    private static void AddPerson(NpgsqlBatch batch, Window window)
    {
        // Read first: a change that commits between this statement and the next ones makes the facts newer than their
        // version, and they are read once more. The other way round they would stay old.
        batch.Add("""
            with places as (
              select unit_id as key from registry.memberships where person_id = $1
              union select school_id from registry.enrolments where person_id = $1
              union select g.learner_id from registry.guardianships g where g.guardian_id = $1
              union select e.school_id from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id where g.guardian_id = $1
            ), keys as (select key from places union select $1 union select '00000000-0000-0000-0000-000000000000')
            select array_agg(key), (select coalesce(sum(epoch), 0)::bigint from registry.epochs where key in (select key from keys)) from keys
            """, window.PersonId);
        batch.Add("select last_name, first_name, middle_name from registry.people where id = $1", window.PersonId);
        batch.Add($"""
            select m.role, m.unit_id, o.short_name, o.time_zone, m.starts_on, m.ends_on, null::timestamptz, o.is_demo
              from registry.memberships m join registry.organisations o on o.id = m.unit_id
             where m.person_id = $1 and {Holds}
            union all
            select 'learner', e.school_id, o.short_name, o.time_zone, e.starts_on, e.ends_on, null, o.is_demo
              from registry.enrolments e join registry.organisations o on o.id = e.school_id
             where e.person_id = $1 and {Holds}
            union all
            (select 'guardian', '00000000-0000-0000-0000-000000000000', '', 'Europe/Moscow', g.starts_on, g.ends_on, null, false
              from registry.guardianships g
             where g.guardian_id = $1 and g.restriction is null and {Holds} limit 1)
            union all
            select 'support-visitor', v.school_id, o.short_name, o.time_zone, null, null, v.ends_at, o.is_demo
              from registry.visits v join registry.organisations o on o.id = v.school_id
             where v.person_id = $1 and v.closed_at is null and v.starts_at <= $4 and v.ends_at > $4
            """, window.PersonId, window.From, window.To, window.Now.ToUniversalTime());
    }

    private static HeldOffer ReadOffer(NpgsqlDataReader row, DateTimeOffset now) => new(
        new HatOffer(new Hat(row.GetString(0), row.GetGuid(1)), row.GetString(2)), row.GetString(3),
        row.Maybe<DateOnly>(4) ?? DateOnly.MinValue, row.Maybe<DateOnly>(5), row.Maybe<DateTimeOffset>(6), row.GetBoolean(7));

    private static int RoleOrder(string role)
    {
        for (var i = 0; i < Roles.All.Count; i++)
            if (Roles.All[i] == role) return i;
        return int.MaxValue;
    }

    private static IEnumerable<Tie> OwnTies(HeldOffer chosen)
    {
        var (kind, relation) = chosen.Offer.Hat.Role switch
        {
            Roles.Teacher => (Places.School, Relations.Staff),
            Roles.Deputy => (Places.School, Relations.Deputy),
            Roles.Head => (Places.School, Relations.Head),
            Roles.SchoolAdministrator => (Places.School, Relations.Administers),
            Roles.Psychologist => (Places.School, Relations.Counsels),
            Roles.Technician => (Places.School, Relations.Maintains),
            Roles.MunicipalCoordinator or Roles.RegionalCoordinator => (Places.Territory, Relations.Coordinates),
            Roles.Operator => (Places.Territory, Relations.Operates),
            Roles.SupportVisitor => (Places.School, Relations.Visits),
            _ => ("", ""),
        };
        if (kind.Length > 0)
            yield return new Tie(relation, new Coordinate(kind, chosen.Offer.Hat.UnitId), chosen.From, chosen.To);
    }

    /// <summary>A role offered with the dates and the zone that judge it.</summary>
    private sealed record HeldOffer(HatOffer Offer, string TimeZone, DateOnly From, DateOnly? To, DateTimeOffset? Until, bool IsDemo)
    {
        public bool HoldsOn(DateTimeOffset now)
        {
            var today = RegistryRows.DateIn(now, TimeZone);
            return From <= today && (To is null || To >= today);
        }
    }
}

/// <summary>The person, the role and the days around the instant that every statement of the batch is bound to.</summary>
internal sealed record Window(Guid PersonId, Hat? Worn, DateTimeOffset Now)
{
    public DateOnly From => DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-1);

    public DateOnly To => DateOnly.FromDateTime(Now.UtcDateTime).AddDays(1);
}

/// <summary>The part of the facts that depends on the role worn.</summary>
internal abstract class Details
{
    public static Details? For(string? role) => role switch
    {
        Roles.Guardian => new LearnerDetails(LearnersOf.Guardian),
        Roles.Learner => new LearnerDetails(LearnersOf.LearnerAtSchool),
        Roles.Teacher => new TeacherDetails(),
        _ => null,
    };

    public abstract void Add(NpgsqlBatch batch, Window window);

    public abstract Task<PersonFacts> ReadAsync(NpgsqlDataReader reader, PersonFacts facts, DateTimeOffset now, CancellationToken cancel);
}
