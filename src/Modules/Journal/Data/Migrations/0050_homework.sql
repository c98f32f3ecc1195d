-- Homework in the full: several works of a lesson, for the whole group or for chosen learners, with links, files, the minutes it
-- should take and the lesson it falls due at, which it follows when that lesson moves.
drop index journal.homework_lesson;
alter table journal.homework
  add column position      smallint not null default 1 check (position between 1 and 20),
  -- Null: nobody has said.
  add column minutes       smallint null check (minutes between 1 and 600),
  add column takes_work    boolean  not null default false,
  -- Addressed to those in homework_learners and to nobody else.
  add column is_chosen     boolean  not null default false,
  add column due_lesson_id uuid     null,
  add column links         text[]   not null default '{}' check (cardinality(links) <= 10),
  add column files         smallint not null default 0 check (files between 0 and 10),
  -- Whose day it fills: minutes of a class are added up over its subjects.
  add column class_id      uuid     null,
  add column subject_name  text     not null default '';
create unique index homework_lesson on journal.homework (school_year, school_id, lesson_id, position);
create index homework_class on journal.homework (school_year, school_id, class_id, due_on);
create index homework_due_lesson on journal.homework (school_year, school_id, due_lesson_id) where due_lesson_id is not null;

create table journal.homework_learners (
  school_year smallint not null,
  school_id   uuid     not null,
  homework_id uuid     not null,
  learner_id  uuid     not null,
  group_id    uuid     not null,
  primary key (school_year, school_id, homework_id, learner_id)
);
create index homework_learners_learner on journal.homework_learners (learner_id, school_year);

create table journal.homework_files (
  school_year smallint not null,
  school_id   uuid     not null,
  homework_id uuid     not null,
  id          uuid     not null,
  group_id    uuid     not null,
  position    smallint not null check (position between 1 and 10),
  primary key (school_year, school_id, homework_id, id)
);
select kernel.keep_files('journal.homework_files');

-- Minutes of homework a day by grade (СП 2.4.3648-20, п. 3.4.16: 2–3 кл. 1,5 ч; 4–5 кл. 2 ч; 6–8 кл. 2,5 ч; 9–11 кл. 3,5 ч; в 1 кл. нет).
-- Rows of no school are the law's; a school may be stricter in its own.
create table journal.homework_norms (
  school_id uuid     not null,
  grade     smallint not null check (grade between 1 and 11),
  minutes   smallint not null check (minutes between 0 and 600),
  primary key (school_id, grade)
);
insert into journal.homework_norms
select '00000000-0000-0000-0000-000000000000', grade, minutes
  from (values (1, 0), (2, 90), (3, 90), (4, 120), (5, 120), (6, 150), (7, 150), (8, 150), (9, 210), (10, 210), (11, 210)) n(grade, minutes);

do $$
declare t text;
begin
  foreach t in array array['homework_learners', 'homework_files', 'homework_norms'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select on journal.%I to myschool_app', t);
  end loop;
end $$;

create policy homework_learners_read on journal.homework_learners for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[]) or learner_id = any ((select kernel.scope('learners'))::uuid[])
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy homework_learners_insert on journal.homework_learners for insert to myschool_app with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy homework_learners_delete on journal.homework_learners for delete to myschool_app using (group_id = any ((select kernel.scope('groups'))::uuid[]));
grant insert, delete on journal.homework_learners to myschool_app;

-- Asked of the few works that are for chosen learners, and of no other row.
create function journal.homework_is_for(of_year smallint, of_school uuid, of_homework uuid) returns boolean
  language plpgsql stable parallel safe as $$
begin
  return exists (select from journal.homework_learners c where c.school_year = of_year and c.school_id = of_school and c.homework_id = of_homework
     and c.learner_id = any (kernel.scope('learners')));
end $$;
drop policy homework_read on journal.homework;
create policy homework_read on journal.homework for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[])
  or group_id = any ((select kernel.scope('learner_groups'))::uuid[]) and (not is_chosen or journal.homework_is_for(school_year, school_id, id))
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
drop policy homework_attended on journal.homework;
create policy homework_attended on journal.homework for select to myschool_app using (
  (not is_chosen or journal.homework_is_for(school_year, school_id, id)) and journal.attended(school_year, group_id, given_on));

create policy homework_files_read on journal.homework_files for select to myschool_app using (exists (
  select from journal.homework h where h.school_year = homework_files.school_year and h.school_id = homework_files.school_id and h.id = homework_id));
create policy homework_files_insert on journal.homework_files for insert to myschool_app with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy homework_files_delete on journal.homework_files for delete to myschool_app using (group_id = any ((select kernel.scope('groups'))::uuid[]));
grant insert, delete on journal.homework_files to myschool_app;

create policy homework_norms_read on journal.homework_norms for select to myschool_app using (
  school_id = '00000000-0000-0000-0000-000000000000' or school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy homework_norms_write on journal.homework_norms for all to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant insert, update, delete on journal.homework_norms to myschool_app;

-- Homework goes where the lesson goes that it falls due at; of a lesson called off, to the next one of the group.
create function journal.move_due() returns trigger language plpgsql as $$
declare next_lesson uuid; next_day date;
begin
  if new.is_cancelled then
    select l.id, l.date into next_lesson, next_day from journal.lessons l
     where l.school_year = new.school_year and l.school_id = new.school_id and l.group_id = new.group_id and l.date > new.date and not l.is_cancelled
     order by l.date, l.number limit 1;
  end if;
  update journal.homework h set due_on = greatest(h.given_on, coalesce(next_day, new.date)), due_lesson_id = coalesce(next_lesson, new.id), version = h.version + 1
   where h.school_year = new.school_year and h.school_id = new.school_id and h.due_lesson_id = new.id;
  return null;
end $$;
create trigger lessons_due after update of date, is_cancelled on journal.lessons for each row
  when (old.date <> new.date or old.is_cancelled <> new.is_cancelled) execute function journal.move_due();
