-- Diaries of regions: whom this node asks, what they told last, and what has been asked of this node.
create schema federation;
grant usage on schema federation to myschool_app, myschool_worker;

-- A region whose diary is asked. Edited by the operator.
create table federation.regions (
  id            uuid        primary key,
  -- ОКТМО as ГИС РУО names the region.
  code          text        not null unique check (code ~ '^\d{2,11}$'),
  name          text        not null unique check (length(name) between 2 and 120),
  dialect       text        not null check (dialect in ('own', 'netschool')),
  address       text        not null check (length(address) between 8 and 300),
  -- Our account there: a client's id or a login.
  account       text        not null default '' check (length(account) <= 120),
  -- Sealed with the node's keys.
  secret        bytea       null check (octet_length(secret) <= 4000),
  -- Keys that the region signs with, one a line: «name base64».
  public_keys   text        not null default '' check (length(public_keys) <= 4000),
  consent_page  text        not null default '' check (length(consent_page) <= 300),
  deadline_ms   integer     not null default 1500 check (deadline_ms between 200 and 10000),
  is_on         boolean     not null default true,
  version       integer     not null default 1,
  changed_at    timestamptz not null,
  changed_by    uuid        null
);

-- What a region told a reader last, sealed. The reader is a keyed hash: many of them are not in this node's registry.
create table federation.copies (
  reader     bytea       not null check (octet_length(reader) = 32),
  region_id  uuid        not null references federation.regions (id) on delete cascade,
  ask        text        not null check (length(ask) <= 200),
  person_id  uuid        null,
  sealed     bytea       not null check (octet_length(sealed) <= 1000000),
  told_at    timestamptz not null,
  ends_at    timestamptz not null,
  primary key (reader, region_id, ask)
);
create index copies_person on federation.copies (person_id) where person_id is not null;
create index copies_ends on federation.copies (ends_at);

-- The same of ГИС РУО: in which regions the reader's family is.
create table federation.places (
  reader     bytea       primary key check (octet_length(reader) = 32),
  person_id  uuid        null,
  sealed     bytea       not null check (octet_length(sealed) <= 100000),
  told_at    timestamptz not null,
  ends_at    timestamptz not null
);
create index places_person on federation.places (person_id) where person_id is not null;
create index places_ends on federation.places (ends_at);
-- Packed before it was sealed: trying to pack it again is work for nothing.
alter table federation.copies alter column sealed set storage external;
alter table federation.places alter column sealed set storage external;

-- A signed request is good once: its number is kept as long as its moment would be believed.
create table federation.nonces (
  key_id   text        not null check (length(key_id) between 1 and 60),
  nonce    text        not null check (length(nonce) between 16 and 80),
  ends_at  timestamptz not null,
  primary key (key_id, nonce)
);
create index nonces_ends on federation.nonces (ends_at);

do $$ declare t text; begin
  foreach t in array array['regions', 'copies', 'places', 'nonces'] loop
    execute format('alter table federation.%I enable row level security', t);
    execute format('alter table federation.%I force row level security', t);
    execute format('create policy worker_all on federation.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on federation.%I to myschool_worker', t);
  end loop;
end $$;

create policy regions_operated on federation.regions to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (cardinality((select kernel.scope('operated'))) > 0);
grant select, insert, update, delete on federation.regions to myschool_app;
