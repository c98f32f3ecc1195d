-- Every query: file, line, field, reason, detail. Rows with an empty id or reference are refused already.

-- orgs.csv
select 'orgs.csv', c.line, 'parentSourcedId', 'NoSuchOrg', c.parent
  from i_orgs c left join i_orgs p on p.source = c.parent where c.parent is not null and p.source is null
union all
select 'orgs.csv', c.line, 'parentSourcedId', 'ParentNotAbove', c.parent
  from i_orgs c join i_orgs p on p.source = c.parent
 where array_position(array['country', 'region', 'municipality', 'school'], p.kind) >= array_position(array['country', 'region', 'municipality', 'school'], c.kind)
union all
select 'orgs.csv', o.line, 'type', 'KindChanged', null
  from r_orgs o join registry.organisations k on k.id = o.known_id where k.kind <> o.kind
union all
select 'orgs.csv', o.line, 'metadata.ogrn', 'OgrnTaken', null
  from r_orgs o join registry.organisations k on k.ogrn = o.ogrn and k.id <> o.id
union all
select 'orgs.csv', o.line, 'sourcedId', 'ForeignSchool', null from r_orgs o where o.kind = 'school' and o.is_mine is not true;

-- academicSessions.csv
select 'academicSessions.csv', s.line, 'parentSourcedId', 'NoSuchSession', s.parent
  from i_sessions s left join i_sessions p on p.source = s.parent where s.parent is not null and p.source is null
union all
select 'academicSessions.csv', s.line, 'parentSourcedId', 'NoYearAbove', null
  from r_sessions s where s.kind is not null and s.year is null and (s.parent is null or exists (select from i_sessions p where p.source = s.parent))
union all
select 'academicSessions.csv', s.line, 'startDate', 'OutsideYear', null from r_sessions s where s.starts < s.year_starts or s.ends > s.year_ends
union all
select distinct 'academicSessions.csv', b.line, 'startDate', 'TermsOverlap', a.line::text
  from r_terms a join r_terms b on b.school_id = a.school_id and b.number > a.number and b.starts <= a.ends and b.year = a.year
union all
select distinct 'academicSessions.csv', t.line, 'startDate', 'TermOverlapsKnown', k.name
  from r_terms t join registry.terms k on k.school_id = t.school_id and k.starts_on <= t.ends and k.ends_on >= t.starts
 where k.source_id is distinct from t.source
   and not exists (select from r_terms o where o.school_id = k.school_id and (o.source = k.source_id or (o.year = k.year and o.number = k.number)))
union all
select distinct 'academicSessions.csv', t.line, 'type', 'TooManyTerms', null from r_terms t where t.number > 6
union all
select distinct 'academicSessions.csv', s.line, 'startDate', 'TwoYears', s.year::text
  from r_sessions s join r_classes c on c.year = s.year and c.year_source <> s.source and s.kind = 'year'
  join r_classes d on d.school_id = c.school_id and d.year_source = s.source;

-- classes.csv
select 'classes.csv', c.line, 'schoolSourcedId', 'NoSuchSchool', c.school from r_classes c where c.school is not null and c.school_id is null
union all
select 'classes.csv', c.line, 'schoolSourcedId', 'ForeignSchool', null
  from r_classes c join r_orgs o on o.source = c.school where o.kind = 'school' and o.is_mine is not true
union all
select 'classes.csv', c.line, 'courseSourcedId', 'NoSuchCourse', c.course
  from i_classes c left join i_courses k on k.source = c.course where c.course is not null and k.source is null
union all
select distinct 'classes.csv', c.line, 'termSourcedIds', 'NoSuchSession', t
  from i_classes c cross join unnest(string_to_array(c.sessions, ',')) t left join i_sessions s on s.source = t where s.source is null
union all
select 'classes.csv', c.line, 'title', 'DuplicateClass', min(c.line) over w ::text from (
  select c.*, row_number() over (partition by school_id, year, grade, letter order by line) as place from r_classes c
   where kind = 'class' and school_id is not null and year is not null and grade is not null and letter is not null) c
 where c.place > 1 window w as (partition by school_id, year, grade, letter)
union all
select 'classes.csv', g.line, 'metadata.homeroomSourcedId', 'NoSuchClass', g.homeroom
  from r_groups g where g.homeroom is not null and not exists (
    select from r_classes h where h.source = g.homeroom and h.kind = 'class' and h.school_id = g.school_id)
union all
select 'classes.csv', g.line, 'metadata.homeroomSourcedId', 'NoHomeClass', null
  from r_groups g where g.home_id is null and g.homeroom is null and g.school_id is not null and g.year is not null;

-- users.csv and demographics.csv
select 'users.csv', u.line, 'userIds', 'SnilsTaken', null from r_users u where u.snils_owner is not null and u.snils_owner <> u.id
union all
select 'users.csv', u.line, 'userIds', 'SnilsChanged', null
  from r_users u join registry.identities x on x.person_id = u.id where u.snils_hash is not null and x.snils_hash <> u.snils_hash
