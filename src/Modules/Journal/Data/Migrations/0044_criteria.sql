-- A work marked by criteria: what is judged and for how many points, from what share of the total a mark begins, and each learner's
-- points. The mark itself and its comment («К1 2 из 3 …») are a cell of the journal and have its history.
create table journal.criteria (
  school_year smallint   not null,
  school_id   uuid       not null,
  lesson_id   uuid       not null,
  group_id    uuid       not null,
  names       text[]     not null check (cardinality(names) between 1 and 12),
  most        smallint[] not null check (cardinality(most) = cardinality(names)),
  -- Percent of the total from which 5, 4 and 3 begin.
  five_from   smallint   not null check (five_from between 1 and 100),
  four_from   smallint   not null check (four_from between 1 and 100),
  three_from  smallint   not null check (three_from between 1 and 100),
  version     integer    not null default 1,
  set_by      uuid       not null,
  set_at      timestamptz not null,
  primary key (school_year, school_id, lesson_id),
  check (five_from > four_from and four_from > three_from)
);

create table journal.criteria_points (
  school_year smallint   not null,
  school_id   uuid       not null,
  group_id    uuid       not null,
  lesson_id   uuid       not null,
  learner_id  uuid       not null,
  points      smallint[] not null,
  recorded_by uuid       not null,
  recorded_at timestamptz not null,
  primary key (school_year, school_id, lesson_id, learner_id)
);
create index criteria_points_learner on journal.criteria_points (learner_id);

do $$
declare t text;
begin
  foreach t in array array['criteria', 'criteria_points'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
    execute format('create policy %I on journal.%I for insert to myschool_app with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_insert', t);
    execute format('create policy %I on journal.%I for update to myschool_app
      using (group_id = any ((select kernel.scope(''groups''))::uuid[])) with check (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_update', t);
    execute format('create policy %I on journal.%I for delete to myschool_app using (group_id = any ((select kernel.scope(''groups''))::uuid[]))', t || '_delete', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (kernel.visits(school_id))', t || '_by_visit', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_app, myschool_worker', t);
  end loop;
end $$;
