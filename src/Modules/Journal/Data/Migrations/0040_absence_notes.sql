-- A family says beforehand that a learner will not come («сообщение об отсутствии»). Days and the kind of reason are open to whoever
-- teaches the learner, as a code in the journal is; the words of the family stand apart and are the class teacher's and the heads' only.
create table journal.absence_notes (
  school_year  smallint    not null,
  school_id    uuid        not null,
  id           uuid        not null,
  learner_id   uuid        not null,
  -- Groups attended when it was sent: their teachers see it beside the cells.
  group_ids    uuid[]      not null,
  starts_on    date        not null,
  ends_on      date        not null,
  reason       text        not null check (reason in ('illness', 'doctor', 'family', 'other')),
  author_id    uuid        not null,
  sent_at      timestamptz not null,
  withdrawn_at timestamptz null,
  accepted_at  timestamptz null,
  accepted_by  uuid        null,
  primary key (school_year, school_id, id),
  check (ends_on >= starts_on),
  check (author_id <> learner_id)
);
create index absence_notes_learner on journal.absence_notes (learner_id, ends_on);
create index absence_notes_school on journal.absence_notes (school_year, school_id, ends_on);
create index absence_notes_author on journal.absence_notes (author_id);
create index absence_notes_unread on journal.absence_notes (learner_id) where accepted_at is null and withdrawn_at is null;

create table journal.absence_words (
  school_year  smallint    not null,
  school_id    uuid        not null,
  note_id      uuid        not null,
  learner_id   uuid        not null,
  text         text        not null check (length(text) between 1 and 300),
  primary key (school_year, school_id, note_id)
);
create index absence_words_learner on journal.absence_words (learner_id);

do $$
declare t text;
begin
  foreach t in array array['absence_notes', 'absence_words'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select, insert on journal.%I to myschool_app', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (
      learner_id = any ((select kernel.scope(''own_learners''))::uuid[])
      or learner_id = any ((select kernel.scope(''led_learners''))::uuid[]) and school_id = any ((select kernel.scope(''member_schools''))::uuid[])
      or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
    execute format('create policy %I on journal.%I for insert to myschool_app with check (
      learner_id = any ((select kernel.scope(''own_learners''))::uuid[]) and learner_id <> (select kernel.person()))', t || '_insert', t);
  end loop;
end $$;
-- Support sees that a note was sent and not what the family wrote.
create policy absence_notes_by_visit on journal.absence_notes for select to myschool_app using (kernel.visits(school_id));
create policy absence_notes_of_group on journal.absence_notes for select to myschool_app using (group_ids && (select kernel.scope('groups'))::uuid[]);
create policy absence_notes_withdraw on journal.absence_notes for update to myschool_app
  using (learner_id = any ((select kernel.scope('own_learners'))::uuid[]) and learner_id <> (select kernel.person()))
  with check (learner_id = any ((select kernel.scope('own_learners'))::uuid[]) and learner_id <> (select kernel.person()) and withdrawn_at is not null);
create policy absence_notes_accept on journal.absence_notes for update to myschool_app
  using (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[]))
  with check (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and accepted_by = (select kernel.person()) and withdrawn_at is null);
grant update (withdrawn_at, accepted_at, accepted_by) on journal.absence_notes to myschool_app;

-- The class teacher gives «Н» its reason by a note of the family: changes the code of an absence that stands, with its history, and
-- can neither set nor remove one. Named to be asked after the policy of the group's teacher.
create policy absences_excuse on journal.absences for update to myschool_app
  using (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[]))
  with check (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and recorded_by = (select kernel.person()));
create policy cell_history_excuse on journal.cell_history for insert to myschool_app
  with check (kind = 'absence' and old_value is not null and new_value is not null and by_person = (select kernel.person())
    and learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[]));
