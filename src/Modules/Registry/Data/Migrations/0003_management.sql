-- Administration by people: an administrator writes rows of the own school, and only about adults the school already knows.
-- A function of the owner, because a policy on memberships that reads memberships would call itself.
create function registry.is_adult_here(person uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select exists (select from registry.memberships m where m.person_id = person and m.unit_id = any ((select kernel.scope('managed_schools'))::uuid[]))
        or exists (select from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id
                    where g.guardian_id = person and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  $$;
create function registry.learns_here(learner uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select exists (select from registry.enrolments e
                    where e.person_id = learner and (e.ends_on is null or e.ends_on >= current_date - 1)
                      and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  $$;
revoke execute on function registry.is_adult_here, registry.learns_here from public;
grant execute on function registry.is_adult_here, registry.learns_here to myschool_app;

grant insert on registry.memberships, registry.class_leaders, registry.guardianships, registry.history to myschool_app;
-- Facts are ended, never rewritten: who held a role and when stays as it was.
grant update (ends_on) on registry.memberships, registry.class_leaders, registry.guardianships to myschool_app;

create policy memberships_add on registry.memberships for insert to myschool_app
  with check (unit_id = any ((select kernel.scope('managed_schools'))::uuid[]) and registry.is_adult_here(person_id)
          and role in ('teacher', 'deputy', 'head', 'school-administrator', 'psychologist', 'technician'));
create policy memberships_end on registry.memberships for update to myschool_app
  using (unit_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  with check (unit_id = any ((select kernel.scope('managed_schools'))::uuid[]));

create policy leaders_add on registry.class_leaders for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and registry.is_adult_here(person_id));
create policy leaders_end on registry.class_leaders for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));

create policy guardianships_add on registry.guardianships for insert to myschool_app
  with check (registry.learns_here(learner_id) and registry.is_adult_here(guardian_id));
create policy guardianships_end on registry.guardianships for update to myschool_app
  using (registry.learns_here(learner_id)) with check (registry.learns_here(learner_id));

create policy history_add on registry.history for insert to myschool_app
  with check (actor_id = (select kernel.person()) and school_id = any ((select kernel.scope('managed_schools'))::uuid[]));

-- A fact revoked on the day it began ends the day before: it held on no day at all.
alter table registry.memberships drop constraint memberships_check, add constraint memberships_check check (ends_on is null or ends_on >= starts_on - 1);
alter table registry.class_leaders drop constraint class_leaders_check, add constraint class_leaders_check check (ends_on is null or ends_on >= starts_on - 1);
alter table registry.guardianships drop constraint guardianships_check1, add constraint guardianships_check1 check (ends_on is null or ends_on >= starts_on - 1);
