using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Bench;

/// <summary>A signed-in person of the load.</summary>
internal sealed record Person(Guid Id, string Token, string Path);

/// <summary>A teacher with a journal of typical size.</summary>
internal sealed record TeacherPerson(Guid Id, string Token, string Path, Guid GroupId, Guid[] Lessons, Guid[] Learners)
{
    public string Csrf { get; set; } = "";
    public string AntiforgeryCookie { get; set; } = "";

    /// <summary>Marks as this teacher's page would show them.</summary>
    public Dictionary<(Guid Lesson, Guid Learner), (string Value, int Version)> Marks { get; } = [];
}

/// <summary>Signs people of the loaded region in, past ЕСИА, and gives the consents a diary needs.</summary>
internal sealed class People(string ownerConnection)
{
    public async Task<IReadOnlyList<Person>> GuardiansAsync(int count, CancellationToken cancel)
    {
        var rows = await QueryAsync(
            "select g.guardian_id, g.learner_id from registry.guardianships g tablesample bernoulli (20) join registry.enrolments e on e.person_id = g.learner_id join registry.classes c on c.id = e.class_id where g.restriction is null and g.ends_on is null and c.grade between 5 and 11 limit $1",
            r => (Guardian: r.GetGuid(0), Learner: r.GetGuid(1)), cancel, count);
        await ExecuteAsync("""
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', g.learner_id, g.guardian_id, 'diary', t.version, t.hash, now(), now() + interval '1 year'
              from registry.guardianships g, access.consent_texts t
             where t.purpose = 'diary' and g.guardian_id = any($1)
               and not exists (select from access.consents c where c.giver_id = g.guardian_id and c.subject_id = g.learner_id and c.purpose = 'diary')
            """, cancel, rows.Select(r => r.Guardian).ToArray());
        var people = rows.DistinctBy(r => r.Guardian).Select(r => new Person(r.Guardian, NewToken(), $"/diary?learner={r.Learner}&view=week")).ToList();
        await SignInAsync(people.Select(p => (p.Id, p.Token, "guardian", Guid.Empty)), cancel);
        return people;
    }

    public async Task<IReadOnlyList<TeacherPerson>> TeachersAsync(int count, CancellationToken cancel)
    {
        // Groups whose term holds about forty lessons, as the bar says: 30 × 40.
        var rows = await QueryAsync("""
            with candidates as (
              select a.person_id, a.school_id, a.group_id, t.class_id, t.year
                from registry.teaching_assignments a
                join registry.teaching_groups t on t.school_id = a.school_id and t.id = a.group_id and t.kind = 'class'
                join registry.classes c on c.id = t.class_id and c.grade between 5 and 9
               limit 20000)
            select a.person_id, a.school_id, a.group_id,
                   array(select l.id from journal.lessons l where l.school_year = a.year and l.school_id = a.school_id and l.group_id = a.group_id
                          and l.date between current_date - 13 and current_date and not l.is_cancelled),
                   array(select e.person_id from registry.enrolments e where e.class_id = a.class_id and e.ends_on is null)
              from candidates a
             where (select count(*) from journal.lessons l where l.school_year = a.year and l.school_id = a.school_id and l.group_id = a.group_id
                     and l.date between current_date - 30 and current_date + 40) >= 30
             limit $1
            """, r => (Person: r.GetGuid(0), School: r.GetGuid(1), Group: r.GetGuid(2), Lessons: r.GetFieldValue<Guid[]>(3), Learners: r.GetFieldValue<Guid[]>(4)),
            cancel, count);
        var people = rows.Where(r => r.Lessons.Length > 0 && r.Learners.Length >= 15).DistinctBy(r => r.Person)
            .Select(r => (r.School, Teacher: new TeacherPerson(r.Person, NewToken(), $"/journal/{r.Group}", r.Group, r.Lessons, r.Learners))).ToList();
        foreach (var (_, teacher) in people)
            foreach (var mark in await QueryAsync(
                """
                select m.lesson_id, m.learner_id, m.value, m.version from registry.teaching_groups t
                  join journal.marks m on m.school_year = t.year and m.school_id = t.school_id and m.group_id = t.id and m.slot = 1
                 where t.id = $1 and m.lesson_id = any($2)
                """,
                r => (Key: (r.GetGuid(0), r.GetGuid(1)), State: (r.GetString(2), r.GetInt32(3))), cancel, teacher.GroupId, teacher.Lessons))
                teacher.Marks[mark.Key] = mark.State;
        await SignInAsync(people.Select(p => (p.Teacher.Id, p.Teacher.Token, "teacher", p.School)), cancel);
        return [.. people.Select(p => p.Teacher)];
    }

    /// <summary>Guardians with accounts of ЕСИА, for the diary that is asked of regions.</summary>
    public async Task<IReadOnlyList<(string Token, string Path)>> FamiliesAsync(int count, CancellationToken cancel)
    {
        var guardians = await GuardiansAsync(count, cancel);
        await ExecuteAsync("update registry.identities set esia_oid = '9' || translate(substr(person_id::text, 20), 'abcdef-', '012345') where person_id = any($1) and esia_oid is null", cancel, guardians.Select(g => g.Id).ToArray());
        return [.. guardians.Select(guardian => (guardian.Token, "/regional-diary"))];
    }

    /// <summary>A signed-in operator of a country that stands in the registry by its name only.</summary>
    public async Task<string> OperatorAsync(Guid country, CancellationToken cancel)
    {
        var (person, token) = (Ids.New(), NewToken());
        await ExecuteAsync("insert into registry.organisations (id, kind, name, short_name) values ($1, 'country', 'Страна для замера', 'Страна для замера') on conflict do nothing", cancel, country);
        await ExecuteAsync("insert into registry.people (id, last_name, first_name) values ($1, 'Замер', 'Оператор')", cancel, person);
        await ExecuteAsync("insert into registry.memberships (unit_id, id, person_id, role, starts_on) values ($1, $2, $3, 'operator', '2026-01-01')", cancel, country, Ids.New(), person);
        await SignInAsync([(person, token, "operator", country)], cancel);
        return token;
    }

