-- What the registry shall hold, one temporary table for each of its tables. Empty fields leave what is known.
create temp table p_organisations on commit drop as
select o.id, case when x.is_limited then k.parent_id else coalesce(p.id, k.parent_id) end as parent_id, o.kind, o.name,
       coalesce(o.short_name, k.short_name, left(o.name, 120)) as short_name, coalesce(o.oktmo, k.oktmo) as oktmo, coalesce(o.inn, k.inn) as inn,
       coalesce(o.ogrn, k.ogrn) as ogrn, coalesce(o.address, k.address) as address,
       coalesce(o.time_zone, k.time_zone, above.time_zone, 'Europe/Moscow') as time_zone, coalesce(k.source_id, o.source) as source_id
  from r_orgs o cross join (select is_limited from i_scope limit 1) x
  left join registry.organisations k on k.id = o.known_id
  left join r_orgs p on p.source = o.parent
  left join registry.organisations above on above.id = p.known_id
 where o.is_mine and not exists (select from i_scope where is_list)
 order by array_position(array['country', 'region', 'municipality', 'school'], o.kind);

create temp table p_years on commit drop as
select distinct school_id, year, year_starts as starts_on, year_ends as ends_on from r_classes;

create temp table p_terms on commit drop as
select t.school_id, coalesce(k.id, n.id, pg_temp.uuid7()) as id, t.year, t.number, t.title as name, t.starts as starts_on, t.ends as ends_on, t.source as source_id
  from r_terms t left join registry.terms k on k.school_id = t.school_id and k.source_id = t.source
  left join registry.terms n on k.id is null and n.school_id = t.school_id and n.year = t.year and n.number = t.number;

-- Subjects are the country's: matched by name, then by code, never renamed by a school.
create temp table r_subjects on commit drop as
select w.subject, coalesce(
         (select s.id from registry.subjects s where lower(s.name) = lower(w.subject) order by s.id limit 1),
         (select s.id from registry.subjects s where s.code = w.code limit 1)) as known_id, pg_temp.uuid7() as new_id, w.code
  from (select min(subject) as subject, min(code) as code from r_groups where subject is not null group by lower(subject)) w;
create temp table p_subjects on commit drop as
select distinct on (coalesce(code, new_id::text)) new_id as id, subject as name, left(subject, 40) as short_name, code
  from r_subjects where known_id is null order by coalesce(code, new_id::text);
update r_subjects r set known_id = coalesce((select p.id from p_subjects p where p.code = r.code), new_id) where known_id is null;

create temp table p_classes on commit drop as
select c.school_id, c.id, c.year, c.grade, c.letter, coalesce(c.shift, k.shift, 1::smallint) as shift,
       case when x.is_list then k.source_id else c.source end as source_id
  from r_classes c cross join (select is_list from i_scope limit 1) x left join registry.classes k on k.school_id = c.school_id and k.id = c.id where c.kind = 'class';

create temp table p_people on commit drop as
select u.id, u.last_name, u.first_name, case when x.is_list and u.middle_name = '' then coalesce(k.middle_name, '') else u.middle_name end as middle_name,
       coalesce(u.birth_date, k.birth_date) as birth_date, coalesce(u.gender, k.gender) as gender, case when x.is_list then k.source_id else coalesce(k.source_id, u.source) end as source_id
  from r_users u cross join (select is_list from i_scope limit 1) x left join registry.people k on k.id = u.id where u.matched <> 'snils';

-- Enrolments that came without an id of a source are known by person and class.
create temp table n_enrolled on commit drop as
select distinct on (e.person_id, e.class_id) e.* from i_scope x join registry.enrolments e on e.school_id = x.school_id
 where x.is_limited and (x.is_list or e.source_id is null) and (e.ends_on is null or e.ends_on >= x.today) order by e.person_id, e.class_id, e.starts_on desc;
create temp table p_enrolments on commit drop as
select e.school_id, coalesce(k.id, l.id, e.new_id) as id, e.person_id, e.class_id,
       case when x.is_list then coalesce(l.starts_on, case when o.person_id is not null then least(x.today, e.year_ends) end, e.begins) else e.begins end as starts_on,
       case when e.gone then least(e.ends, k.ends_on) when x.is_list then l.ends_on else e.ends end as ends_on,
       case when x.is_list then l.source_id else e.source end as source_id
  from (select f.*, c.year_ends from r_facts f join r_classes c on c.line = f.class) e cross join (select is_list, today from i_scope limit 1) x
  left join registry.enrolments k on k.school_id = e.school_id and k.source_id = e.source
  left join n_enrolled l on k.id is null and l.person_id = e.person_id and l.class_id = e.class_id
  left join (select distinct person_id from n_enrolled) o on o.person_id = e.person_id
 where e.kind = 'class' and e.role = 'student';
-- A list that names another class moves the learner: the day before, the old enrolment is over.
insert into p_enrolments
select n.school_id, n.id, n.person_id, n.class_id, n.starts_on, greatest(x.today - 1, n.starts_on), n.source_id
  from n_enrolled n cross join (select * from i_scope where is_list limit 1) x
 where exists (select from p_enrolments p where p.person_id = n.person_id)
   and not exists (select from p_enrolments p where p.id = n.id);

create temp table p_groups on commit drop as
select g.school_id, g.id, g.home_id as class_id, s.known_id as subject_id, g.year, g.spread as kind,
       case g.spread when 'subgroup' then g.part else '' end as name, g.source as source_id
  from r_groups g join r_subjects s on lower(s.subject) = lower(g.subject);
