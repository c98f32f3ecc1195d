-- Prints of journals for the archive: what was printed is told by the hash of its data, so a sheet of paper can be asked about years later.
create table journal.prints (
  school_year smallint    not null,
  school_id   uuid        not null,
  id          uuid        not null,
  class_id    uuid        not null,
  class_name  text        not null check (length(class_name) between 1 and 40),
  -- Number of the term; 90 the whole year.
  period      smallint    not null check (period between 1 and 6 or period = 90),
  hash        bytea       not null check (length(hash) = 32),
  pages       integer     not null check (pages > 0),
  made_at     timestamptz not null,
  made_by     uuid        not null,
  primary key (school_year, school_id, id)
);
create index prints_hash on journal.prints (school_id, hash);
create index prints_made on journal.prints (school_id, made_at desc);
alter table journal.prints enable row level security;
alter table journal.prints force row level security;
create policy worker_all on journal.prints to myschool_worker using (true) with check (true);
create policy prints_read on journal.prints for select to myschool_app using (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy prints_insert on journal.prints for insert to myschool_app
  with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]) and made_by = (select kernel.person()));
grant select, insert on journal.prints to myschool_app;
grant select, insert, update, delete on journal.prints to myschool_worker;
