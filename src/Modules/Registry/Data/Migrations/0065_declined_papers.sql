-- The school that papers were sent to may decline them with a reason; then it may no longer enrol by them, and the sender reads why.
alter table registry.transfers
  add column declined_why text null check (length(declined_why) between 3 and 300),
  drop constraint transfers_state_check,
  add constraint transfers_state_check check (state in ('sent', 'accepted', 'cancelled', 'declined')),
  add constraint transfers_declined_check check (state <> 'declined' or declined_why is not null);
grant update (declined_why) on registry.transfers to myschool_app;

drop policy transfers_settle on registry.transfers;
create policy transfers_settle on registry.transfers for update to myschool_app
  using (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  with check (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and state = 'cancelled'
           or to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and state in ('sent', 'accepted', 'declined'));

create or replace function registry.may_enrol(person uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select cardinality((select kernel.scope('managed_schools'))) > 0 and (
      exists (select from registry.enrolments e where e.person_id = person and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
      or exists (select from registry.transfers t where t.person_id = person and t.state in ('sent', 'accepted')
                  and t.to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
      or not exists (select from registry.enrolments e where e.person_id = person)
         and not exists (select from registry.memberships m where m.person_id = person)
         and not exists (select from registry.guardianships g where g.guardian_id = person))
  $$;
