using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features.Doubles;

/// <summary>A pair of rows that may be one person, as the queue keeps it.</summary>
internal sealed record DoublePair(
    Guid LeftId, Guid RightId, int Score, ImmutableArray<string> Reasons, ImmutableArray<Guid> LeftSchools, ImmutableArray<Guid> RightSchools,
    ImmutableArray<Guid> LeftUnits, ImmutableArray<Guid> RightUnits, string State, DateTimeOffset? DecidedAt, string? Why)
{
    /// <summary>Whether one school alone has both sides: then it decides, and nobody above it.</summary>
    public bool IsOfOneSchool => LeftSchools.Length == 1 && RightSchools.SequenceEqual(LeftSchools);

    /// <summary>Whether both sides are the actor's.</summary>
    public bool IsOpenTo(Actor actor) =>
        Decide.Allows(actor, RegistryActions.SettleDoubles, At(LeftSchools, LeftUnits)) && Decide.Allows(actor, RegistryActions.SettleDoubles, At(RightSchools, RightUnits));

    /// <summary>The school a decision is kept under, when it is one school's.</summary>
    public Guid? SchoolId => IsOfOneSchool ? LeftSchools[0] : null;

    private Coordinate[] At(ImmutableArray<Guid> schools, ImmutableArray<Guid> units) =>
    [
        .. schools.Select(id => new Coordinate(Places.School, id)),
        .. IsOfOneSchool ? [] : units.Select(id => new Coordinate(Places.Territory, id)),
    ];
}

/// <summary>Where somebody stands: a class, a role, a child at a school.</summary>
internal sealed record DoublePlace(string Role, string UnitName, string ClassName, DateOnly From, DateOnly? To);

/// <summary>One side of a pair: what is needed to decide, and no more. Of identifiers only whether there are any.</summary>
internal sealed record DoubleSide(
    Guid PersonId, PersonName Name, DateOnly? BirthDate, string? Gender, bool HasSnils, bool HasEsia, ImmutableArray<DoublePlace> Places);

/// <summary>
/// Reads pairs under the actor's scopes, and then, for exactly those pairs, both sides as the worker: a coordinator may compare
/// two people and may not open the rows they come from.
/// </summary>
internal sealed class DoubleRows(AppDb app, WorkerDb worker)
{
    public const int PageSize = 25;

    private const string Columns =
        "left_id, right_id, score, reasons, left_schools, right_schools, left_units, right_units, state, decided_at, why from registry.doubles";

    /// <summary>A page of the queue, and how many pairs there are in it and among the decided.</summary>
    public async Task<(List<DoublePair> Pairs, long Open, long Apart)> ListAsync(Actor actor, string state, int page, CancellationToken cancel) =>
        await app.ReadAsync(actor, batch =>
        {
            batch.Add("select count(*) filter (where state = 'open'), count(*) filter (where state = 'apart') from registry.doubles");
            batch.Add($"select {Columns} where state = $1 order by score desc, found_at, left_id, right_id limit {PageSize + 1} offset $2", state, (page - 1) * PageSize);
        }, async (reader, token) =>
        {
            var (open, apart) = await reader.ReadFirstAsync(r => (r.GetInt64(0), r.GetInt64(1)), token);
            return (await reader.ReadAllAsync(Read, token), open, apart);
        }, cancel);

    /// <summary>One pair that is open to the actor by both walls, or null.</summary>
    public async Task<DoublePair?> FindAsync(Actor actor, Guid one, Guid other, CancellationToken cancel)
    {
        var found = await app.ReadAsync(actor,
            batch => batch.Add($"select {Columns} where left_id = least($1::uuid, $2::uuid) and right_id = greatest($1::uuid, $2::uuid)", one, other),
            (reader, token) => reader.ReadFirstAsync(Read, token), cancel);
        return found is not null && found.IsOpenTo(actor) ? found : null;
    }

