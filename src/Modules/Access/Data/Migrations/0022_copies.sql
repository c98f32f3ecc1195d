-- A person's copy of all data kept about them: asked for, being made, ready for three days, gone. See docs/decisions/019-a-copy-of-ones-data.md.
create table access.copies (
  id           uuid        primary key,
  subject_id   uuid        not null,
  asker_id     uuid        not null,
  state        text        not null check (state in ('asked', 'making', 'ready', 'gone')),
  asked_at     timestamptz not null,
  -- Until then a node is at work on it; a node that died leaves it to the next.
  taken_until  timestamptz null,
  ready_until  timestamptz null,
  check ((state in ('asked', 'making')) <= (ready_until is null)),
  check ((state = 'ready') <= (ready_until is not null))
);
-- One at a time is made for a person, and one at a time is kept of a subject.
create unique index copies_making on access.copies (asker_id) where state in ('asked', 'making');
create unique index copies_kept on access.copies (asker_id, subject_id) where state <> 'gone';
create index copies_waiting on access.copies (asked_at) where state <> 'gone';

-- Its files, each under the platform's data protection keys; a module's are written together, so a copy goes on where it stopped.
create table access.copy_files (
  copy_id      uuid        not null references access.copies,
  name         text        not null check (name ~ '^[a-z]{1,40}\.(json|html)$'),
  sealed       bytea       not null,
  primary key (copy_id, name)
);

do $$
declare t text;
begin
  foreach t in array array['copies', 'copy_files'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
    execute format('create policy %I on access.%I to myschool_worker using (true) with check (true)', t || '_worker', t);
    execute format('grant select, insert, update, delete on access.%I to myschool_worker', t);
  end loop;
end $$;
create policy copies_own on access.copies for select to myschool_app using (asker_id = (select kernel.person()));
create policy copies_ask on access.copies for insert to myschool_app
  with check (asker_id = (select kernel.person()) and state = 'asked' and (subject_id = asker_id or subject_id = any ((select kernel.scope('own_learners'))::uuid[])));
create policy copies_drop on access.copies for update to myschool_app
  using (asker_id = (select kernel.person())) with check (asker_id = (select kernel.person()) and state = 'gone');
grant select, insert, update (state) on access.copies to myschool_app;
-- Taken only while it is ready, and by nobody but who asked.
create policy copy_files_own on access.copy_files for select to myschool_app
  using (exists (select from access.copies c where c.id = copy_id and c.asker_id = (select kernel.person()) and c.state = 'ready'));
create policy copy_files_drop on access.copy_files for delete to myschool_app
  using (exists (select from access.copies c where c.id = copy_id and c.asker_id = (select kernel.person())));
grant select, delete on access.copy_files to myschool_app;

-- The job that makes copies reads what this module keeps.
create policy sessions_copy on access.sessions for select to myschool_worker using (true);
create policy preferences_copy on access.preferences for select to myschool_worker using (true);
grant select on access.preferences, access.site_grants to myschool_worker;
