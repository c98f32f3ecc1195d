-- КТП: a teacher's plan of a subject for a grade, its sections and topics with hours; the groups that learn by it; what of it each
-- lesson has given. Dates of topics are laid out anew from the lessons at each reading and are kept nowhere: a cancelled lesson moves
-- them by itself.
create table journal.lesson_kinds (
  school_id  uuid not null,
  number     smallint not null check (number between 1 and 99),
  name       text not null check (length(name) between 1 and 80),
  short_name text not null check (length(short_name) between 1 and 12),
  -- Work type that a lesson of this kind begins with, or null.
  work_type  smallint null check (work_type between 1 and 99),
  -- Hours that may go when there are fewer lessons than hours.
  is_reserve boolean not null default false,
  primary key (school_id, number)
);

create table journal.plans (
  school_id    uuid not null,
  id           uuid not null,
  owner_id     uuid not null,
  school_year  smallint not null,
  subject_name text not null check (length(subject_name) between 1 and 120),
  grade        smallint not null check (grade between 1 and 12),
  title        text not null check (length(title) between 1 and 200),
  version      integer not null default 1,
  changed_at   timestamptz not null,
  primary key (school_id, id)
);
create index plans_owner on journal.plans (owner_id, school_id);
create index plans_subject on journal.plans (school_id, subject_name, grade);

create table journal.plan_rows (
  school_id  uuid not null,
  plan_id    uuid not null,
  id         uuid not null,
  position   smallint not null check (position between 1 and 600),
  -- A section stands above its topics and has no hours of its own.
  is_section boolean not null,
  title      text not null check (length(title) between 1 and 500),
  hours      smallint not null check (hours between 0 and 40),
  kind       smallint null check (kind between 1 and 99),
  homework   text not null default '' check (length(homework) <= 2000),
  note       text not null default '' check (length(note) <= 1000),
  primary key (school_id, plan_id, id),
  foreign key (school_id, plan_id) references journal.plans (school_id, id) on delete cascade,
  check (is_section = (hours = 0))
);

-- The rows as they stood before each of the last changes: any of them, an import too, is one step back.
create table journal.plan_history (
  school_id uuid not null,
  plan_id   uuid not null,
  version   integer not null,
  at        timestamptz not null,
  deed      text not null check (length(deed) between 1 and 40),
  rows      jsonb not null,
  primary key (school_id, plan_id, version),
  foreign key (school_id, plan_id) references journal.plans (school_id, id) on delete cascade
);

create table journal.plan_groups (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  plan_id     uuid not null,
  primary key (school_id, group_id),
  foreign key (school_id, plan_id) references journal.plans (school_id, id) on delete cascade
);
create index plan_groups_plan on journal.plan_groups (school_id, plan_id);

-- An hour of a topic that a lesson has given. Two topics joined in one lesson are two rows.
create table journal.lesson_topics (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  lesson_id   uuid not null,
  row_id      uuid not null,
  plan_id     uuid not null,
  primary key (school_year, school_id, group_id, lesson_id, row_id)
) partition by list (school_year);
create index lesson_topics_plan on journal.lesson_topics (school_year, school_id, plan_id, row_id);

-- What a file, a colleague's plan or a programme would make of a plan: shown first, written only when said so, gone in a week.
create table journal.plan_drafts (
  school_id   uuid not null,
  id          uuid not null,
  plan_id     uuid not null,
  source      text not null check (source in ('file', 'copy', 'programme')),
  source_name text not null check (length(source_name) <= 200),
  made_at     timestamptz not null,
  -- Of a file: its cells, and what each column was taken for. Of anything else: lines.
  sheet       jsonb null,
  rows        jsonb null,
  primary key (school_id, id),
  check ((sheet is null) <> (rows is null)),
  foreign key (school_id, plan_id) references journal.plans (school_id, id) on delete cascade
);
create index plan_drafts_plan on journal.plan_drafts (school_id, plan_id);

-- Sections of federal working programmes with their hours: where a plan may begin. The operator changes them.
create table journal.programmes (
  subject_name text not null,
  grade        smallint not null check (grade between 1 and 12),
  number       smallint not null,
  title        text not null check (length(title) between 1 and 500),
  hours        smallint not null check (hours between 1 and 200),
  kind         smallint null,
  primary key (subject_name, grade, number)
);

