-- Rows that follow two cards made one, and go back when they are parted: which merges were followed, and every row that moved as it
-- was. See docs/decisions/024-used-cards-are-merged-by-events.md.
create table journal.merges (
  merge_id    uuid primary key,
  survivor_id uuid not null,
  former_id   uuid not null,
  is_parted   boolean not null
);
create table journal.merge_rows (
  merge_id    uuid not null references journal.merges,
  number      bigint generated always as identity,
  table_name  text not null,
  column_name text not null,
  is_folded   boolean not null,
  row         jsonb not null,
  primary key (merge_id, number)
);
do $$
declare t text;
begin
  foreach t in array array['merges', 'merge_rows'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
  end loop;
end $$;
