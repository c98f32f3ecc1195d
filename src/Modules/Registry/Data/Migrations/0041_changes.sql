-- What has changed in schools, for systems that keep a copy. A row tells which object to read again, never what is in it.
-- Positions are given by readers, one at a time and to committed rows only: so a reader that has seen a position has seen
-- everything before it, which neither a sequence nor a clock could promise. See docs/decisions/020-change-feed.md.
create table registry.changes (
  id        bigint generated always as identity primary key,
  position  bigint null unique,
  at        timestamptz not null default now(),
  school_id uuid not null,
  kind      text not null check (kind in ('org', 'academicSession', 'class', 'user', 'enrollment')),
  object_id text not null,
  event     text not null check (event in ('changed', 'deleted', 'replaced', 'reload')),
  became    text null check ((became is null) = (event <> 'replaced'))
);
create index changes_waiting on registry.changes (id) where position is null;
create index changes_school on registry.changes (school_id, position);
create index changes_at on registry.changes (at);
alter table registry.changes enable row level security;
alter table registry.changes force row level security;
create policy changes_roster on registry.changes for select to myschool_app using (school_id = any ((select kernel.scope('roster_schools'))::uuid[]));
create policy worker_all on registry.changes to myschool_worker using (true) with check (true);
grant select on registry.changes to myschool_app;
grant select, insert, update, delete on registry.changes to myschool_worker;

-- The last position that has been dropped.
create table registry.changes_floor (one boolean primary key default true check (one), dropped bigint not null);
insert into registry.changes_floor (dropped) values (0);
alter table registry.changes_floor enable row level security;
alter table registry.changes_floor force row level security;
create policy worker_all on registry.changes_floor to myschool_worker using (true) with check (true);
grant select, update on registry.changes_floor to myschool_worker;

-- Argument: a select over the changed row c that gives school, kind and id of the objects to read again. A bulk change says of
-- each school that it must be read anew: cheaper for both sides than a row an object.
create function registry.note_objects() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  many constant int := 1000;
  changed text := case tg_op when 'DELETE' then 'stale' when 'UPDATE' then '(select * from fresh where modified_at = now())' else 'fresh' end;
  total int;
begin
  execute format('select count(*) from %s c', changed) into total;
  if total > many then
    execute format('insert into registry.changes (school_id, kind, object_id, event) select distinct k.school, %L, k.school::text, %L from %s c, lateral (%s) k where k.school is not null',
      'org', 'reload', changed, tg_argv[0]);
  elsif total > 0 then
    execute format('insert into registry.changes (school_id, kind, object_id, event) select distinct k.school, k.kind, k.id, %L from %s c, lateral (%s) k where k.school is not null',
      case tg_op when 'DELETE' then 'deleted' else 'changed' end, changed, tg_argv[0]);
  end if;
  return null;
end $$;
revoke execute on function registry.note_objects from public;

do $$
declare
  watched constant jsonb := '{
    "organisations": "select c.id as school, ''org'' as kind, c.id::text as id where c.kind = ''school''",
    "academic_years": "select c.school_id as school, ''academicSession'' as kind, c.school_id || ''.'' || c.year as id",
    "terms": "select c.school_id as school, ''academicSession'' as kind, c.id::text as id",
    "classes": "select c.school_id as school, ''class'' as kind, c.id::text as id",
    "teaching_groups": "select c.school_id as school, ''class'' as kind, c.id::text as id",
    "class_leaders": "select c.school_id as school, ''enrollment'' as kind, c.id::text as id",
    "teaching_assignments": "select c.school_id as school, ''enrollment'' as kind, c.id::text as id",
    "group_members": "select c.school_id as school, ''enrollment'' as kind, c.group_id || ''.'' || c.person_id || ''.'' || c.starts_on as id",
    "memberships": "select c.unit_id as school, ''user'' as kind, c.person_id::text as id",
    "enrolments": "select c.school_id as school, k.kind, k.id from (values (''enrollment'', c.id::text), (''user'', c.person_id::text)) k (kind, id)",
    "guardianships": "select e.school_id as school, ''user'' as kind, p.id::text from registry.enrolments e, (values (c.learner_id), (c.guardian_id)) p (id) where e.person_id = c.learner_id",
    "people": "select s.id as school, ''user'' as kind, c.id::text as id from (select e.school_id as id from registry.enrolments e where e.person_id = c.id union select m.unit_id from registry.memberships m where m.person_id = c.id union select e.school_id from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id where g.guardian_id = c.id) s"}';
  t text;
  objects text;
begin
  for t, objects in select key, value from jsonb_each_text(watched) loop
    -- A new person has no school yet; the tie that gives one tells of the person.
    if t <> 'people' then
      execute format('create trigger %I after insert on registry.%I referencing new table as fresh for each statement execute function registry.note_objects(%L)', t || '_objects_insert', t, objects);
      execute format('create trigger %I after delete on registry.%I referencing old table as stale for each statement execute function registry.note_objects(%L)', t || '_objects_delete', t, objects);
    end if;
    execute format('create trigger %I after update on registry.%I referencing new table as fresh old table as stale for each statement execute function registry.note_objects(%L)', t || '_objects_update', t, objects);
  end loop;
end $$;
