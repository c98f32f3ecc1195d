using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>Counts units anew from what the registry and the journal hold; sums of territories follow by triggers.</summary>
internal sealed class CountFigures(IUnitFacts facts, ISchoolUse use, IClock clock)
{
    /// <summary>Key of the lock that lets one counter work at a time: each moves the same rows of region and country.</summary>
    internal const string Lock = "select pg_advisory_xact_lock(7300452)";

    /// <summary>Counts units and, first, those above them that are not there yet.</summary>
    /// <param name="units">Schools and territories.</param>
    /// <param name="connection">An open transaction of the worker.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task HandleAsync(IReadOnlyCollection<Guid> units, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using (var wait = new NpgsqlCommand(Lock, connection)) await wait.ExecuteNonQueryAsync(cancel);
        // Counted after the lock: whatever another counter saw earlier is older than this.
        var today = clock.TodayIn(TimeZones.Capital);
        var counted = await facts.CountAsync(units, today, cancel);
        var above = counted.SelectMany(unit => unit.Above).Distinct().Except(counted.Select(unit => unit.Id)).ToArray();
        var missing = above.Length == 0 ? [] : await FindMissingAsync(above, connection, cancel);
        if (missing.Length > 0) counted = [.. counted, .. await facts.CountAsync(missing, today, cancel)];
        var schools = counted.Where(unit => unit.Kind == "school").ToList();
        var days = schools.Count == 0 ? ImmutableDictionary<Guid, (DateOnly First, DateOnly Last)>.Empty
            : await use.GetMarkDaysAsync([.. schools.Select(school => school.Id)], today, cancel);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var unit in counted.Where(unit => unit.Kind != "school").OrderBy(unit => unit.Above.Length)) AddTerritory(batch, unit);
        foreach (var school in schools.OrderBy(school => school.Id)) AddSchool(batch, school, days.TryGetValue(school.Id, out var marks) ? marks : null, today);
        foreach (var unit in counted) AddOfficials(batch, unit);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<Guid[]> FindMissingAsync(Guid[] above, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select u from unnest($1) u where not exists (select from connection.units where unit_id = u)", connection)
        { Parameters = { new() { Value = above } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => row.GetGuid(0), cancel)];
    }

    private static void AddTerritory(NpgsqlBatch batch, UnitFacts unit) => batch.Add("""
        insert into connection.units (unit_id, kind, name, short_name, oktmo, territory_ids, coordinators) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (unit_id) do update set name = excluded.name, short_name = excluded.short_name, oktmo = excluded.oktmo,
          territory_ids = excluded.territory_ids, coordinators = excluded.coordinators
        """, unit.Id, unit.Kind, unit.Name, unit.ShortName, Maybe.Text(unit.Oktmo), unit.Above.ToArray(), unit.Officials.Length);

    private static void AddSchool(NpgsqlBatch batch, UnitFacts school, (DateOnly First, DateOnly Last)? marks, DateOnly today)
    {
        var administrators = school.Officials.Select(official => official.PersonId).Distinct().ToArray();
        var until = school.Officials.Length > 0 && school.Officials.All(official => official.EndsOn is not null) ? school.Officials.Max(official => official.EndsOn) : null;
        batch.Add("""
            insert into connection.schools as s (school_id, name, short_name, oktmo, ogrn, address, territory_ids, is_demo, is_closed, missing, administrators, administrators_came,
              administered_until, bells, terms, classes, staff, staff_came, learners, with_guardian, first_mark_on, last_mark_on, counted_on)
            select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, cardinality($11::uuid[]), (select count(*)::int from connection.arrivals where person_id = any($11)),
                   $12, $13, $14, $15, cardinality($16::uuid[]), (select count(*)::int from connection.arrivals where person_id = any($16)), $17, $18, $19, $20, $21
            on conflict (school_id) do update set name = excluded.name, short_name = excluded.short_name, oktmo = excluded.oktmo, ogrn = excluded.ogrn, address = excluded.address,
              territory_ids = excluded.territory_ids, is_demo = excluded.is_demo, is_closed = excluded.is_closed, missing = excluded.missing,
              administrators = excluded.administrators, administrators_came = excluded.administrators_came, administered_until = excluded.administered_until,
              bells = excluded.bells, terms = excluded.terms, classes = excluded.classes, staff = excluded.staff, staff_came = excluded.staff_came,
              learners = excluded.learners, with_guardian = excluded.with_guardian, first_mark_on = excluded.first_mark_on, last_mark_on = excluded.last_mark_on, counted_on = excluded.counted_on
            """, school.Id, school.Name, school.ShortName, Maybe.Text(school.Oktmo), Maybe.Text(school.Ogrn), Maybe.Text(school.Address), school.Above.ToArray(), school.IsDemo, school.IsClosed,
            school.Missing.ToArray(), administrators, Maybe.Date(until), school.Bells, school.Terms, school.Classes, school.Staff.ToArray(), school.Learners, school.WithGuardian,
            Maybe.Date(marks?.First), Maybe.Date(marks?.Last), today);
    }

    private static void AddOfficials(NpgsqlBatch batch, UnitFacts unit)
    {
        batch.Add("delete from connection.officials where unit_id = $1", unit.Id);
        foreach (var official in unit.Officials.DistinctBy(official => (official.PersonId, official.Role)))
            batch.Add("insert into connection.officials (unit_id, person_id, role, name, ends_on, territory_ids) values ($1, $2, $3, $4, $5, $6)",
                unit.Id, official.PersonId, official.Role, official.Name.Full, Maybe.Date(official.EndsOn), unit.Above.ToArray());
    }
}

