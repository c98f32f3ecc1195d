-- What a learner attended before moving, as the registry told it: the family goes on reading those days, and nobody of the
-- new school does. What travels to the new school is the statement (ведомость): term averages and counts, never the marks.
create table journal.former_groups (
  school_year  smallint not null,
  school_id    uuid not null,
  learner_id   uuid not null,
  group_id     uuid not null,
  starts_on    date not null,
  ends_on      date not null,
  movement_id  uuid not null,
  school_name  text not null,
  class_name   text not null,
  subject_name text not null,
  primary key (school_year, school_id, learner_id, group_id, movement_id)
);
create index former_groups_learner on journal.former_groups (learner_id, school_year);
create index former_groups_group on journal.former_groups (school_year, group_id);
create index former_groups_movement on journal.former_groups (movement_id);

create table journal.statements (
  school_year  smallint not null,
  -- The school that gives it.
  school_id    uuid not null,
  movement_id  uuid not null,
  learner_id   uuid not null,
  learner_name text not null,
  school_name  text not null,
  class_name   text not null,
  last_day     date not null,
  -- The school it was brought to, once it has accepted the learner.
  to_school_id uuid null,
  terms        jsonb not null,
  subjects     jsonb not null,
  made_at      timestamptz not null,
  primary key (school_year, school_id, movement_id)
);
create index statements_learner on journal.statements (learner_id, school_year);

do $$
declare t text;
begin
  foreach t in array array['former_groups', 'statements'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select on journal.%I to myschool_app', t);
  end loop;
  -- The leader of a class sees marks of the class's learners in the own school only: what another school gave stays with
  -- the family and that school.
  foreach t in array array['marks', 'absences', 'cell_history'] loop
    execute format('drop policy %I on journal.%I', t || '_read', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or learner_id = any ((select kernel.scope(''own_learners''))::uuid[])
      or learner_id = any ((select kernel.scope(''learners''))::uuid[]) and school_id = any ((select kernel.scope(''member_schools''))::uuid[])
      or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
  end loop;
end $$;

create policy former_groups_read on journal.former_groups for select to myschool_app
  using (learner_id = any ((select kernel.scope('own_learners'))::uuid[])
      or learner_id = any ((select kernel.scope('learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
      or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy statements_read on journal.statements for select to myschool_app
  using (learner_id = any ((select kernel.scope('learners'))::uuid[])
      or school_id = any ((select kernel.scope('journal_schools'))::uuid[]) or to_school_id = any ((select kernel.scope('journal_schools'))::uuid[]));

-- Named to stand after the policies of the present, which answer nearly always.
create policy lessons_read_past on journal.lessons for select to myschool_app using (exists (
  select from journal.former_groups f where f.school_year = lessons.school_year and f.group_id = lessons.group_id
     and lessons.date between f.starts_on and f.ends_on and f.learner_id = any ((select kernel.scope('learners'))::uuid[])));
create policy homework_read_past on journal.homework for select to myschool_app using (exists (
  select from journal.former_groups f where f.school_year = homework.school_year and f.group_id = homework.group_id
     and homework.given_on between f.starts_on and f.ends_on and f.learner_id = any ((select kernel.scope('learners'))::uuid[])));
create policy work_types_read_past on journal.work_types for select to myschool_app using (
  school_id in (select f.school_id from journal.former_groups f where f.learner_id = any ((select kernel.scope('own_learners'))::uuid[])));
create policy absence_codes_read_past on journal.absence_codes for select to myschool_app using (
  school_id in (select f.school_id from journal.former_groups f where f.learner_id = any ((select kernel.scope('own_learners'))::uuid[])));
