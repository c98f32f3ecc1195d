-- «Закрыть тех, кого нет в файле»: yesterday was their last day.
insert into p_enrolments (school_id, id, person_id, class_id, starts_on, ends_on, source_id)
select e.school_id, e.id, e.person_id, e.class_id, e.starts_on, greatest(x.today - 1, e.starts_on), e.source_id
  from n_absent a join registry.enrolments e on e.id = a.id cross join (select * from i_scope limit 1) x
 where a.table_name = 'enrolments' and not a.is_named and e.school_id = x.school_id;
insert into p_memberships (unit_id, id, person_id, role, starts_on, ends_on, source_id)
select m.unit_id, m.id, m.person_id, m.role, m.starts_on, greatest(x.today - 1, m.starts_on - 1), m.source_id
  from n_absent a join registry.memberships m on m.id = a.id cross join (select * from i_scope limit 1) x
 where a.table_name = 'memberships' and not a.is_named and m.unit_id = x.school_id;
