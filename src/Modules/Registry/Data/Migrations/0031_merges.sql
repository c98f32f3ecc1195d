-- Two rows made one. The row that goes keeps its place in registry.people without any fact, so that its id goes on resolving and
-- parting puts back exactly what was. See docs/decisions/012-doubles-are-found-by-keys-and-judged-once.md.
create table registry.merges (
  id           uuid primary key,
  survivor_id  uuid not null references registry.people,
  former_id    uuid not null references registry.people,
  state        text not null default 'merged' check (state in ('merged', 'parted')),
  -- As the pair was when it was decided: who may part it.
  schools      uuid[] not null,
  left_units   uuid[] not null,
  right_units  uuid[] not null,
  merged_by    uuid not null,
  merged_at    timestamptz not null,
  parted_by    uuid null,
  parted_at    timestamptz null,
  check (survivor_id <> former_id),
  check ((state = 'parted') = (parted_at is not null) and (parted_by is null) = (parted_at is null))
);
create unique index merges_former on registry.merges (former_id) where state = 'merged';
create index merges_survivor on registry.merges (survivor_id);

-- Every row a merge touched, as it was: folded away because the survivor has the same, or given to the survivor.
create table registry.merge_rows (
  merge_id    uuid not null references registry.merges,
  number      bigint generated always as identity,
  table_name  text not null,
  column_name text not null,
  is_folded   boolean not null,
  row         jsonb not null,
  primary key (merge_id, number)
);

-- Ids that people were known by before. A change feed tells its readers of them.
create table registry.former_ids (
  former_id uuid primary key references registry.people,
  person_id uuid not null references registry.people,
  merge_id  uuid not null references registry.merges,
  at        timestamptz not null
);
create index former_ids_person on registry.former_ids (person_id);

do $$
declare t text;
begin
  foreach t in array array['merges', 'merge_rows', 'former_ids'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on registry.%I to myschool_worker', t);
  end loop;
end $$;

-- Seen by whoever could have decided the pair.
create policy merges_read on registry.merges for select to myschool_app
  using (cardinality(schools) = 1 and schools <@ (select kernel.scope('managed_schools'))::uuid[]
      or cardinality(schools) <> 1 and left_units && (select kernel.scope('territories'))::uuid[] and right_units && (select kernel.scope('territories'))::uuid[]);
grant select on registry.merges to myschool_app;

-- The answer to an order follows the person it was given about.
grant update, delete on registry.appointments to myschool_worker;
