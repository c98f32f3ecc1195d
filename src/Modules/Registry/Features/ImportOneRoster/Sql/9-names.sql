-- How rows of the plan are called on the page.
create temp table n_people on commit drop as
select id, trim(last_name || ' ' || first_name || ' ' || middle_name) as name from p_people
union all
select p.id, trim(p.last_name || ' ' || p.first_name || ' ' || p.middle_name)
  from registry.people p
 where p.id in (select person_id from p_memberships union select person_id from p_enrolments union select person_id from p_members
                union select person_id from p_assignments union select person_id from p_leaders
                union select guardian_id from p_guardianships union select learner_id from p_guardianships)
   and not exists (select from p_people k where k.id = p.id);
create temp table n_classes on commit drop as
select id, grade || letter as name from p_classes
union all
select c.id, c.grade || c.letter from i_scope x join registry.classes c on c.school_id = x.school_id where not exists (select from p_classes p where p.id = c.id);
create temp table n_groups on commit drop as
select g.id, c.name || ' ' || coalesce(s.name, n.name) || case when g.name = '' then '' else ', ' || g.name end as name
  from p_groups g left join n_classes c on c.id = g.class_id left join registry.subjects s on s.id = g.subject_id left join p_subjects n on n.id = g.subject_id;
analyze n_people; analyze n_classes; analyze n_groups;
