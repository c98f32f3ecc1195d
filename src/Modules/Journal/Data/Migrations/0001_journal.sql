-- Lessons, marks, absences, homework, and the history of every cell. Partitioned by school year:
-- last year's partition is archived and moved whole.
create schema journal;

create table journal.settings (
  school_id        uuid primary key,
  -- Days after the lesson during which its teacher may change marks; then cells lock. A school's local act decides.
  edit_window_days smallint not null default 14 check (edit_window_days between 0 and 366)
);

create table journal.work_types (
  school_id  uuid not null,
  number     smallint not null check (number between 1 and 99),
  name       text not null check (length(name) between 1 and 80),
  short_name text not null check (length(short_name) between 1 and 12),
  weight     smallint not null check (weight between 0 and 100),
  primary key (school_id, number)
);

create table journal.absence_codes (
  school_id  uuid not null,
  code       text not null check (length(code) between 1 and 3),
  name       text not null check (length(name) between 1 and 80),
  category   text not null check (category in ('unknown', 'illness', 'excused', 'unexcused', 'late')),
  position   smallint not null,
  primary key (school_id, code)
);

-- The simple weekly pattern that lessons of the year are laid out from until the timetable module publishes its own.
create table journal.weekly_lessons (
  school_id  uuid not null,
  id         uuid not null,
  group_id   uuid not null,
  weekday    smallint not null check (weekday between 1 and 6),
  number     smallint not null check (number between 1 and 12),
  starts_at  time not null,
  ends_at    time not null,
  room       text not null default '',
  primary key (school_id, id)
);
create index weekly_lessons_group on journal.weekly_lessons (school_id, group_id);

create table journal.lessons (
  school_year smallint not null,
  school_id   uuid not null,
  id          uuid not null,
  group_id    uuid not null,
  date        date not null,
  number      smallint not null check (number between 1 and 12),
  starts_at   time not null,
  ends_at     time not null,
  room        text not null default '',
  topic       text not null default '' check (length(topic) <= 500),
  work_type   smallint not null default 1,
  is_cancelled boolean not null default false,
  version     integer not null default 1,
  primary key (school_year, school_id, id)
) partition by list (school_year);
create unique index lessons_group_date on journal.lessons (school_year, school_id, group_id, date, number);
create index lessons_day on journal.lessons (school_year, school_id, date);

create table journal.marks (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  lesson_id   uuid not null,
  learner_id  uuid not null,
  -- Several marks may share a cell; the grid edits the first.
  slot        smallint not null default 1 check (slot between 1 and 9),
  lesson_date date not null,
  -- '2'…'5', 'зачёт', 'незачёт', 'н/а'.
  value       text not null check (value in ('1', '2', '3', '4', '5', 'зачёт', 'незачёт', 'н/а')),
  work_type   smallint not null,
  -- The weight at the time of marking: a later change of the school's act does not rewrite the past.
  weight      smallint not null check (weight between 0 and 100),
  comment     text null check (length(comment) <= 500),
  version     integer not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  primary key (school_year, school_id, group_id, lesson_id, learner_id, slot)
) partition by list (school_year);
create index marks_learner on journal.marks (school_year, school_id, learner_id, lesson_date);

create table journal.absences (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  lesson_id   uuid not null,
  learner_id  uuid not null,
  lesson_date date not null,
  code        text not null,
  reason      text null check (length(reason) <= 300),
  version     integer not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  primary key (school_year, school_id, group_id, lesson_id, learner_id)
) partition by list (school_year);
create index absences_learner on journal.absences (school_year, school_id, learner_id, lesson_date);

-- Versions of emptied cells go on from here, so that a cleared cell cannot be overwritten by somebody who saw the mark.
create table journal.cell_history (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  lesson_id   uuid not null,
  learner_id  uuid not null,
  kind        text not null check (kind in ('mark', 'absence', 'comment')),
  version     integer not null,
  old_value   text null,
  new_value   text null,
  why         text null check (length(why) <= 300),
  at          timestamptz not null,
  by_person   uuid not null,
  session_id  uuid null,
  request_key uuid not null,
  primary key (school_year, school_id, lesson_id, learner_id, kind, version)
) partition by list (school_year);

-- What a page missed while it was not listening.
create index cell_history_group on journal.cell_history (school_year, school_id, group_id, at);

create table journal.homework (
  school_year smallint not null,
  school_id   uuid not null,
  id          uuid not null,
  group_id    uuid not null,
  lesson_id   uuid not null,
  given_on    date not null,
  due_on      date not null,
  text        text not null check (length(text) between 1 and 4000),
  version     integer not null default 1,
  given_by    uuid not null,
  primary key (school_year, school_id, id),
  check (due_on >= given_on)
) partition by list (school_year);
create unique index homework_lesson on journal.homework (school_year, school_id, lesson_id);
create index homework_due on journal.homework (school_year, school_id, group_id, due_on);

