-- Names of the files become ids of the registry: of rows known before, or new ones.
analyze i_orgs; analyze i_sessions; analyze i_courses; analyze i_classes; analyze i_users; analyze i_roles; analyze i_demographics;

create temp table r_orgs on commit drop as
select s.*, coalesce(o.id, g.id, x.here) as known_id, coalesce(o.id, g.id, x.here, s.new_id) as id,
       not x.is_limited or coalesce(o.id, g.id, x.here) = x.school_id as is_mine
  from i_orgs s cross join (select is_limited, school_id, case when is_list then school_id end as here from i_scope limit 1) x
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

-- A person is known by the id of the file; else by СНИЛС, and then the name must be the same; else by name and birth date
-- within the importer's school, when exactly one person there answers. Without a birth date on either side only people of
-- the same kind are compared, and only for lists.
create temp table n_here on commit drop as
select t.person_id as id, t.tie, p.source_id, p.birth_date, registry.name_key(p.last_name, p.first_name, p.middle_name) as name
  from (select e.person_id, 'learner' as tie from i_scope x join registry.enrolments e on e.school_id = x.school_id
        union select m.person_id, 'staff' from i_scope x join registry.memberships m on m.unit_id = x.school_id
        union select g.guardian_id, 'guardian' from i_scope x join registry.enrolments e on e.school_id = x.school_id
              join registry.guardianships g on g.learner_id = e.person_id) t
  join registry.people p on p.id = t.person_id
 where exists (select from i_scope where is_limited);
analyze n_here;
create temp table n_match on commit drop as
with asked as (
  select u.line, registry.name_key(u.last_name, u.first_name, u.middle_name) as name, d.birth_date, x.is_list,
         case when u.roles ~ '(^|,)learner' then 'learner' when u.roles ~ '(^|,)(parent|guardian|relative)' then 'guardian' else 'staff' end as tie
    from i_users u cross join (select is_list from i_scope where is_limited limit 1) x left join i_demographics d on d.person = u.line)
select a.line, min(h.id::text)::uuid as id
  from asked a join n_here h on h.name = a.name
 where (a.is_list or h.source_id is null)
   and (a.birth_date = h.birth_date
        or (a.is_list and (a.birth_date is null or h.birth_date is null) and a.tie = h.tie and a.tie <> 'guardian'))
 group by a.line having count(distinct h.id) = 1;
analyze n_match;

create temp table r_users on commit drop as
select u.line, u.source, u.last_name, u.first_name, u.middle_name, d.birth_date, d.gender, u.snils_hash, u.snils_cipher,
       coalesce(p.id, q.id, n.id, u.new_id) as id,
       case when p.id is not null then 'source' when q.id is not null and q.is_renamed then 'name' when q.id is not null then 'snils'
            when n.id is not null then 'name' else 'new' end as matched,
       x.person_id as snils_owner
  from i_users u
  left join i_demographics d on d.person = u.line
  left join registry.people w on w.source_id = u.source
  -- A source goes on naming whoever was merged into another.
  left join registry.former_ids f on f.former_id = w.id
  left join registry.people p on p.id = coalesce(f.person_id, w.id)
  left join registry.identities x on x.snils_hash = u.snils_hash
  -- In a list, the first name and the day of birth beside the number tell the person whose surname has changed.
  left join lateral (
    select k.id, exists (select from n_here h where h.id = k.id) and (select is_list from i_scope limit 1) as is_renamed
      from registry.people k
     where p.id is null and k.id = x.person_id and lower(k.first_name) = lower(u.first_name)
       and (lower(k.last_name) = lower(u.last_name) or (k.birth_date = d.birth_date and (select is_list from i_scope limit 1)))) q on true
  left join n_match n on n.line = u.line;
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

-- Lists give a parent no more than a name beside the child's: the child's known parent of that name is meant.
update r_users g set id = k.id, matched = 'name'
  from (select a.agent_line as line, min(h.guardian_id::text)::uuid as id
          from r_agents a join r_users c on c.line = a.line join r_users v on v.line = a.agent_line
          join registry.guardianships h on h.learner_id = c.id join registry.people p on p.id = h.guardian_id
         where v.matched = 'new' and exists (select from i_scope where is_list)
           and registry.name_key(p.last_name, p.first_name, p.middle_name) = registry.name_key(v.last_name, v.first_name, v.middle_name)
         group by 1 having count(distinct h.guardian_id) = 1) k
 where g.line = k.line;
update r_roles r set person_id = u.id from r_users u where u.line = r.person and u.id <> r.person_id;

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