union all
select 'users.csv', a.line, 'agentSourcedIds', 'NoSuchUser', a.agent from r_agents a where a.agent_line is null
union all
select distinct 'users.csv', a.line, 'agentSourcedIds', 'OwnAgent', null from r_agents a where a.agent_line = a.line
union all
select 'users.csv', u.line, 'orgSourcedIds', 'NoSuchOrg', o
  from i_users u cross join unnest(string_to_array(u.orgs, ',')) o left join i_orgs k on k.source = o where k.source is null
union all
-- Somebody of another school: their names and numbers are not this school's to change.
select 'users.csv', u.line, 'sourcedId', 'ForeignPerson', null
  from r_users u, (select is_limited, school_id from i_scope limit 1) x
 where x.is_limited and u.matched = 'source'
   and not exists (select from registry.enrolments e where e.person_id = u.id and e.school_id = x.school_id)
   and not exists (select from registry.memberships m where m.person_id = u.id and m.unit_id = x.school_id)
   and not exists (select from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id
                    where g.guardian_id = u.id and e.school_id = x.school_id)
union all
-- Nor may a school give a number, the key to a sign-in, to somebody who also belongs elsewhere.
select 'users.csv', u.line, 'userIds', 'SnilsOfShared', null
  from r_users u, (select is_limited, school_id from i_scope limit 1) x
 where x.is_limited and u.matched = 'source' and u.snils_hash is not null and u.snils_owner is distinct from u.id
   and (exists (select from registry.memberships m where m.person_id = u.id and m.unit_id <> x.school_id)
     or exists (select from registry.enrolments e where e.person_id = u.id and e.school_id <> x.school_id)
     or exists (select from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id
                 where g.guardian_id = u.id and e.school_id <> x.school_id))
union all
select 'users.csv', u.line, 'familyName', 'SamePerson', u.before::text
  from (select line, min(line) over (partition by id) as before from r_users) u where u.line > u.before
union all
select 'demographics.csv', d.line, 'sourcedId', 'NoSuchUser', d.source
  from i_demographics d where d.source is not null and d.person is null;

-- roles.csv, or the roles of users.csv
select r.file, r.line, 'userSourcedId', 'NoSuchUser', r.lost_person from r_roles r where r.lost_person is not null
union all
select r.file, r.line, 'orgSourcedId', 'NoSuchOrg', r.lost_org from r_roles r
 where r.file = 'roles.csv' and r.unit_id is null and (r.org is not null or r.lost_org is not null)
union all
select r.file, r.line, 'role', 'RoleNotHere', null
  from r_roles r where r.unit_id is not null and r.role not in ('learner', 'parent', 'guardian', 'relative')
   and r.unit_kind <> case r.role when 'municipal-coordinator' then 'municipality' when 'regional-coordinator' then 'region' else 'school' end
union all
select r.file, r.line, 'role', 'RoleNotYours', null
  from r_roles r, (select is_limited from i_scope limit 1) x where x.is_limited and r.role in ('municipal-coordinator', 'regional-coordinator')
union all
select r.file, r.line, 'orgSourcedId', 'ForeignSchool', null from r_roles r where r.unit_kind = 'school' and r.is_mine is not true;

-- enrollments.csv
with odd as (
  select r.line, i.lost_class, i.lost_person, i.school, w.begins, w.ends, c.year_starts, c.year_ends, coalesce(w.begins, c.year_starts) as starts
    from (select distinct line from r_odd) r left join i_enrolments i on i.line = r.line left join i_learners l on l.line = r.line
    cross join lateral (select coalesce(i.begins, l.begins) as begins, coalesce(i.ends, l.ends) as ends) w
    left join r_classes c on c.line = coalesce(i.class, l.class))
select 'enrollments.csv', e.line, 'classSourcedId', 'NoSuchClass', e.lost_class from odd e where e.lost_class is not null
union all
select 'enrollments.csv', e.line, 'userSourcedId', 'NoSuchUser', e.lost_person from odd e where e.lost_person is not null
union all
select 'enrollments.csv', e.line, 'schoolSourcedId', 'SchoolOfClass', e.school from odd e where e.school is not null
union all
select 'enrollments.csv', e.line, 'beginDate', 'OutsideYear', null from odd e where e.begins < e.year_starts or e.begins > e.year_ends
union all
select 'enrollments.csv', e.line, 'endDate', 'OutsideYear', null from odd e where e.ends > e.year_ends
union all
select 'enrollments.csv', e.line, 'endDate', 'EndsBeforeStart', null from odd e where e.ends < e.starts and e.begins is null
union all
select 'enrollments.csv', e.line, 'beginDate', 'TwoClasses', e.before::text from (
  select e.*, lag(line) over w as before, lag(coalesce(ends, 'infinity'::date)) over w as before_ends
    from r_facts e where kind = 'class' and role = 'student' window w as (partition by person_id order by begins, line)) e
 where e.before_ends >= e.begins;