    /// <summary>The people of pairs found before.</summary>
    public async Task<IReadOnlyDictionary<Guid, DoubleSide>> SidesAsync(IEnumerable<DoublePair> pairs, CancellationToken cancel)
    {
        var ids = pairs.SelectMany(pair => (Guid[])[pair.LeftId, pair.RightId]).Distinct().ToArray();
        await using var connection = await worker.Source.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(PeopleSql, ids);
        batch.Add(PlacesSql, ids);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var people = await reader.ReadAllAsync(r => new DoubleSide(
            r.GetGuid(0), RegistryRows.Name(r, 1), r.Maybe<DateOnly>(4), r.Text(5), r.GetBoolean(6), r.GetBoolean(7), []), cancel);
        var places = (await reader.ReadAllAsync(r => (Person: r.GetGuid(0), Place: new DoublePlace(
            r.GetString(1), r.GetString(2), r.GetString(3), r.GetFieldValue<DateOnly>(4), r.Maybe<DateOnly>(5))), cancel)).ToLookup(p => p.Person, p => p.Place);
        return people.ToDictionary(side => side.PersonId, side => side with { Places = [.. places[side.PersonId]] });
    }

    private static DoublePair Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetInt16(2), [.. row.GetFieldValue<string[]>(3)], [.. row.GetFieldValue<Guid[]>(4)], [.. row.GetFieldValue<Guid[]>(5)],
        [.. row.GetFieldValue<Guid[]>(6)], [.. row.GetFieldValue<Guid[]>(7)], row.GetString(8), row.Maybe<DateTimeOffset>(9), row.Text(10));

    private const string PeopleSql = """
        select p.id, p.last_name, p.first_name, p.middle_name, p.birth_date, p.gender, i.snils_hash is not null, i.esia_oid is not null
          from registry.people p left join registry.identities i on i.person_id = p.id where p.id = any($1)
        """;

    // The last few places of each kind tell people apart; a child is told by school and class, not by name.
    private const string PlacesSql = """
        select person_id, role, unit, class, starts_on, ends_on from (
          select w.*, row_number() over (partition by person_id order by ends_on nulls first, starts_on desc) as place from (
            select e.person_id, 'learner' as role, o.short_name as unit, c.grade || c.letter as class, e.starts_on, e.ends_on
              from registry.enrolments e join registry.organisations o on o.id = e.school_id
              join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
             where e.person_id = any($1) and (e.ends_on is null or e.ends_on >= e.starts_on)
            union all
            select m.person_id, m.role, o.short_name, '', m.starts_on, m.ends_on
              from registry.memberships m join registry.organisations o on o.id = m.unit_id
             where m.person_id = any($1) and (m.ends_on is null or m.ends_on >= m.starts_on)
            union all
            select g.guardian_id, 'guardian', o.short_name, c.grade || c.letter, greatest(g.starts_on, e.starts_on), least(g.ends_on, e.ends_on)
              from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id and (e.ends_on is null or e.ends_on >= current_date - 1)
              join registry.organisations o on o.id = e.school_id join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
             where g.guardian_id = any($1) and (g.ends_on is null or g.ends_on >= g.starts_on)) w) ranked
         where place <= 6 order by place
        """;
}

/// <summary>Says what identifiers have told.</summary>
internal static class DoubleSignals
{
    /// <summary>Adds the word that two people may be one, because one identifier was offered for both.</summary>
    /// <param name="batch">A batch of the worker.</param>
    /// <param name="one">One person.</param>
    /// <param name="other">The other.</param>
    /// <param name="kind"><c>snils</c> or <c>esia</c>.</param>
    /// <param name="at">When.</param>
    public static void AddSignal(this NpgsqlBatch batch, Guid one, Guid other, string kind, DateTimeOffset at) => batch.Add("""
        insert into registry.double_signals (left_id, right_id, kind, at) values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3, $4)
        on conflict (left_id, right_id, kind) do update set at = excluded.at
        """, one, other, kind, at);
}
