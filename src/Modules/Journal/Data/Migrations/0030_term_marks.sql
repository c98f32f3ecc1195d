-- Term, year, exam and final marks; the school's regulation they are proposed by; terms closed class by class, and opened again
-- for a group by the head's word.
alter table journal.settings
  -- Lowest averages that are proposed as 5, 4 and 3: the school's act on marking decides.
  add column five_from  numeric(3, 2) not null default 4.50,
  add column four_from  numeric(3, 2) not null default 3.50,
  add column three_from numeric(3, 2) not null default 2.50,
  -- With fewer marks nothing is proposed.
  add column min_marks  smallint not null default 3 check (min_marks between 1 and 30),
  -- The year from its term marks, or from every mark of the year.
  add column year_by    text not null default 'terms' check (year_by in ('terms', 'marks')),
  add constraint settings_thresholds check (three_from between 2 and four_from - 0.01 and four_from < five_from and five_from <= 5);

create table journal.term_marks (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  learner_id  uuid not null,
  -- Number of the term; 90 the year, 91 the exam, 92 the final mark.
  period      smallint not null check (period between 1 and 6 or period between 90 and 92),
  value       text not null check (value in ('2', '3', '4', '5', 'зачёт', 'незачёт', 'н/а', 'осв')),
  -- What the regulation proposed at that moment and the sum behind it: the mark explains itself years later.
  proposed    text null check (length(proposed) <= 8),
  basis       text not null check (length(basis) <= 2000),
  version     integer not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  primary key (school_year, school_id, group_id, learner_id, period)
) partition by list (school_year);
create index term_marks_learner on journal.term_marks (school_year, learner_id);

create table journal.term_mark_history (
  school_year smallint not null,
  school_id   uuid not null,
  group_id    uuid not null,
  learner_id  uuid not null,
  period      smallint not null,
  version     integer not null,
  old_value   text null,
  new_value   text null,
  at          timestamptz not null,
  by_person   uuid not null,
  primary key (school_year, school_id, group_id, learner_id, period, version)
) partition by list (school_year);

-- A term of a class: its cells and term marks are locked. 90 locks year, exam and final marks.
create table journal.closed_terms (
  school_year smallint not null,
  school_id   uuid not null,
  class_id    uuid not null,
  term        smallint not null check (term between 1 and 6 or term = 90),
  closed_at   timestamptz not null,
  closed_by   uuid not null,
  -- Why it was closed although remarks were open.
  note        text null check (length(note) between 1 and 500),
  primary key (school_year, school_id, class_id, term)
);

create table journal.reopenings (
  school_year smallint not null,
  school_id   uuid not null,
  id          uuid not null,
  class_id    uuid not null,
  group_id    uuid not null,
  term        smallint not null check (term between 1 and 6 or term = 90),
  asked_by    uuid not null,
  asked_at    timestamptz not null,
  reason      text not null check (length(reason) between 10 and 500),
  state       text not null default 'asked' check (state in ('asked', 'open', 'refused')),
  decided_by  uuid null,
  decided_at  timestamptz null,
  answer      text null check (length(answer) <= 500),
  -- The last day the group may be changed.
  open_until  date null,
  primary key (school_year, school_id, id),
  check ((state = 'asked') = (decided_by is null)),
  check ((state = 'open') = (open_until is not null))
);
create unique index reopenings_asked on journal.reopenings (school_year, school_id, group_id, term) where state = 'asked';
create index reopenings_group on journal.reopenings (school_year, school_id, group_id, term, asked_at desc);

do $$
declare t text; y int;
begin
  foreach t in array array['term_marks', 'term_mark_history'] loop
    for y in 2025..2028 loop
      execute format('create table journal.%I partition of journal.%I for values in (%s)', t || '_' || y, t, y);
      execute format('alter table journal.%I enable row level security', t || '_' || y);
      execute format('alter table journal.%I force row level security', t || '_' || y);
    end loop;
  end loop;
  foreach t in array array['term_marks', 'term_mark_history', 'closed_terms', 'reopenings'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select on journal.%I to myschool_app', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (kernel.visits(school_id))', t || '_by_visit', t);
  end loop;
  foreach t in array array['term_marks', 'term_mark_history'] loop
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or learner_id = any ((select kernel.scope(''own_learners''))::uuid[])
      or learner_id = any ((select kernel.scope(''learners''))::uuid[]) and school_id = any ((select kernel.scope(''member_schools''))::uuid[])
      or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
    execute format('create policy %I on journal.%I for insert to myschool_app with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_insert', t);
  end loop;
end $$;

create policy term_marks_update on journal.term_marks for update to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[])) with check (group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy term_marks_delete on journal.term_marks for delete to myschool_app using (group_id = any ((select kernel.scope('groups'))::uuid[]));
grant insert, update, delete on journal.term_marks to myschool_app;
grant insert on journal.term_mark_history to myschool_app;

create policy closed_terms_read on journal.closed_terms for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy closed_terms_close on journal.closed_terms for insert to myschool_app
  with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]) and closed_by = (select kernel.person()));
create policy closed_terms_open on journal.closed_terms for delete to myschool_app using (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant insert, delete on journal.closed_terms to myschool_app;

create policy reopenings_read on journal.reopenings for select to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[]) or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy reopenings_ask on journal.reopenings for insert to myschool_app
  with check (group_id = any ((select kernel.scope('groups'))::uuid[]) and asked_by = (select kernel.person()) and state = 'asked');
create policy reopenings_decide on journal.reopenings for update to myschool_app
  using (state = 'asked' and school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (decided_by = (select kernel.person()));
grant insert, update (state, decided_by, decided_at, answer, open_until) on journal.reopenings to myschool_app;

-- Terms in which nothing of a group may be changed on a day.
create function journal.closed_for(of_year smallint, of_school uuid, of_class uuid, of_group uuid, on_day date) returns smallint[]
  language plpgsql stable parallel safe as $$
begin
  return array(select c.term from journal.closed_terms c
    where c.school_year = of_year and c.school_id = of_school and c.class_id = of_class
      and not exists (select from journal.reopenings r
        where r.school_year = of_year and r.school_id = of_school and r.group_id = of_group and r.term = c.term and r.state = 'open' and r.open_until >= on_day));
end $$;

-- Work types and their weights are the school's own act too.
create policy work_types_add on journal.work_types for insert to myschool_app with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy work_types_change on journal.work_types for update to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant insert, update (name, short_name, weight) on journal.work_types to myschool_app;