do $$
declare t text; y int;
begin
  for y in 2025..2028 loop
    execute format('create table journal.%I partition of journal.lesson_topics for values in (%s)', 'lesson_topics_' || y, y);
    execute format('alter table journal.%I enable row level security', 'lesson_topics_' || y);
    execute format('alter table journal.%I force row level security', 'lesson_topics_' || y);
  end loop;
  foreach t in array array['lesson_kinds', 'plans', 'plan_rows', 'plan_history', 'plan_groups', 'lesson_topics', 'plan_drafts', 'programmes'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select on journal.%I to myschool_app', t);
  end loop;
  -- Plans of a school are open to its staff: a colleague's plan is where most begin. Families and coordinators have none of it.
  foreach t in array array['plans', 'plan_rows', 'plan_groups', 'lesson_topics'] loop
    execute format('create policy %I on journal.%I for select to myschool_app using (school_id = any ((select kernel.scope(''plan_schools''))::uuid[]))', t || '_read', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (kernel.visits(school_id))', t || '_by_visit', t);
  end loop;
end $$;

create policy lesson_kinds_read on journal.lesson_kinds for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy lesson_kinds_by_visit on journal.lesson_kinds for select to myschool_app using (kernel.visits(school_id));
create policy lesson_kinds_add on journal.lesson_kinds for insert to myschool_app with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy lesson_kinds_change on journal.lesson_kinds for update to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant insert, update (name, short_name, work_type, is_reserve) on journal.lesson_kinds to myschool_app;

create policy programmes_read on journal.programmes for select to myschool_app using (true);

create policy plans_insert on journal.plans for insert to myschool_app
  with check (owner_id = (select kernel.person()) and school_id = any ((select kernel.scope('plan_schools'))::uuid[]));
create policy plans_update on journal.plans for update to myschool_app
  using (owner_id = (select kernel.person()) and school_id = any ((select kernel.scope('plan_schools'))::uuid[])) with check (owner_id = (select kernel.person()));
create policy plans_delete on journal.plans for delete to myschool_app
  using (owner_id = (select kernel.person()) and school_id = any ((select kernel.scope('plan_schools'))::uuid[]));
grant insert, update (title, subject_name, grade, version, changed_at), delete on journal.plans to myschool_app;

-- Whether a plan is the asking person's own. Policies that ask it have names that sort before the plain reading, which answers first.
create function journal.owns_plan(of_school uuid, of_plan uuid) returns boolean
  language plpgsql stable parallel safe as $$
begin
  return exists (select from journal.plans p where p.school_id = of_school and p.id = of_plan and p.owner_id = kernel.person()
    and of_school = any (kernel.scope('plan_schools')));
end $$;
create policy plan_rows_edit on journal.plan_rows for all to myschool_app using (journal.owns_plan(school_id, plan_id)) with check (journal.owns_plan(school_id, plan_id));
create policy plan_drafts_own on journal.plan_drafts for all to myschool_app using (journal.owns_plan(school_id, plan_id)) with check (journal.owns_plan(school_id, plan_id));
create policy plan_history_own on journal.plan_history for all to myschool_app using (journal.owns_plan(school_id, plan_id)) with check (journal.owns_plan(school_id, plan_id));
grant insert, update, delete on journal.plan_rows, journal.plan_drafts to myschool_app;
grant insert, delete on journal.plan_history to myschool_app;

create policy plan_groups_edit on journal.plan_groups for all to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[])) with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
grant insert, update (plan_id), delete on journal.plan_groups to myschool_app;
create policy lesson_topics_edit on journal.lesson_topics for all to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[])) with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
grant insert, delete on journal.lesson_topics to myschool_app;

-- What a school's kinds of lessons begin with: the rows of no school, given to those that are here already.
insert into journal.lesson_kinds (school_id, number, name, short_name, work_type, is_reserve)
select s.id, k.number, k.name, k.short_name, k.work_type, k.is_reserve
  from (select distinct school_id from journal.work_types union select '00000000-0000-0000-0000-000000000000') s(id),
       (values (1::smallint, 'Изучение нового', 'Новое', null::smallint, false), (2::smallint, 'Закрепление', 'Закр', null, false), (3::smallint, 'Повторение и обобщение', 'Повт', null, false),
               (4::smallint, 'Контрольная работа', 'КР', 4::smallint, false), (5::smallint, 'Практическая работа', 'Практ', null, false), (6::smallint, 'Лабораторная работа', 'Лаб', null, false),
               (7::smallint, 'Проектная работа', 'Проект', 7::smallint, false), (8::smallint, 'Экскурсия', 'Экск', null, false), (9::smallint, 'Резерв', 'Рез', null, true)) k(number, name, short_name, work_type, is_reserve);
