-- What a module's table needs to name bytes of the store: see Kernel/Files/ByteStore.cs. A module's migration calls it once a table.
-- The key is of these bytes alone: when the row goes, they are noise, in backups of the folder too.
create function kernel.keep_files(of_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s
    add column name       text    not null check (length(name) between 1 and 160),
    add column media_type text    not null check (length(media_type) between 3 and 100),
    add column size       integer not null check (size between 1 and 20971520),
    add column address    text    not null check (address ~ ''^[0-9a-f]{64}$''),
    add column sealed_key bytea   not null,
    add column digest     bytea   not null,
    add column state      text    not null check (state in (''waiting'', ''clean'', ''refused''))', of_table);
  execute format('create index on %s (address)', of_table);
  execute format('create index on %s (state) where state = ''waiting''', of_table);
end $$;
revoke execute on function kernel.keep_files from public;
