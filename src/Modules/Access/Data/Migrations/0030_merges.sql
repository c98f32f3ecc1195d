-- Rows that follow two cards made one, and go back when they are parted: which merges were followed, and every row that moved as it
-- was. See docs/decisions/024-used-cards-are-merged-by-events.md.
create table access.merges (
  merge_id    uuid primary key,
  survivor_id uuid not null,
  former_id   uuid not null,
  is_parted   boolean not null
);
create table access.merge_rows (
  merge_id    uuid not null references access.merges,
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
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
    execute format('create policy worker_all on access.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on access.%I to myschool_worker', t);
  end loop;
end $$;

-- Of a line of the ledger only whose it is may follow the person; its text, hash, time and term nobody may touch.
create policy consents_follow on access.consents for update to myschool_worker using (true) with check (true);
grant update (subject_id, giver_id) on access.consents to myschool_worker;
-- Folded settings are taken away and put back; sessions of the card that goes are ended.
create policy preferences_follow on access.preferences to myschool_worker using (true) with check (true);
create policy letters_follow on access.letter_addresses to myschool_worker using (true) with check (true);
create policy grants_follow on access.site_grants to myschool_worker using (true) with check (true);
grant insert, update, delete on access.preferences, access.letter_addresses, access.site_grants to myschool_worker;
create policy sessions_follow on access.sessions for update to myschool_worker using (true) with check (ended_at is not null);
grant update (ended_at) on access.sessions to myschool_worker;
