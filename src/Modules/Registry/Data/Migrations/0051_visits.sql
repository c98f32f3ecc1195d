-- Support reads one school for at most an hour, by two approvals: a fact with moments instead of days. See docs/decisions/022-a-visit-of-support.md.
create table registry.visits (
  id         uuid        primary key,
  person_id  uuid        not null references registry.people,
  school_id  uuid        not null references registry.organisations,
  starts_at  timestamptz not null,
  ends_at    timestamptz not null,
  closed_at  timestamptz null,
  -- The second wall of the hour: whatever was approved, no row opens a school for longer.
  check (ends_at > starts_at and ends_at <= starts_at + interval '1 hour')
);
create index visits_person on registry.visits (person_id);
alter table registry.visits enable row level security;
alter table registry.visits force row level security;
create policy worker_all on registry.visits to myschool_worker using (true) with check (true);
create policy facts_read on registry.visits for select to myschool_facts using (true);
grant select, insert, update (closed_at) on registry.visits to myschool_worker;
grant select on registry.visits to myschool_facts;
create trigger visits_epoch_insert after insert on registry.visits referencing new table as fresh for each statement execute function registry.note_change('person_id');
create trigger visits_epoch_update after update on registry.visits referencing new table as fresh old table as stale for each statement execute function registry.note_change('person_id');
create trigger visits_epoch_delete after delete on registry.visits referencing old table as stale for each statement execute function registry.note_change('person_id');

-- Reading, and nothing else: no policy of writing asks this. People follow: people_read asks these tables. Alternatives are tried
-- in the reverse order of their names: this one is among the last.
do $$
declare t text;
begin
  foreach t in array array['academic_years', 'terms', 'bells', 'classes', 'class_leaders', 'enrolments', 'teaching_groups', 'group_members', 'teaching_assignments'] loop
    execute format('create policy %I on registry.%I for select to myschool_app using (kernel.visits(school_id))', t || '_by_visit', t);
  end loop;
end $$;
create policy memberships_by_visit on registry.memberships for select to myschool_app using (kernel.visits(unit_id));
