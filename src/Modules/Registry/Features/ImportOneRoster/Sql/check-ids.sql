-- Ids met twice. Checked before anything is joined: a thousand rows with one id would join to a million.
with twice as (
  select 'orgs.csv' as file, source, min(line) as first from i_orgs group by source having count(*) > 1
  union all select 'academicSessions.csv', source, min(line) from i_sessions group by source having count(*) > 1
  union all select 'courses.csv', source, min(line) from i_courses group by source having count(*) > 1
  union all select 'classes.csv', source, min(line) from i_classes group by source having count(*) > 1
  union all select 'users.csv', source, min(line) from i_users group by source having count(*) > 1
  union all select 'roles.csv', source, min(line) from i_roles where source is not null group by source having count(*) > 1
  union all select 'enrollments.csv', source, min(line) from i_enrolments group by source having count(*) > 1
  union all select 'demographics.csv', source, min(line) from i_demographics group by source having count(*) > 1),
-- Read again only where there is something to find.
lines as (
  select 'orgs.csv' as file, source, line from i_orgs where exists (select from twice where file = 'orgs.csv')
  union all select 'academicSessions.csv', source, line from i_sessions where exists (select from twice where file = 'academicSessions.csv')
  union all select 'courses.csv', source, line from i_courses where exists (select from twice where file = 'courses.csv')
  union all select 'classes.csv', source, line from i_classes where exists (select from twice where file = 'classes.csv')
  union all select 'users.csv', source, line from i_users where exists (select from twice where file = 'users.csv')
  union all select 'roles.csv', source, line from i_roles where exists (select from twice where file = 'roles.csv')
  union all select 'enrollments.csv', source, line from i_enrolments where exists (select from twice where file = 'enrollments.csv')
  union all select 'demographics.csv', source, line from i_demographics where exists (select from twice where file = 'demographics.csv'))
select l.file, l.line, 'sourcedId', 'DuplicateId', t.first::text
  from twice t join lines l on l.file = t.file and l.source = t.source where l.line > t.first
union all
select 'users.csv', u.line, 'userIds', 'DuplicateSnils', d.first::text
  from i_users u join (select snils_hash, min(line) as first from i_users where snils_hash is not null group by 1 having count(*) > 1) d
    on d.snils_hash = u.snils_hash where u.line > d.first
union all
select 'orgs.csv', o.line, 'metadata.ogrn', 'DuplicateOgrn', d.first::text
  from i_orgs o join (select ogrn, min(line) as first from i_orgs where ogrn is not null group by 1 having count(*) > 1) d
    on d.ogrn = o.ogrn where o.line > d.first;
