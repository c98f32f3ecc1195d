-- Names of the files become ids of the registry: of rows known before, or new ones.
analyze i_orgs; analyze i_sessions; analyze i_courses; analyze i_classes; analyze i_users; analyze i_roles; analyze i_demographics;

create temp table r_orgs on commit drop as
select s.*, coalesce(o.id, g.id) as known_id, coalesce(o.id, g.id, s.new_id) as id,
       not x.is_limited or coalesce(o.id, g.id) = x.school_id as is_mine
  from i_orgs s cross join (select is_limited, school_id from i_scope limit 1) x
  left join registry.organisations o on o.source_id = s.source
  left join registry.organisations g on o.id is null and g.ogrn = s.ogrn;

create temp table r_sessions on commit drop as
with recursive up as (
  select source, source as at, kind, parent, 0 as depth from i_sessions
  union all
  select up.source, s.source, s.kind, s.parent, depth + 1 from up join i_sessions s on s.source = up.parent where up.kind <> 'year' and depth < 5)
select s.*, y.source as year_source, extract(year from y.starts)::smallint as year, y.starts as year_starts, y.ends as year_ends
  from i_sessions s
  left join (select source, min(at) as at from up where kind = 'year' group by source) u on u.source = s.source
  left join i_sessions y on y.source = u.at;

create temp table r_classes on commit drop as
select c.*, o.id as school_id, y.year, y.year_source, y.year_starts, y.year_ends, coalesce(k.id, n.id, g.id, c.new_id) as id
  from i_classes c
  left join r_orgs o on o.source = c.school and o.kind = 'school'
  left join r_sessions y on y.source = split_part(c.sessions, ',', 1)
  left join registry.classes k on c.kind = 'class' and k.school_id = o.id and k.source_id = c.source
  left join registry.classes n on c.kind = 'class' and k.id is null and n.school_id = o.id and n.year = y.year and n.grade = c.grade and n.letter = c.letter
  left join registry.teaching_groups g on c.kind = 'group' and g.school_id = o.id and g.source_id = c.source;
analyze r_classes;

-- A person is known by the id of the file; else by СНИЛС, and then the name must be the same.
create temp table r_users on commit drop as
select u.line, u.source, u.last_name, u.first_name, u.middle_name, d.birth_date, d.gender, u.snils_hash, u.snils_cipher,
       coalesce(p.id, q.id, u.new_id) as id,
       case when p.id is not null then 'source' when q.id is not null then 'snils' else 'new' end as matched,
       x.person_id as snils_owner
  from i_users u
  left join i_demographics d on d.person = u.line
  left join registry.people p on p.source_id = u.source
  left join registry.identities x on x.snils_hash = u.snils_hash
  left join registry.people q on p.id is null and q.id = x.person_id
        and lower(q.last_name) = lower(u.last_name) and lower(q.first_name) = lower(u.first_name);
analyze r_users;

create temp table r_roles on commit drop as
with spoken as (
  select 'roles.csv' as file, line, new_id, coalesce(source, made_source) as source, person, lost_person, role, org, lost_org, begins, ends, gone
    from i_roles where role <> 'skipped'
  union all
  select 'users.csv', u.line, pg_temp.uuid7(), u.source || ':' || r || ':' || o, u.line, null, r, k.line, o, null, null, false
    from i_users u cross join unnest(string_to_array(u.roles, ',')) r cross join unnest(string_to_array(u.orgs, ',')) o
    left join i_orgs k on k.source = o where r <> 'skipped')
select s.*, u.id as person_id, o.id as unit_id, o.kind as unit_kind, o.is_mine
  from spoken s left join r_users u on u.line = s.person left join r_orgs o on o.line = s.org;
analyze r_roles;

create temp table r_agents on commit drop as
select u.line, agent, v.line as agent_line from i_users u cross join unnest(string_to_array(u.agents, ',')) agent left join r_users v on v.source = agent;
analyze r_agents;

-- Terms of a school: those its classes name; when they name only the year, all terms of that year.
create temp table r_terms on commit drop as
with named as (
  select distinct c.school_id, s.source, s.kind, s.year_source from r_classes c, unnest(string_to_array(c.sessions, ',')) t join r_sessions s on s.source = t
   where c.school_id is not null),
chosen as (
  select school_id, source from named where kind <> 'year'
  union
  select n.school_id, s.source from named n join r_sessions s on s.year_source = n.year_source
   where not exists (select from named m where m.school_id = n.school_id and m.year_source = n.year_source and m.kind <> 'year')
     and s.kind = coalesce((select 'term' from r_sessions w where w.year_source = n.year_source and w.kind = 'term' limit 1), 'part'))
select c.school_id, s.line, s.source, s.title, s.starts, s.ends, s.year, s.year_source, s.year_starts, s.year_ends,
       (row_number() over (partition by c.school_id, s.year order by s.starts))::smallint as number
  from chosen c join r_sessions s on s.source = c.source where s.year is not null;
