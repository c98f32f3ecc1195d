using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Testing;

namespace MySchool.Modules.Tests.Registry;

/// <summary>What a second card of a pupil carries.</summary>
[Flags]
internal enum Carries
{
    Nothing = 0,
    Marks = 1,
    Absences = 2,
    Ticks = 4,
    Account = 8,
    Consents = 16,
    Tickets = 32,
    Settings = 64,
    All = 127,
}

/// <summary>A second card of a pupil, in the same class, that is in use itself.</summary>
internal static class UsedCard
{
    /// <summary>Every table whose rows follow a merge, of every module.</summary>
    public static readonly IReadOnlyList<FollowedTable> Tables =
    [
        .. MySchool.Journal.Features.FollowMerges.Rows.Tables, .. MySchool.Access.Features.FollowMerges.Rows.Tables,
        .. MySchool.Support.Features.FollowMerges.Rows.Tables, .. MySchool.Connection.Features.FollowMerges.Rows.Tables,
        .. MySchool.Notices.Features.FollowMerges.Rows.Tables,
    ];

    public static async Task<Guid> MakeAsync(Office office, Pupil pupil, Carries what)
    {
        var card = Ids.New();
        await RunAsync(office, "insert into registry.people (id, last_name, first_name, middle_name, birth_date) values ($1, $2, $3, $4, $5)",
            card, pupil.Person.Last[..2] + 'ъ' + pupil.Person.Last[2..], pupil.Person.First, pupil.Person.Middle, pupil.Person.Birth);
        await RunAsync(office, "insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) values ($1, $2, $3, $4, '2026-10-01')", SampleSchool.School.Id, Ids.New(), card, pupil.Class.Id);
        foreach (var (kind, sql) in Rows.Where(row => what.HasFlag(row.Kind)))
            await RunAsync(office, sql, card, pupil.Person.Id, pupil.Class.Id, SampleSchool.School.Id, office.Today);
        await office.DeliveredAsync();
        return card;
    }

    /// <summary>Everything any module but the registry says of the two, with the figures that follow from it.</summary>
    public static async Task<string> StateAsync(Office office, Guid one, Guid other)
    {
        var rows = Tables.Select(table => $"select '{table.Schema}.{table.Name} ' || to_jsonb(t)::text as line from {table.Schema}.{table.Name} t where t.{table.Column} in ($1, $2)")
            .Append("select 'total ' || to_jsonb(t)::text from journal.day_totals t where t.school_id = $3")
            .Append("select 'school ' || (to_jsonb(t) - 'counted_on')::text from connection.schools t where t.school_id = $3");
        return await office.Host.Database.ScalarAsync<string>($"select string_agg(distinct line, e'\\n' order by line) from ({string.Join(" union all ", rows)}) w", one, other, SampleSchool.School.Id) ?? "";
    }

    /// <summary>Rows that speak of a person, table by table.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(Office office, Guid person)
    {
        var counts = new Dictionary<string, long>();
        foreach (var table in Tables)
            counts[$"{table.Schema}.{table.Name}.{table.Column}"] = await office.Host.Database.ScalarAsync<long>($"select count(*) from {table.Schema}.{table.Name} where {table.Column} = $1", person);
        return counts;
    }

    public static async Task RunAsync(Office office, string sql, params object[] values)
    {
        await using var command = office.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values.Take(global::System.Text.RegularExpressions.Regex.Matches(sql, @"\$(\d)").Select(m => m.Groups[1].Value[0] - '0').DefaultIfEmpty(0).Max())) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    // $1 the card, $2 the pupil, $3 the class, $4 the school, $5 today. Lessons are those at which the pupil has no such row.
    private const string Free = """
        select l.* from journal.lessons l where l.school_id = $4 and l.date <= $5 and l.group_id in (select id from registry.teaching_groups where class_id = $3 and kind = 'class')
           and not exists (select from journal.{0} m where m.school_year = l.school_year and m.lesson_id = l.id and m.learner_id in ($1, $2)) order by l.date desc, l.id limit 3
        """;