/// <summary>Counts what the registry says has changed.</summary>
internal sealed class CountChangedUnits(CountFigures figures) : IEventHandler<UnitsChanged>
{
    private const int AtOnce = 500;

    public async Task HandleAsync(IReadOnlyList<UnitsChanged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var units in happened.SelectMany(change => change.Units).Distinct().Order().Chunk(AtOnce)) await figures.HandleAsync(units, connection, cancel);
    }
}

/// <summary>Remembers who has come, and counts their units when they come for the first time.</summary>
internal sealed class CountArrivals(CountFigures figures) : IEventHandler<PersonSignedIn>
{
    public async Task HandleAsync(IReadOnlyList<PersonSignedIn> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var add = new NpgsqlCommand("""
            insert into connection.arrivals (person_id, first_at) select distinct on (p) p, at from unnest($1, $2) arrived (p, at) order by p, at
            on conflict do nothing returning person_id
            """, connection)
        { Parameters = { new() { Value = happened.Select(arrival => arrival.PersonId).ToArray() }, new() { Value = happened.Select(arrival => arrival.OccurredAt).ToArray() } } };
        HashSet<Guid> first;
        await using (var reader = await add.ExecuteReaderAsync(cancel)) first = [.. await reader.ReadAllAsync(row => row.GetGuid(0), cancel)];
        var units = happened.Where(arrival => first.Contains(arrival.PersonId)).SelectMany(arrival => arrival.Units).Distinct().ToArray();
        if (units.Length > 0) await figures.HandleAsync(units, connection, cancel);
    }
}

/// <summary>Notes that a school marks. Most saves change nothing here: its day is noted once.</summary>
internal sealed class CountMarks(IClock clock) : IEventHandler<MarksRecorded>
{
    // Schools ($1) whose first ($2) or last ($3) day the marks move.
    private const string Due = """
        unnest($1, $2, $3) as marked (school, first_day, last_day)
        where s.school_id = marked.school and (s.last_mark_on is null or s.last_mark_on < marked.last_day or s.first_mark_on > marked.first_day)
        """;

    public async Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        var today = clock.TodayIn(TimeZones.Capital);
        var cells = happened.SelectMany(change => change.Cells.Where(cell => cell.LessonDate <= today).Select(cell => (change.School, Cell: cell))).ToList();
        var marked = cells.Where(one => one.Cell.Mark is not null).GroupBy(one => one.School, one => one.Cell.LessonDate).ToList();
        if (marked.Count > 0 && await MovesAsync(marked, connection, cancel)) await MoveAsync(marked, today, connection, cancel);
        // The last mark of a day may have gone: only the journal can say.
        var emptied = cells.Where(one => one.Cell.HadMark && one.Cell.Mark is null).Select(one => one.School).Distinct().ToList();
        if (emptied.Count == 0) return;
        await using var tell = new NpgsqlBatch(connection);
        tell.AddEvent(new UnitsChanged(Ids.New(), clock.Now, [.. emptied]));
        await tell.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> MovesAsync(List<IGrouping<Guid, DateOnly>> marked, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var look = Command($"select exists (select from connection.schools s, {Due})", marked, connection);
        return (bool)(await look.ExecuteScalarAsync(cancel))!;
    }

    // Only whoever will move sums waits for the counters, in their lock, and looks again after it.
    private static async Task MoveAsync(List<IGrouping<Guid, DateOnly>> marked, DateOnly today, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using (var wait = new NpgsqlCommand(CountFigures.Lock, connection)) await wait.ExecuteNonQueryAsync(cancel);
        await using var move = Command($"""
            update connection.schools s set last_mark_on = greatest(last_mark_on, last_day), first_mark_on = least(first_mark_on, first_day),
              counted_on = greatest(counted_on, $4) from {Due}
            """, marked, connection);
        move.Parameters.AddWithValue(today);
        await move.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlCommand Command(string sql, List<IGrouping<Guid, DateOnly>> marked, NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(marked.Select(days => days.Key).ToArray());
        command.Parameters.AddWithValue(marked.Select(days => days.Min()).ToArray());
        command.Parameters.AddWithValue(marked.Select(days => days.Max()).ToArray());
        return command;
    }
}
