using MySchool.Generator.People;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>
/// What offices of a school have done by today, so that no page of theirs is empty: marks of the first term, a few remarks on journals, and
/// notes of class teachers. The journal of 7Б algebra waits for its teacher to set the term's marks.
/// </summary>
internal static class OfficeRows
{
    private const string TermMarks = """
        with made as (
          select m.group_id, m.learner_id, sum(m.value::int * m.weight)::numeric / sum(m.weight) as mean, count(*) as marks
            from journal.marks m
           where m.school_year = $1 and m.school_id = $2 and m.lesson_date between $3 and $4 and m.value ~ '^[1-5]$'
             and m.group_id not in (select t.id from registry.teaching_groups t join registry.classes c on c.school_id = t.school_id and c.id = t.class_id join registry.subjects s on s.id = t.subject_id
                                     where t.school_id = $2 and c.grade = 7 and c.letter = 'Б' and s.name = 'Алгебра')
           group by 1, 2 having count(*) >= 3),
        valued as (
          select made.*, case when mean >= 4.5 then '5' when mean >= 3.5 then '4' when mean >= 2.5 then '3' else '2' end as value, a.person_id
            from made join registry.teaching_assignments a on a.school_id = $2 and a.group_id = made.group_id and a.ends_on is null),
        history as (
          insert into journal.term_mark_history select $1, $2, group_id, learner_id, 1, 1, null, value, $5, person_id from valued on conflict do nothing)
        insert into journal.term_marks select $1, $2, group_id, learner_id, 1, value, value, 'Средний балл ' || replace(round(mean, 2)::text, '.', ','), 1, person_id, $5 from valued on conflict do nothing
        """;

    private const string Remarks = """
        with deputy as (select person_id from registry.memberships where unit_id = $2 and role = 'deputy' order by id limit 1),
        chosen as (
          select t.id, t.class_id, row_number() over (order by t.id) as n from registry.teaching_groups t join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
           where t.school_id = $2 and c.grade between 5 and 9 order by t.id limit 4),
        made as (
          insert into journal.remarks (school_year, school_id, id, class_id, group_id, term, kind, text, due_on, state, version, opened_by, opened_at)
          select $1, $2, gen_random_uuid(), c.class_id, c.id, 2, w.kind, w.text, $3 + w.days, w.state, w.version, d.person_id, $4 - interval '5 days'
            from chosen c join (values (1, 'topic', 'Заполните темы уроков за прошлую неделю.', 'open', 1, 1), (2, 'homework', 'Третий урок подряд без домашнего задания.', 'open', -2, 1),
              (3, 'few', 'До конца четверти месяц, а у трети класса меньше трёх отметок.', 'answered', 2, 2), (4, 'late', 'Контрольную 5 ноября выставили через десять дней.', 'closed', -4, 3)) w (n, kind, text, state, days, version) on w.n = c.n, deputy d
          returning id, group_id, state, text, opened_by, opened_at),
        steps as (
          insert into journal.remark_steps
          select $1, $2, id, 1, group_id, 'open', text, opened_at, opened_by from made
          union all
          select $1, $2, m.id, 2, m.group_id, 'answer', 'Исправлено, проверьте, пожалуйста.', m.opened_at + interval '1 day', a.person_id
            from made m join registry.teaching_assignments a on a.school_id = $2 and a.group_id = m.group_id and a.ends_on is null where m.state <> 'open'
          union all
          select $1, $2, id, 3, group_id, 'close', '', opened_at + interval '2 days', opened_by from made where state = 'closed'
          on conflict do nothing)
        select 1
        """;

    private const string Care = """
        insert into journal.care_notes
        select $1, $2, gen_random_uuid(), learner_id, 'family', 'Говорили с мамой: будет ходить на консультации по вторникам.', $3 - interval '3 days', leader from (
          select m.learner_id, l.person_id as leader, row_number() over (partition by e.class_id order by avg(m.value::int)) as n
            from journal.marks m join registry.enrolments e on e.school_id = $2 and e.person_id = m.learner_id and e.ends_on is null
            join registry.class_leaders l on l.school_id = $2 and l.class_id = e.class_id and l.ends_on is null
           where m.school_year = $1 and m.school_id = $2 and m.value ~ '^[1-5]$' group by m.learner_id, l.person_id, e.class_id) worst
         where n = 1
        """;

    /// <summary>Writes them; the school's journals are there already.</summary>
    public static void Write(NpgsqlConnection connection, School school, Calendar calendar, DateOnly today)
    {
        var now = today.ToDateTime(new TimeOnly(6, 0), DateTimeKind.Utc);
        var year = (short)calendar.StartYear;
        if (calendar.Terms[0].Ends < today)
            Run(connection, TermMarks, year, school.Id, calendar.Terms[0].Starts, calendar.Terms[0].Ends, calendar.Terms[0].Ends.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc));
        Run(connection, Remarks, year, school.Id, today, now);
        Run(connection, Care, year, school.Id, now);
    }

    private static void Run(NpgsqlConnection connection, string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        command.ExecuteNonQuery();
    }
}
