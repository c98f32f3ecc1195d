using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>
/// How far the schools of a demo region have come: some are whole, some lag, a few have no administrator. Only what people
/// would have done is written; the platform counts the rest itself when it starts.
/// </summary>
internal sealed class ConnectionRows(NpgsqlDataSource owner)
{
    // The cast's two schools are whole. Of the others a share of the staff has come: none, few, half, most.
    private const string Shares = """
        create temporary table shares on commit drop as
        select o.id, o.parent_id, case when n <= 2 then 92 else (array[0, 18, 35, 44, 58, 66, 74, 85, 93, 97])[1 + (n * 7) % 10] end as share, n % 7 = 5 as is_bare
          from (select id, parent_id, row_number() over (order by id) as n from registry.organisations where kind = 'school') o
        """;

    public async Task WriteAsync(DateOnly today, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, Shares);
        Add(batch, "delete from registry.memberships m using shares s where m.unit_id = s.id and s.is_bare and m.role = 'school-administrator'");
        Add(batch, """
            insert into connection.arrivals (person_id, first_at)
            select distinct on (m.person_id) m.person_id, $1::date - 40 + (ascii(md5(m.person_id::text)) % 30) * interval '1 day'
              from shares s join (select unit_id, person_id, role, 100.0 * row_number() over (partition by unit_id order by role = 'school-administrator' desc, md5(person_id::text)) / count(*) over (partition by unit_id) as place
                                    from registry.memberships) m on m.unit_id = s.id and (m.place <= s.share or s.share > 0 and m.role = 'school-administrator')
            on conflict do nothing
            """, today);
        Add(batch, """
            insert into connection.contacts (person_id, email)
            select distinct on (person_id) person_id, 'office-' || right(person_id::text, 6) || '@school.example' from registry.memberships
             where role in ('municipal-coordinator', 'regional-coordinator', 'operator') on conflict do nothing
            """);
        // Two months of points that grew to what stands today.
        Add(batch, """
            insert into connection.points (unit_id, date, territory_ids, schools, connected, uses, bands, staff, staff_came)
            select u.id, $1::date - back, array(select ancestor_id from registry.unit_closure where descendant_id = u.id and depth > 0 order by depth),
                   f.schools, (f.connected * (100 - back * 1.4) / 100)::int, (f.schools * (100 - back * 1.1) / 100)::int, '{0,0,0,0}', 0, 0
              from registry.organisations u cross join generate_series(1, 60) back cross join lateral (
                select count(*)::int as schools, count(*) filter (where s.share > 0 and not s.is_bare)::int as connected
                  from registry.unit_closure c join shares s on s.id = c.descendant_id where c.ancestor_id = u.id) f
             where u.kind <> 'school' on conflict do nothing
            """, today);
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        batch.BatchCommands.Add(command);
    }
}