analyze p_groups;

create temp table p_members on commit drop as
select g.school_id, g.id as group_id, u.id as person_id, m.begins as starts_on, m.ends_on
  from (
    select e.class, e.person, e.begins, max(coalesce(e.ends, 'infinity')) as ends_on
      from r_enrolments e where e.kind = 'group' and e.role = 'student' and e.class in (select line from r_groups where spread = 'subgroup') group by 1, 2, 3) m
  join r_groups r on r.line = m.class join p_groups g on g.id = r.id join r_users u on u.line = m.person;
update p_members set ends_on = null where ends_on = 'infinity';

create temp table p_assignments on commit drop as
select e.school_id, coalesce(k.id, e.new_id) as id, e.class_id as group_id, e.person_id, e.begins as starts_on,
       case when e.gone then least(e.ends, k.ends_on) else e.ends end as ends_on, e.source as source_id
  from r_facts e left join registry.teaching_assignments k on k.school_id = e.school_id and k.source_id = e.source
 where e.kind = 'group' and e.role = 'teacher';

create temp table p_leaders on commit drop as
select distinct on (e.school_id, e.class_id, e.person_id, e.begins)
       e.school_id, coalesce(k.id, e.new_id) as id, e.class_id, e.person_id, e.begins as starts_on, e.ends as ends_on
  from r_facts e left join registry.class_leaders k
    on k.school_id = e.school_id and k.class_id = e.class_id and k.person_id = e.person_id and k.starts_on = e.begins
 where e.kind = 'class' and e.role = 'teacher' order by e.school_id, e.class_id, e.person_id, e.begins, k.id;

create temp table p_memberships on commit drop as
select distinct on (unit_id, id) * from (
  select r.unit_id, coalesce(k.id, o.id, r.new_id) as id, r.person_id, r.role,
         least(coalesce(r.begins, k.starts_on, o.starts_on, y.starts_on, x.today), coalesce(r.ends, 'infinity')) as starts_on,
         case when r.gone then greatest(least(coalesce(r.ends, k.ends_on, o.ends_on, x.today), x.today), coalesce(r.begins, k.starts_on, o.starts_on, y.starts_on, x.today))
              else coalesce(r.ends, case when r.begins is null then coalesce(k.ends_on, o.ends_on) end) end as ends_on,
         coalesce(k.source_id, o.source_id, r.source) as source_id
    from (select distinct on (person_id, role, unit_id, begins) * from r_roles where role not in ('learner', 'parent', 'guardian', 'relative')
           order by person_id, role, unit_id, begins, file) r
    cross join (select today from i_scope limit 1) x
    left join registry.memberships k on k.unit_id = r.unit_id and k.source_id = r.source and k.person_id = r.person_id and k.role = r.role
    left join lateral (select m.* from registry.memberships m where k.id is null and m.unit_id = r.unit_id and m.person_id = r.person_id and m.role = r.role
                          and (m.ends_on is null or m.ends_on >= x.today) order by m.starts_on limit 1) o on true
    left join lateral (select max(starts_on) as starts_on from p_years p where p.school_id = r.unit_id and p.starts_on <= x.today) y on true
  ) w
 order by unit_id, id, starts_on;

-- agentSourcedIds may stand at the child, at the adult or at both; who is the child the roles tell.
create temp table p_guardianships on commit drop as
with kin as (
  select person_id, min(case role when 'parent' then 1 when 'guardian' then 2 when 'relative' then 3 end) as kin, bool_or(role = 'learner') as is_learner
    from r_roles where role in ('parent', 'guardian', 'relative', 'learner') group by person_id),
pairs as (
  select a.id as a_id, a.gender as a_gender, b.id as b_id, b.gender as b_gender
    from r_agents r join r_users a on a.line = r.line join r_users b on b.line = r.agent_line),
known as (
  select p.*, ka.kin as a_kin, coalesce(ka.is_learner, false) as a_learns, kb.kin as b_kin, coalesce(kb.is_learner, false) as b_learns
    from pairs p left join kin ka on ka.person_id = p.a_id left join kin kb on kb.person_id = p.b_id),
directed as (
  select a_id as learner_id, b_id as guardian_id, b_gender as gender, b_kin as kin from known where a_learns and b_kin is not null
  union
  select b_id, a_id, a_gender, a_kin from known where b_learns and a_kin is not null),
named as (
  select learner_id, guardian_id,
         case when kin = 1 and gender = 'female' then 'mother' when kin = 1 and gender = 'male' then 'father'
              when kin = 2 then 'guardian' else 'other' end as kinship
    from directed),
held as (
  select distinct on (g.guardian_id, g.learner_id) g.* from registry.guardianships g join named n on n.guardian_id = g.guardian_id and n.learner_id = g.learner_id
   order by g.guardian_id, g.learner_id, g.starts_on desc)
select n.learner_id, n.guardian_id, coalesce(g.starts_on, x.today) as starts_on, n.kinship
  from named n cross join (select * from i_scope limit 1) x
  left join held g on g.guardian_id = n.guardian_id and g.learner_id = n.learner_id
 -- A tie ended or barred by a court is not brought back by an import.
 where (g.guardian_id is null or (g.ends_on is null and g.restriction is null))
   and (not x.is_limited or exists (select from p_enrolments e where e.person_id = n.learner_id)
        or exists (select from registry.enrolments e where e.person_id = n.learner_id and e.school_id = x.school_id));
