-- The next academic year, prepared as a plan while the present one goes on, applied in one transaction and undone as one step.
create table registry.rollovers (
  school_id  uuid not null references registry.organisations,
  id         uuid not null,
  from_year  smallint not null,
  state      text not null check (state in ('draft', 'applied', 'undone')),
  plan       jsonb not null,
  -- Two people edit: whoever typed over an older version is told.
  version    integer not null default 1,
  changed_by uuid not null,
  changed_at timestamptz not null,
  -- What the application ended and made: what an undo puts back.
  written    jsonb null,
  primary key (school_id, id)
);
create unique index rollovers_open on registry.rollovers (school_id, from_year) where state in ('draft', 'applied');
alter table registry.rollovers enable row level security;
alter table registry.rollovers force row level security;
create policy worker_all on registry.rollovers to myschool_worker using (true) with check (true);
grant select, insert, update, delete on registry.rollovers to myschool_worker;
grant select, insert on registry.rollovers to myschool_app;
grant update (state, plan, version, changed_by, changed_at, written) on registry.rollovers to myschool_app;
create policy rollovers_read on registry.rollovers for select to myschool_app using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
create policy rollovers_add on registry.rollovers for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and changed_by = (select kernel.person()));
create policy rollovers_change on registry.rollovers for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and changed_by = (select kernel.person()));

grant insert on registry.academic_years, registry.terms, registry.classes, registry.teaching_groups, registry.teaching_assignments to myschool_app;
grant update (ends_on) on registry.teaching_assignments to myschool_app;
create policy assignments_end on registry.teaching_assignments for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
do $$
declare t text;
begin
  foreach t in array array['academic_years', 'terms', 'classes', 'teaching_groups', 'teaching_assignments'] loop
    execute format('create policy %I on registry.%I for insert to myschool_app with check (school_id = any ((select kernel.scope(''managed_schools''))::uuid[]))', t || '_add', t);
  end loop;
  -- Rows of a year may be removed only while its rollover stands applied: the undo of that step, and nothing else.
  foreach t in array array['academic_years', 'terms', 'classes', 'teaching_groups'] loop
    execute format('grant delete on registry.%I to myschool_app', t);
    execute format('create policy %I on registry.%I for delete to myschool_app using (school_id = any ((select kernel.scope(''managed_schools''))::uuid[])
      and exists (select from registry.rollovers r where r.school_id = %I.school_id and r.state = ''applied'' and r.from_year + 1 = %I.year))', t || '_undo', t, t, t);
  end loop;
  foreach t in array array['class_leaders', 'enrolments'] loop
    execute format('grant delete on registry.%I to myschool_app', t);
    execute format('create policy %I on registry.%I for delete to myschool_app using (school_id = any ((select kernel.scope(''managed_schools''))::uuid[])
      and exists (select from registry.classes c join registry.rollovers r on r.school_id = c.school_id and r.state = ''applied'' and r.from_year + 1 = c.year
                   where c.school_id = %I.school_id and c.id = %I.class_id))', t || '_undo', t, t, t);
  end loop;
  foreach t in array array['group_members', 'teaching_assignments'] loop
    execute format('grant delete on registry.%I to myschool_app', t);
    execute format('create policy %I on registry.%I for delete to myschool_app using (school_id = any ((select kernel.scope(''managed_schools''))::uuid[])
      and exists (select from registry.teaching_groups g join registry.rollovers r on r.school_id = g.school_id and r.state = ''applied'' and r.from_year + 1 = g.year
                   where g.school_id = %I.school_id and g.id = %I.group_id))', t || '_undo', t, t, t);
  end loop;
end $$;
