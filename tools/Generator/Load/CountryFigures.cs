using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>
/// A country of 40,000 schools at the level of figures: rows of schools, as if each had been counted, and territories above
/// them. No person and no lesson; the triggers of the platform make the sums.
/// </summary>
public static class CountryFigures
{
    /// <summary>Schools of the country.</summary>
    public const int Schools = 40_000;

    /// <summary>Id of the country, the same at each call.</summary>
    public static Guid CountryId { get; } = new("0c000000-0000-7000-8000-000000000000");

    private const string Sql = """
        insert into connection.units (unit_id, kind, name, short_name, oktmo, territory_ids, coordinators)
        values ('0c000000-0000-7000-8000-000000000000', 'country', 'Страна для замера', 'Страна для замера', null, '{}', 1);
        insert into connection.units (unit_id, kind, name, short_name, oktmo, territory_ids, coordinators)
        select ('0c000000-0000-7001-8000-' || lpad(r::text, 12, '0'))::uuid, 'region', 'Регион ' || r, 'Регион ' || r, lpad((r + (r / 2))::text, 2, '0') || '000000',
               array['0c000000-0000-7000-8000-000000000000'::uuid], 1 from generate_series(1, 85) r;
        insert into connection.units (unit_id, kind, name, short_name, oktmo, territory_ids, coordinators)
        select ('0c000000-0000-7002-8000-' || lpad(m::text, 12, '0'))::uuid, 'municipality', 'Округ ' || m, 'Округ ' || m, null,
               array[('0c000000-0000-7001-8000-' || lpad((m % 85 + 1)::text, 12, '0'))::uuid, '0c000000-0000-7000-8000-000000000000'::uuid], m % 9 from generate_series(1, 2040) m;
        insert into connection.schools (school_id, name, short_name, oktmo, ogrn, address, territory_ids, is_demo, is_closed, missing, administrators, administrators_came,
          bells, terms, classes, staff, staff_came, learners, with_guardian, first_mark_on, last_mark_on, counted_on)
        select gen_random_uuid(), 'Средняя школа № ' || s, 'Школа № ' || s, null, null, null, u.territory, false, false, '{}', (s % 13 > 0)::int * 2, (s % 7 > 1 and s % 13 > 0)::int,
               7, 4, (s % 11 > 0)::int * 20, 10 + s % 70, (10 + s % 70) * (s % 10) / 10, 150 + s % 900, 100, current_date - 60, current_date - s % 12, current_date
          from generate_series(1, 40000) s join lateral (select unit_id || territory_ids as territory from connection.units
           where unit_id = ('0c000000-0000-7002-8000-' || lpad((s % 2040 + 1)::text, 12, '0'))::uuid) u on true;
        insert into connection.points (unit_id, date, territory_ids, schools, connected, uses, bands, staff, staff_came)
        select unit_id, current_date - back, territory_ids, schools, connected * (100 - back) / 100, uses * (100 - back) / 100, bands, staff, staff_came
          from connection.units, generate_series(1, 90) back where kind in ('country', 'region') and (unit_id::text like '0c000000%');
        analyze connection.units, connection.schools, connection.points
        """;

    /// <summary>Writes the country once; a second call finds it there.</summary>
    /// <param name="ownerConnection">Connection of the owner.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public static async Task WriteAsync(string ownerConnection, CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(ownerConnection);
        await using var find = owner.CreateCommand("select exists (select from connection.units where unit_id = $1)");
        find.Parameters.Add(new() { Value = CountryId });
        if (await find.ExecuteScalarAsync(cancel) is true) return;
        await using var write = owner.CreateCommand(Sql);
        write.CommandTimeout = 0;
        await write.ExecuteNonQueryAsync(cancel);
    }
}
