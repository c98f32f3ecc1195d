using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Somebody was added or changed; written by triggers, a statement at a time. Who it was stands in <c>registry.double_pending</c>.</summary>
internal sealed record PeopleChanged(Guid EventId, DateTimeOffset OccurredAt) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>
/// Looks for likely doubles of whoever has changed. The database brings pairs that stand under an equal key, all at once;
/// <see cref="DoubleRules"/> judges them; what is likely is written, what no longer is goes, what people have decided stays.
/// </summary>
internal sealed class FindDoubles(IClock clock) : IEventHandler<PeopleChanged>
{
    // Other events wait behind a slice, so that one is short; an import takes all of its own at once.
    private const int Slice = 5000;
    private const long DoublesLock = 7300455;

    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<PeopleChanged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        if (await CheckAsync(connection, Slice, cancel) < Slice) return;
        await using var more = new NpgsqlBatch(connection);
        more.AddEvent(new PeopleChanged(Ids.New(), clock.Now));
        await more.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Looks at everybody who waits, in the transaction of whoever made them wait.</summary>
    public Task<int> CheckAllAsync(NpgsqlConnection connection, CancellationToken cancel) => CheckAsync(connection, int.MaxValue, cancel);

    /// <summary>Looks at everybody who waits, in a transaction of its own: how many there were. What is not reached, events look at later.</summary>
    public async Task<int> CheckAllAsync(DatabaseOptions options, CancellationToken cancel)
    {
        await using var connection = await ImportOneRoster.ImportOneRoster.OpenAsync(options, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // As an import does: sets of a hundred thousand rows want room to hash, and no nested loop chosen by a wrong guess.
        await using (var settings = new NpgsqlCommand("set local work_mem = '128MB'; set local plan_cache_mode = auto; set local enable_nestloop = off", connection))
            await settings.ExecuteNonQueryAsync(cancel);
        var checkedPeople = await CheckAllAsync(connection, cancel);
        await transaction.CommitAsync(cancel);
        return checkedPeople;
    }

    private async Task<int> CheckAsync(NpgsqlConnection connection, int most, CancellationToken cancel)
    {
        var people = await TakeAsync(connection, most, cancel);
        if (people.Length == 0) return 0;
        await using (var keys = new NpgsqlBatch(connection))
        {
            keys.Add("delete from registry.double_keys where person_id = any($1)", people);
            keys.Add(KeysSql, people);
            await keys.ExecuteNonQueryAsync(cancel);
        }
        await WriteAsync(connection, people, await JudgeAsync(connection, people, cancel), cancel);
        return people.Length;
    }

    // One search at a time: two would each miss the pair whose sides they look at separately.
    private static async Task<Guid[]> TakeAsync(NpgsqlConnection connection, int most, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select pg_advisory_xact_lock($1)", DoublesLock);
        batch.Add("""
            with due as (select distinct person_id from registry.double_pending order by person_id limit $1)
            delete from registry.double_pending p using due d where p.person_id = d.person_id returning p.person_id
            """, most);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        return [.. (await reader.ReadAllAsync(r => r.GetGuid(0), cancel)).Distinct()];
    }

    private static async Task<List<Likely>> JudgeAsync(NpgsqlConnection connection, Guid[] people, CancellationToken cancel)
    {
        var likely = new List<Likely>();
        await using var command = new NpgsqlCommand(PairsSql, connection) { Parameters = { new() { Value = people } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var judgement = DoubleRules.Judge(Read(reader, 2), Read(reader, 7), reader.GetBoolean(12) ? IdentifierWord.Differ : IdentifierWord.Nothing,
                reader.GetFieldValue<string[]>(13));
            if (judgement.IsLikely) likely.Add(new Likely(reader.GetGuid(0), reader.GetGuid(1), judgement));
        }
        return likely;
    }

    private static Likeness Read(NpgsqlDataReader row, int at) =>
        new(row.GetString(at), row.GetString(at + 1), row.GetString(at + 2), row.Maybe<DateOnly>(at + 3), row.Text(at + 4));

    private async Task WriteAsync(NpgsqlConnection connection, Guid[] people, List<Likely> likely, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var (left, right) = (likely.Select(pair => pair.Left).ToArray(), likely.Select(pair => pair.Right).ToArray());
        batch.Add("""
            delete from registry.doubles d where d.state = 'open' and (d.left_id = any($1) or d.right_id = any($1))
               and not exists (select from unnest($2, $3) j(l, r) where j.l = d.left_id and j.r = d.right_id)
            """, people, Ids(left), Ids(right));
        if (likely.Count > 0)
            batch.Add(WriteSql, Ids(left), Ids(right), likely.Select(pair => (short)pair.Judgement.Score).ToArray(),
                likely.Select(pair => string.Join(',', pair.Judgement.Reasons)).ToArray(), clock.Now, left.Concat(right).Distinct().ToArray());
        await batch.ExecuteNonQueryAsync(cancel);

        static NpgsqlParameter Ids(Guid[] ids) => new() { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid };
    }

    private sealed record Likely(Guid Left, Guid Right, Judgement Judgement);

    // Parts of surnames and the first name with the date of birth; the whole name at a school for those whose date is not known.
    private const string KeysSql = """
        insert into registry.double_keys (key, person_id)
        select hashtextextended(t || extract(year from p.birth_date) || '.' || least(extract(month from p.birth_date), extract(day from p.birth_date))
                 || '.' || greatest(extract(month from p.birth_date), extract(day from p.birth_date)), 0), p.id
          from registry.people p cross join lateral unnest(registry.name_parts(p.last_name, p.first_name)) t
         where p.id = any($1) and p.birth_date is not null and length(t) > 1 and not exists (select from registry.former_ids f where f.former_id = p.id)
        union
        select hashtextextended(registry.name_key(p.last_name, p.first_name, p.middle_name) || h.unit_id, 0), p.id
          from registry.home_schools($1) h join registry.people p on p.id = h.person_id
         where p.middle_name <> ''
        """;

    private const string PairsSql = """
        with pairs as (
          select least(k.person_id, o.person_id) as l, greatest(k.person_id, o.person_id) as r
            from registry.double_keys k join registry.double_keys o on o.key = k.key and o.person_id <> k.person_id
           where k.person_id = any($1)
          union
          select s.left_id, s.right_id from registry.double_signals s where (s.left_id = any($1) or s.right_id = any($1))
             and not exists (select from registry.former_ids f where f.former_id in (s.left_id, s.right_id)))
        select l, r, a.last_name, a.first_name, a.middle_name, a.birth_date, a.gender, b.last_name, b.first_name, b.middle_name, b.birth_date, b.gender,
               coalesce(i.snils_hash <> j.snils_hash, false),
               array(select s.kind from registry.double_signals s where s.left_id = l and s.right_id = r)
          from pairs join registry.people a on a.id = l join registry.people b on b.id = r
          left join registry.identities i on i.person_id = l left join registry.identities j on j.person_id = r
        """;

    // A decision stands; only a clash of identifiers that came after it brings the pair back.
    private const string WriteSql = """
        with judged as (select * from unnest($1, $2, $3, $4) j(l, r, score, reasons)),
        home as (
          select h.person_id, array_agg(distinct h.unit_id) as schools, array_agg(distinct c.ancestor_id) as units
            from registry.home_schools($6) h join registry.unit_closure c on c.descendant_id = h.unit_id group by h.person_id)
        insert into registry.doubles as d (left_id, right_id, score, reasons, left_schools, right_schools, left_units, right_units, found_at)
        select j.l, j.r, j.score, string_to_array(j.reasons, ','), coalesce(a.schools, '{}'), coalesce(b.schools, '{}'), coalesce(a.units, '{}'), coalesce(b.units, '{}'), $5
          from judged j left join home a on a.person_id = j.l left join home b on b.person_id = j.r
        on conflict (left_id, right_id) do update set score = excluded.score, reasons = excluded.reasons,
          left_schools = excluded.left_schools, right_schools = excluded.right_schools, left_units = excluded.left_units, right_units = excluded.right_units,
          (state, decided_by, decided_at, why) = (
            select case when fresh then 'open' else d.state end, case when not fresh then d.decided_by end, case when not fresh then d.decided_at end, case when not fresh then d.why end
              from (select exists (select from registry.double_signals s where s.left_id = d.left_id and s.right_id = d.right_id and s.at > d.decided_at) as fresh) w)
        """;
}
