-- What a module needs for its rows to follow two cards made one and go back when they are parted: which merges were followed, and
-- every row that moved as it was. A module's migration calls it once. See FollowedRows and docs/decisions/024-used-cards-are-merged-by-events.md.
create function kernel.keep_merges(schema text) returns void language plpgsql as $$
declare t text;
begin
  execute format('create table %I.merges (merge_id uuid primary key, survivor_id uuid not null, former_id uuid not null, is_parted boolean not null)', schema);
  execute format('create table %I.merge_rows (
    merge_id    uuid not null references %I.merges,
    number      bigint generated always as identity,
    table_name  text not null,
    column_name text not null,
    is_folded   boolean not null,
    row         jsonb not null,
    primary key (merge_id, number))', schema, schema);
  foreach t in array array['merges', 'merge_rows'] loop
    execute format('alter table %I.%I enable row level security', schema, t);
    execute format('alter table %I.%I force row level security', schema, t);
    execute format('create policy worker_all on %I.%I to myschool_worker using (true) with check (true)', schema, t);
    execute format('grant select, insert, update, delete on %I.%I to myschool_worker', schema, t);
  end loop;
end $$;
revoke execute on function kernel.keep_merges from public;
