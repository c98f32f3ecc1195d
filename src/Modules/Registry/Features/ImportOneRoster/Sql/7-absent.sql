-- Whom the file does not name: open enrolments of the classes it names, and open roles of the kinds it names. Whoever imports
-- keeps the own role, whatever the file says.
create temp table n_absent on commit drop as
select 'enrolments' as table_name, e.id, exists (select from p_enrolments p where p.person_id = e.person_id) as is_named
  from i_scope x join registry.enrolments e on e.school_id = x.school_id
 where (e.ends_on is null or e.ends_on >= x.today) and e.class_id in (select id from p_classes)
union all
select 'memberships', m.id, m.person_id = x.actor_id or exists (select from p_memberships p where p.person_id = m.person_id and p.role = m.role)
  from i_scope x join registry.memberships m on m.unit_id = x.school_id
 where (m.ends_on is null or m.ends_on >= x.today) and m.role in (select role from p_memberships);
