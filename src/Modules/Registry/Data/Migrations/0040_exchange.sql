-- When a row last changed, for systems that keep a copy (OneRoster's dateLastModified). Inserts have it by default; a row that
-- is given the values it already had stays as old as it was.
create function registry.touch() returns trigger language plpgsql as $$
begin
  new.modified_at := case when (to_jsonb(new) - 'modified_at') = (to_jsonb(old) - 'modified_at') then old.modified_at else now() end;
  return new;
end $$;

do $$
declare t text;
begin
  foreach t in array array['organisations', 'people', 'memberships', 'academic_years', 'terms', 'classes', 'class_leaders', 'enrolments',
    'teaching_groups', 'group_members', 'teaching_assignments', 'guardianships'] loop
    execute format('alter table registry.%I add column modified_at timestamptz not null default now()', t);
    execute format('create trigger touch before update on registry.%I for each row execute function registry.touch()', t);
  end loop;
  -- The second wall of systems that read whole rosters. Names of people follow: people_read asks these tables.
  foreach t in array array['academic_years', 'terms', 'classes', 'class_leaders', 'enrolments', 'teaching_groups', 'group_members', 'teaching_assignments'] loop
    execute format('create policy %I on registry.%I for select to myschool_app using (school_id = any ((select kernel.scope(''roster_schools''))::uuid[]))', t || '_roster', t);
  end loop;
end $$;
create policy memberships_roster on registry.memberships for select to myschool_app
  using (unit_id = any ((select kernel.scope('roster_schools'))::uuid[]));
create policy guardianships_roster on registry.guardianships for select to myschool_app
  using (restriction is null and exists (select from registry.enrolments e where e.person_id = learner_id
    and e.school_id = any ((select kernel.scope('roster_schools'))::uuid[])));
