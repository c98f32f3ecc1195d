-- Rehearsed imports: what a file would change is kept row by row, so that applying does what was shown and undoing knows what was done.
create table registry.imports (
  school_id   uuid not null references registry.organisations,
  id          uuid not null,
  source      text not null check (source in ('oneroster', 'template', 'list')),
  file_name   text not null check (length(file_name) <= 200),
  state       text not null check (state in ('reading', 'refused', 'ready', 'applied', 'undone', 'dropped')),
  -- Grows when the registry moved and the difference was worked out anew: whoever applies names the version they saw.
  version     integer not null default 1,
  is_moved    boolean not null default false,
  ends_absent boolean not null,
  -- Open enrolments and roles of those whom the file does not name, and all open ones among which they were sought.
  absent      integer not null default 0,
  absent_of   integer not null default 0,
  counts      jsonb not null default '[]',
  notes       jsonb not null default '[]',
  -- Sheets of a list and what their columns were taken for.
  columns     jsonb not null default '[]',
  refusal     text null,
  bad_rows    jsonb not null default '[]',
  bad_count   integer not null default 0,
  -- While it is read: how far it is, and when its process was last known to live.
  stage       text not null default '',
  rows_read   bigint not null default 0,
  alive_at    timestamptz not null,
  made_at     timestamptz not null,
  made_by     uuid not null,
  applied_at  timestamptz null,
  applied_by  uuid null,
  undone_at   timestamptz null,
  undone_by   uuid null,
  primary key (school_id, id)
);

create table registry.import_changes (
  school_id  uuid not null,
  import_id  uuid not null,
  number     integer not null,
  table_name text not null,
  kind       text not null check (kind in ('new', 'changed', 'ended', 'removed')),
  row_id     uuid not null,
  title      text not null,
  note       text not null default '',
  old_row    jsonb null,
  new_row    jsonb null,
  primary key (school_id, import_id, number),
  foreign key (school_id, import_id) references registry.imports,
  check ((kind = 'new') = (old_row is null)),
  check ((kind = 'removed') = (new_row is null))
);
create index import_changes_kind on registry.import_changes (school_id, import_id, table_name, kind, number);

-- СНИЛС that an import brings: never shown, so out of reach of people's requests, as registry.identities is.
create table registry.import_secrets (
  school_id    uuid not null,
  import_id    uuid not null,
  person_id    uuid not null,
  snils_hash   bytea not null,
  snils_cipher bytea not null,
  primary key (school_id, import_id, person_id),
  foreign key (school_id, import_id) references registry.imports
);

-- How the columns of a list were understood, by the titles it has: the same list needs to be explained once.
create table registry.import_mappings (
  school_id uuid not null references registry.organisations,
  signature text not null check (length(signature) = 64),
  columns   jsonb not null,
  made_at   timestamptz not null,
  made_by   uuid not null,
  primary key (school_id, signature)
);

do $$
declare t text;
begin
  foreach t in array array['imports', 'import_changes', 'import_secrets', 'import_mappings'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on registry.%I to myschool_worker', t);
  end loop;
  foreach t in array array['imports', 'import_changes', 'import_mappings'] loop
    execute format('create policy %I on registry.%I for select to myschool_app using (school_id = any ((select kernel.scope(''managed_schools''))::uuid[]))', t || '_read', t);
    execute format('grant select on registry.%I to myschool_app', t);
  end loop;
end $$;
create policy import_mappings_add on registry.import_mappings for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and made_by = (select kernel.person()));
create policy import_mappings_change on registry.import_mappings for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (made_by = (select kernel.person()));
grant insert, update on registry.import_mappings to myschool_app;

-- Names as they are compared: «ё» as «е», no spaces, hyphens or apostrophes.
create function registry.name_key(last text, first text, middle text) returns text
  language sql immutable parallel safe
  return translate(lower(last || '|' || first || '|' || middle), 'ё- ''’', 'е');
grant execute on function registry.name_key to myschool_app, myschool_worker;

-- Ids of rows that the database makes itself: time first, as everywhere.
create function registry.uuid7() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;
grant execute on function registry.uuid7 to myschool_worker, myschool_app;

-- Where a change came from: the import that made it, when it was one.
alter table registry.history add column import_id uuid null;