    private static readonly (Carries Kind, string Sql)[] Rows =
    [
        (Carries.Marks, $"""
            with free as ({Free.Replace("{0}", "marks", StringComparison.Ordinal)}),
            marked as (insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
              select school_year, school_id, group_id, id, $1, 1, date, '4', 1, 1, 1, $2, now() from free returning school_id, lesson_date),
            told as (insert into journal.cell_history (school_year, school_id, group_id, lesson_id, learner_id, kind, version, new_value, at, by_person, request_key)
              select school_year, school_id, group_id, id, $1, 'mark', 1, '4', now(), $2, gen_random_uuid() from free)
            update journal.day_totals d set marks = d.marks + n.n from (select school_id, lesson_date, count(*)::int as n from marked group by 1, 2) n where d.school_id = n.school_id and d.date = n.lesson_date
            """),
        // One of them the pupil has too, of the same code: one fact said twice.
        (Carries.Absences, $"""
            with free as ({Free.Replace("{0}", "absences", StringComparison.Ordinal)}),
            same as (select a.* from journal.absences a where a.learner_id = $2 order by a.lesson_date desc limit 1),
            missed as (insert into journal.absences (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, code, version, recorded_by, recorded_at)
              select school_year, school_id, group_id, id, $1, date, 'Н', 1, $2, now() from free
              union all select school_year, school_id, group_id, lesson_id, $1, lesson_date, code, 1, $2, now() from same returning school_id, lesson_date)
            update journal.day_totals d set absences = d.absences + n.n from (select school_id, lesson_date, count(*)::int as n from missed group by 1, 2) n where d.school_id = n.school_id and d.date = n.lesson_date
            """),
        (Carries.Ticks, """
            insert into journal.homework_done (school_year, school_id, homework_id, learner_id, done_at)
            select h.school_year, h.school_id, h.id, $1, now() from journal.homework h join registry.teaching_groups g on g.id = h.group_id where g.class_id = $3 and h.school_id = $4 order by h.id limit 2
            """),
        // One the pupil has ticked too.
        (Carries.Ticks, """
            insert into journal.homework_done (school_year, school_id, homework_id, learner_id, done_at)
            select school_year, school_id, homework_id, $2, now() from journal.homework_done where learner_id = $1 order by homework_id limit 1 on conflict do nothing
            """),
        (Carries.Account, "insert into registry.identities (person_id, esia_oid, bound_at) values ($1, $1::text, now())"),
        (Carries.Account, "insert into access.sessions (id, token_hash, person_id, authenticated_at, started_at, last_seen_at, expires_at) values (gen_random_uuid(), sha256($1::text::bytea), $1, now(), now(), now(), now() + interval '1 year')"),
        (Carries.Consents, """
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', $1, giver, t.purpose, t.version, t.hash, now(), now() + interval '1 year'
              from (select distinct on (purpose) * from access.consent_texts order by purpose, version desc) t, unnest(array[$1, $2]::uuid[]) giver
            """),
        (Carries.Tickets, """
            with t as (insert into support.tickets (id, author_id, role, from_name, kind, title, chain, chain_names, chain_kinds, first_unit, seen_by, state, created_at, changed_at, due_at)
              values (gen_random_uuid(), $1, 'learner', '', 'marks', 'Не вижу отметок', array[$4]::uuid[], array['Школа'], array['school'], $4, array[$4]::uuid[], 'new', now(), now(), now()) returning id),
            m as (insert into support.messages (id, ticket_id, kind, by_person, text, at) select gen_random_uuid(), id, 'author', $1, 'Где отметки?', now() from t)
            insert into support.steps (id, ticket_id, at, what, by_person) select gen_random_uuid(), id, now(), 'sent', $1 from t
            """),
        (Carries.Settings, "insert into access.preferences values ($1, 'dark', 'none', 100, now())"),
        (Carries.Settings, "insert into access.preferences values ($2, 'light', 'none', 100, now()) on conflict do nothing"),
        (Carries.Settings, "insert into access.letter_addresses values ($1, 'second@example.ru', now())"),
        (Carries.Settings, "insert into connection.arrivals values ($1, now())"),
        (Carries.Settings, "insert into connection.contacts values ($1, 'second@example.ru')"),
    ];
}
