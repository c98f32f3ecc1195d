-- «Дневник просмотрен»: a representative says once a week that the diary was read (the paper diary has a place for a signature).
create table journal.diary_views (
  school_year smallint    not null,
  school_id   uuid        not null,
  learner_id  uuid        not null,
  -- Monday of the week.
  week        date        not null check (extract(isodow from week) = 1),
  by_person   uuid        not null,
  at          timestamptz not null,
  primary key (school_year, school_id, learner_id, week, by_person),
  check (by_person <> learner_id)
);
create index diary_views_person on journal.diary_views (by_person);
create index diary_views_learner on journal.diary_views (learner_id, week);
alter table journal.diary_views enable row level security;
alter table journal.diary_views force row level security;
create policy worker_all on journal.diary_views to myschool_worker using (true) with check (true);
create policy diary_views_read on journal.diary_views for select to myschool_app using (
  learner_id = any ((select kernel.scope('own_learners'))::uuid[])
  or learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy diary_views_insert on journal.diary_views for insert to myschool_app with check (
  by_person = (select kernel.person()) and learner_id = any ((select kernel.scope('own_learners'))::uuid[]) and learner_id <> by_person);
grant select, insert on journal.diary_views to myschool_app;
grant select, insert, update, delete on journal.diary_views to myschool_worker;