    /// <summary>A system that reads the whole region, with a token that lasts the run; answers the header's value.</summary>
    public async Task<string> SystemAsync(string scope, CancellationToken cancel)
    {
        var (client, term, token) = (Ids.New(), Ids.New(), NewToken());
        await ExecuteAsync("""
            insert into access.clients (id, kind, client_id, legal_name, organisation_id, unit_ids, legal_basis, created_at, created_by)
            select $1, 'system', 'bench-' || left($1::text, 8) || right($1::text, 12), 'Замер', id, array[id], 'замер', now(), $1 from registry.organisations where kind = 'region' limit 1
            """, cancel, client);
        await ExecuteAsync("insert into access.client_sign_ins (id, application_id, scopes, status) values ($1, $2, jsonb_build_array($3::text)::text, 'valid')", cancel, term, client, scope);
        await ExecuteAsync("insert into access.client_tokens (id, application_id, authorization_id, expiration_date, reference_id, status) values ($1, $2, $3, now() + interval '1 day', $4, 'valid')",
            cancel, Ids.New(), client, term, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
        return $"Bearer {token}";
    }

    /// <summary>ЕСИА ids of learners whose representatives let the state be told of school and class.</summary>
    public async Task<IReadOnlyList<string>> ConsentedOidsAsync(int count, CancellationToken cancel)
    {
        var learners = await QueryAsync("select learner_id from registry.guardianships tablesample bernoulli (5) where restriction is null and ends_on is null limit $1", r => r.GetGuid(0), cancel, count);
        await ExecuteAsync("update registry.identities set esia_oid = 'b' || substr(md5(person_id::text), 1, 20) where person_id = any($1) and esia_oid is null", cancel, learners.ToArray());
        await ExecuteAsync("""
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', g.learner_id, g.guardian_id, t.purpose, t.version, t.hash, now(), now() + interval '1 year'
              from registry.guardianships g, access.consent_texts t
             where t.purpose = 'regional-diary' and g.learner_id = any($1) and g.restriction is null and g.ends_on is null
               and not exists (select from access.consents c where c.giver_id = g.guardian_id and c.subject_id = g.learner_id and c.purpose = t.purpose)
            """, cancel, learners.ToArray());
        return await QueryAsync("select esia_oid from registry.identities where person_id = any($1) and esia_oid is not null", r => r.GetString(0), cancel, learners.ToArray());
    }

    /// <summary>A deputy of the school whose size is nearest to a thousand.</summary>
    public async Task<(string Token, Guid School, long Learners)> DeputyAsync(CancellationToken cancel)
    {
        var (person, school, learners) = (await QueryAsync("""
            select m.person_id, m.unit_id, s.learners from registry.memberships m
              join (select school_id, count(*) as learners from registry.enrolments where ends_on is null group by 1) s on s.school_id = m.unit_id
             where m.role = 'deputy' and m.ends_on is null order by abs(s.learners - 1000) limit 1
            """, r => (r.GetGuid(0), r.GetGuid(1), r.GetInt64(2)), cancel))[0];
        var token = NewToken();
        await SignInAsync([(person, token, "deputy", school)], cancel);
        return (token, school, learners);
    }

    /// <summary>Makes a journal as large as they come: 35 learners, a second lesson on each of its days. Before the platform has read it.</summary>
    public async Task EnlargeAsync(TeacherPerson teacher, CancellationToken cancel)
    {
        await ExecuteAsync("""
            with g as (select school_id, class_id from registry.teaching_groups where id = $1),
            made as (
              insert into registry.people (id, last_name, first_name)
              select md5($1::text || n)::uuid, 'Замеров', 'Ученик' from g, generate_series(1, 35 - (select count(*) from registry.enrolments own, g where own.class_id = g.class_id and own.ends_on is null)) n
              on conflict do nothing returning id)
            insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) select g.school_id, gen_random_uuid(), made.id, g.class_id, date '2026-09-01' from made, g
            """, cancel, teacher.GroupId);
        await ExecuteAsync("""
            insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at)
            select distinct l.school_year, l.school_id, md5(l.date::text || $1::text)::uuid, l.group_id, l.date, 12, time '18:00', time '18:40'
              from registry.teaching_groups g join journal.lessons l on l.school_year = g.year and l.school_id = g.school_id and l.group_id = g.id
             where g.id = $1 on conflict do nothing
            """, cancel, teacher.GroupId);
    }

    /// <summary>Opens every term of a school again.</summary>
    public Task OpenTermsAsync(Guid school, CancellationToken cancel) => ExecuteAsync("delete from journal.closed_terms where school_id = $1", cancel, school);

    public async Task<long> CountAsync(string sql, CancellationToken cancel) =>
        (await QueryAsync(sql, r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture), cancel))[0];

    private async Task SignInAsync(IEnumerable<(Guid Id, string Token, string Role, Guid Unit)> people, CancellationToken cancel)
    {
        foreach (var (id, token, role, unit) in people)
            await ExecuteAsync("""
                insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, started_at, last_seen_at, expires_at)
                values ($1, $2, $3, $4, $5, now(), now(), now(), now() + interval '20 days')
                """, cancel, Ids.New(), SHA256.HashData(Encoding.ASCII.GetBytes(token)), id, role, unit);
    }

    private static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancel, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel)) rows.Add(row(reader));
        return rows;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
