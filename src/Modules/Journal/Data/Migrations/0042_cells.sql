-- A cell holds up to three marks, a figure may be split («4/5» for one work), and a point («•») stands for a work that is owed.
alter table journal.marks drop constraint marks_value_check;
alter table journal.marks add constraint marks_value_check check (value ~ '^[1-5](/[1-5])?$' or value in ('зачёт', 'незачёт', 'н/а', '•'));

-- Marks of a lesson may wait until its teacher posts them. What waits lies ten places further in its cell, so that neither the key
-- nor the index that a grid is read from needs another column: families are let in to places below ten.
alter table journal.marks drop constraint marks_slot_check;
alter table journal.marks add constraint marks_slot_check check (slot between 1 and 19);
alter table journal.lessons add column holds_marks boolean not null default false;
grant update (holds_marks) on journal.lessons to myschool_app;
alter table journal.cell_history add column is_held boolean not null default false;
alter table journal.lesson_history drop constraint lesson_history_field_check;
alter table journal.lesson_history add constraint lesson_history_field_check check (field in ('topic', 'homework', 'work_type', 'holds'));

drop policy marks_read on journal.marks;
create policy marks_read on journal.marks for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[]) or (learner_id = any ((select kernel.scope('own_learners'))::uuid[])
    or learner_id = any ((select kernel.scope('learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])) and slot < 10
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
drop policy cell_history_read on journal.cell_history;
create policy cell_history_read on journal.cell_history for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[]) or (learner_id = any ((select kernel.scope('own_learners'))::uuid[])
    or learner_id = any ((select kernel.scope('learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])) and not is_held
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));

-- Until when the work behind a point is to be done: one row a point, kept with it.
create table journal.debts (
  school_year smallint not null,
  school_id   uuid     not null,
  group_id    uuid     not null,
  lesson_id   uuid     not null,
  learner_id  uuid     not null,
  lesson_date date     not null,
  due_on      date     not null,
  is_held     boolean  not null default false,
  primary key (school_year, school_id, group_id, learner_id, lesson_id),
  check (due_on >= lesson_date)
);
create index debts_learner on journal.debts (school_year, learner_id, due_on);

alter table journal.debts enable row level security;
alter table journal.debts force row level security;
create policy worker_all on journal.debts to myschool_worker using (true) with check (true);
create policy debts_read on journal.debts for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[]) or (learner_id = any ((select kernel.scope('own_learners'))::uuid[])
    or learner_id = any ((select kernel.scope('learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])) and not is_held
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy debts_insert on journal.debts for insert to myschool_app with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy debts_update on journal.debts for update to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[])) with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy debts_delete on journal.debts for delete to myschool_app using (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy debts_by_visit on journal.debts for select to myschool_app using (kernel.visits(school_id));
grant select, insert, update, delete on journal.debts to myschool_app, myschool_worker;
