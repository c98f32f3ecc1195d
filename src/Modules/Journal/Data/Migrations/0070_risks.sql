-- When the class teacher's attention is asked for: thresholds of the school, and what was done for a learner. Who is on the list is
-- worked out anew at each look and kept nowhere: a child has no label.
create table journal.risk_rules (
  school_id    uuid primary key,
  -- Zero switches a rule off.
  low_average  numeric(3, 2) not null check (low_average between 0 and 5),
  fall_by      numeric(3, 2) not null check (fall_by between 0 and 3),
  fall_days    smallint not null check (fall_days between 7 and 60),
  twos         smallint not null check (twos between 0 and 20),
  twos_days    smallint not null check (twos_days between 1 and 60),
  missed       smallint not null check (missed between 0 and 200),
  missed_days  smallint not null check (missed_days between 1 and 120),
  few_days     smallint not null check (few_days between 0 and 60)
);

create table journal.care_notes (
  school_year  smallint    not null,
  school_id    uuid        not null,
  id           uuid        not null,
  learner_id   uuid        not null,
  kind         text        not null check (kind in ('talk', 'family', 'teacher', 'specialist', 'other')),
  text         text        not null check (length(text) between 1 and 500),
  at           timestamptz not null,
  by_person    uuid        not null,
  -- A note written by mistake is struck out and stays.
  struck_at    timestamptz null,
  primary key (school_year, school_id, id)
);
create index care_notes_learner on journal.care_notes (learner_id, at desc);

alter table journal.risk_rules enable row level security;
alter table journal.risk_rules force row level security;
alter table journal.care_notes enable row level security;
alter table journal.care_notes force row level security;
create policy worker_all on journal.risk_rules to myschool_worker using (true) with check (true);
create policy worker_all on journal.care_notes to myschool_worker using (true) with check (true);
grant select, insert, update, delete on journal.risk_rules, journal.care_notes to myschool_worker;

create policy risk_rules_read on journal.risk_rules for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy risk_rules_add on journal.risk_rules for insert to myschool_app with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy risk_rules_change on journal.risk_rules for update to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant select, insert, update on journal.risk_rules to myschool_app;

-- The class teacher writes; those who run the school read. Families have the copy of their data.
create policy care_notes_read on journal.care_notes for select to myschool_app using (
  learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
  or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy care_notes_insert on journal.care_notes for insert to myschool_app with check (
  learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
  and by_person = (select kernel.person()) and struck_at is null);
create policy care_notes_strike on journal.care_notes for update to myschool_app
  using (by_person = (select kernel.person()) and struck_at is null and learner_id = any ((select kernel.scope('led_learners'))::uuid[]))
  with check (by_person = (select kernel.person()) and struck_at is not null and learner_id = any ((select kernel.scope('led_learners'))::uuid[]));
grant select, insert, update (struck_at) on journal.care_notes to myschool_app;
