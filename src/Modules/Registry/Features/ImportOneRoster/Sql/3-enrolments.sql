-- Narrow on purpose. What else the rows hold is found by their line; learners of whole classes never came (see Attendance).
analyze i_enrolments; analyze i_learners; analyze i_spread;
create temp table r_enrolments on commit drop as
select e.line, e.role, e.person, e.class, c.kind, coalesce(e.begins, c.year_starts) as begins, e.gone,
       case when e.gone then greatest(least(coalesce(e.ends, x.today), x.today, c.year_ends), coalesce(e.begins, c.year_starts)) else e.ends end as ends,
       coalesce(c.line is null or e.person is null or e.school is not null or coalesce(e.begins < c.year_starts or e.begins > c.year_ends, false)
         or e.ends > c.year_ends or e.ends < coalesce(e.begins, c.year_starts), false) as is_odd
  from (select line, role, person, class, school, begins, ends, gone from i_enrolments
        union all select line, 'student', person, class, null, begins, ends, gone from i_learners) e
  cross join (select today from i_scope limit 1) x
  left join r_classes c on c.line = e.class;
analyze r_enrolments;

-- Rows that become rows of their own; learners of groups do not.
create temp table r_facts on commit drop as
select r.*, i.new_id, i.source, c.id as class_id, c.school_id, u.id as person_id
  from r_enrolments r join i_enrolments i on i.line = r.line join r_classes c on c.line = r.class join r_users u on u.line = r.person
 where r.role in ('student', 'teacher') and not (r.kind = 'group' and r.role = 'student');
analyze r_facts;
create temp table r_odd on commit drop as select line from r_enrolments where is_odd;
analyze r_odd;

-- The class a teaching group belongs to: named, or the one most of its learners are enrolled in.
create temp table r_groups on commit drop as
select g.*, coalesce(named.id, b.id) as home_id, c.subject, c.code, case when coalesce(s.is_whole, true) then 'class' else 'subgroup' end as spread
  from r_classes g
  left join i_courses c on c.source = g.course
  left join r_classes named on named.source = g.homeroom and named.kind = 'class' and named.school_id = g.school_id
  left join i_spread s on s.line = g.line
  left join r_classes b on b.line = s.home
 where g.kind = 'group';
analyze r_groups;
