using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Gives a school new to the platform the dictionaries to begin with: without them no mark and no absence could be set.</summary>
internal sealed class GiveDictionaries(IUnitFacts facts, IClock clock) : IEventHandler<UnitsChanged>
{
    private const int AtOnce = 500;

    public async Task HandleAsync(IReadOnlyList<UnitsChanged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var units in happened.SelectMany(change => change.Units).Distinct().Chunk(AtOnce))
        {
            var without = await FindWithoutAsync(units, connection, cancel);
            if (without.Count == 0) continue;
            var schools = (await facts.CountAsync(without, clock.TodayIn(TimeZones.Capital), cancel)).Where(unit => unit.Kind == "school").Select(unit => unit.Id).ToArray();
            if (schools.Length > 0) await GiveAsync(schools, connection, cancel);
        }
    }

    private static async Task<List<Guid>> FindWithoutAsync(Guid[] units, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select u from unnest($1) u where not exists (select from journal.work_types where school_id = u)", connection)
        { Parameters = { new() { Value = units } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }

    internal static async Task GiveAsync(Guid[] schools, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            insert into journal.work_types (school_id, number, name, short_name, weight)
            select s, w.number, w.name, w.short_name, w.weight from unnest($1) s, journal.work_types w where w.school_id = $2 on conflict do nothing
            """, schools, Guid.Empty);
        batch.Add("""
            insert into journal.absence_codes (school_id, code, name, category, position)
            select s, c.code, c.name, c.category, c.position from unnest($1) s, journal.absence_codes c where c.school_id = $2 on conflict do nothing
            """, schools, Guid.Empty);
        batch.Add("""
            insert into journal.lesson_kinds (school_id, number, name, short_name, work_type, is_reserve)
            select s, k.number, k.name, k.short_name, k.work_type, k.is_reserve from unnest($1) s, journal.lesson_kinds k where k.school_id = $2 on conflict do nothing
            """, schools, Guid.Empty);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>Lays lessons of a demonstration school: each subject once a day, at another time each weekday.</summary>
internal sealed class LayDemoLessons : IEventHandler<DemoSchoolOpened>
{
    public async Task HandleAsync(IReadOnlyList<DemoSchoolOpened> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var opened in happened)
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var groups in opened.Classes)
                batch.Add("""
                    insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at)
                    select $1, $2, gen_random_uuid(), g.id, day::date, place.number, time '08:30' + (place.number - 1) * interval '1 hour', time '09:15' + (place.number - 1) * interval '1 hour'
                      from generate_series($4::date, $5::date, interval '1 day') day, unnest($3) with ordinality g(id, n),
                           lateral (select (1 + (g.n + extract(isodow from day)::int) % cardinality($3))::smallint as number) place
                     where extract(isodow from day) < 6
                    on conflict do nothing
                    """, opened.SchoolYear, opened.School, groups.ToArray(), opened.From, opened.To);
            await batch.ExecuteNonQueryAsync(cancel);
        }
    }
}