create table journal.homework_done (
  school_year smallint not null,
  school_id   uuid not null,
  homework_id uuid not null,
  learner_id  uuid not null,
  done_at     timestamptz not null,
  primary key (school_year, school_id, learner_id, homework_id)
) partition by list (school_year);

create table journal.lesson_history (
  school_year smallint not null,
  school_id   uuid not null,
  lesson_id   uuid not null,
  version     integer not null,
  field       text not null check (field in ('topic', 'homework', 'work_type')),
  old_value   text null,
  new_value   text null,
  at          timestamptz not null,
  by_person   uuid not null,
  primary key (school_year, school_id, lesson_id, field, version)
) partition by list (school_year);

do $$
declare t text; y int;
begin
  foreach t in array array['lessons','marks','absences','cell_history','homework','homework_done','lesson_history'] loop
    for y in 2025..2028 loop
      execute format('create table journal.%I partition of journal.%I for values in (%s)', t || '_' || y, t, y);
    end loop;
  end loop;
end $$;

-- School days in figures, kept by a subscriber of MarksRecorded and the morning job: coordinators read these and never rows.
create table journal.day_totals (
  school_id     uuid not null,
  date          date not null,
  -- Municipality, region and country of the school that day: coordinators are let in by these.
  territory_ids uuid[] not null,
  marks         integer not null default 0,
  absences      integer not null default 0,
  primary key (school_id, date)
);
create index day_totals_territory on journal.day_totals using gin (territory_ids);
create index day_totals_date on journal.day_totals (date);

do $$
declare t text;
begin
  foreach t in array array['settings','work_types','absence_codes','weekly_lessons','lessons','marks','absences','cell_history',
    'homework','homework_done','lesson_history','day_totals'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
  end loop;
  foreach t in array array['settings','work_types','absence_codes'] loop
    execute format('create policy %I on journal.%I for select to myschool_app using (school_id = any ((select kernel.scope(''member_schools''))::uuid[]))', t || '_read', t);
  end loop;
  -- Lessons and homework: whoever teaches or attends the group, and the school's head and deputies.
  foreach t in array array['weekly_lessons','lessons','homework'] loop
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or group_id = any ((select kernel.scope(''learner_groups''))::uuid[])
      or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
  end loop;
  -- Marks, absences and their history: the teacher of the group, the learner, guardian and class leader, the head and deputies.
  foreach t in array array['marks','absences','cell_history'] loop
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or learner_id = any ((select kernel.scope(''learners''))::uuid[])
      or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
    execute format('create policy %I on journal.%I for insert to myschool_app with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_insert', t);
  end loop;
  foreach t in array array['marks','absences'] loop
    execute format('create policy %I on journal.%I for update to myschool_app using (group_id = any ((select kernel.scope(''groups''))::uuid[])) with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_update', t);
    execute format('create policy %I on journal.%I for delete to myschool_app using (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_delete', t);
  end loop;
  foreach t in array array['homework','lessons'] loop
    execute format('create policy %I on journal.%I for update to myschool_app using (group_id = any ((select kernel.scope(''groups''))::uuid[])) with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_update', t);
  end loop;
end $$;
create policy homework_insert on journal.homework for insert to myschool_app with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy homework_delete on journal.homework for delete to myschool_app using (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy done_read on journal.homework_done for select to myschool_app using (learner_id = any ((select kernel.scope('learners'))::uuid[]));
create policy done_insert on journal.homework_done for insert to myschool_app with check (learner_id = any ((select kernel.scope('learners'))::uuid[]));
create policy done_delete on journal.homework_done for delete to myschool_app using (learner_id = any ((select kernel.scope('learners'))::uuid[]));
create policy lesson_history_read on journal.lesson_history for select to myschool_app using (
  exists (select from journal.lessons l where l.school_year = lesson_history.school_year and l.school_id = lesson_history.school_id and l.id = lesson_id));
create policy lesson_history_insert on journal.lesson_history for insert to myschool_app with check (
  exists (select from journal.lessons l where l.school_year = lesson_history.school_year and l.school_id = lesson_history.school_id and l.id = lesson_id));
create policy settings_write on journal.settings for all to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy totals_read on journal.day_totals for select to myschool_app using (
  school_id = any ((select kernel.scope('journal_schools'))::uuid[]) or territory_ids && (select kernel.scope('territories'))::uuid[]);

grant usage on schema journal to myschool_app, myschool_worker;
grant select on all tables in schema journal to myschool_app;
grant insert, update on journal.settings to myschool_app;
grant insert, update, delete on journal.marks, journal.absences, journal.homework to myschool_app;
grant update (topic, work_type, version) on journal.lessons to myschool_app;
grant insert on journal.cell_history, journal.lesson_history to myschool_app;
grant insert, delete on journal.homework_done to myschool_app;
grant select, insert, update, delete on all tables in schema journal to myschool_worker;
