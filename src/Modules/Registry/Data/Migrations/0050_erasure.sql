-- A card whose data was erased keeps its place, so that facts of other people still lead somewhere: to «Данные удалены».
-- See docs/decisions/021-erasure.md.
alter table registry.people add column erased_at timestamptz null;
create index people_erased on registry.people (id) where erased_at is not null;

-- The name of an erased person, sealed, for as long as an archive keeps rows about them. Read by nobody who serves pages.
create table registry.kept_names (
  person_id  uuid        primary key references registry.people,
  sealed     bytea       not null,
  kept_at    timestamptz not null
);
alter table registry.kept_names enable row level security;
alter table registry.kept_names force row level security;
create policy worker_all on registry.kept_names to myschool_worker using (true) with check (true);
grant select, insert, delete on registry.kept_names to myschool_worker;
