-- Likely doubles: pairs of rows that may be one person. Kept as people change, by whatever door, and never worked out for a page.
-- See docs/decisions/012-doubles-are-found-by-keys-and-judged-once.md.

-- Who is to be looked at (again). Only ever added to and taken from, so that no writer waits for the search.
create table registry.double_pending (
  person_id uuid not null
);
create index double_pending_person on registry.double_pending (person_id);

-- What two rows of one person have in common whatever was mistyped in the other fields: a part of the name with the date of
-- birth (its day and month in either order), or the whole name at one school. Pairs are looked for under equal keys only.
create table registry.double_keys (
  key       bigint not null,
  person_id uuid not null,
  primary key (key, person_id)
);
create index double_keys_person on registry.double_keys (person_id);

-- Parts of a surname and the first name, as they are compared: «ё» as «е», small letters, no apostrophes.
create function registry.name_parts(last text, first text) returns text[]
  language sql immutable parallel safe
  return string_to_array(translate(lower(last || '-' || first), 'ё ''’', 'е-'), '-');
grant execute on function registry.name_parts to myschool_worker;

-- Somebody tried to give one person what is already another's: a СНИЛС, or one ЕСИА account with the other's СНИЛС.
create table registry.double_signals (
  left_id  uuid not null references registry.people on delete cascade,
  right_id uuid not null references registry.people on delete cascade,
  kind     text not null check (kind in ('snils', 'esia')),
  at       timestamptz not null,
  primary key (left_id, right_id, kind),
  check (left_id < right_id)
);
create index double_signals_right on registry.double_signals (right_id);

create table registry.doubles (
  left_id     uuid not null references registry.people on delete cascade,
  right_id    uuid not null references registry.people on delete cascade,
  score       smallint not null check (score between 1 and 100),
  reasons     text[] not null,
  -- Schools of each side today (or, of those who have left, the last ones), and every unit above them, themselves included.
  left_schools  uuid[] not null,
  right_schools uuid[] not null,
  left_units    uuid[] not null,
  right_units   uuid[] not null,
  state       text not null default 'open' check (state in ('open', 'apart')),
  found_at    timestamptz not null,
  decided_by  uuid null,
  decided_at  timestamptz null,
  why         text null check (length(why) <= 300),
  primary key (left_id, right_id),
  check (left_id < right_id),
  check ((state = 'open') = (decided_at is null) and (decided_by is null) = (decided_at is null))
);
create index doubles_right on registry.doubles (right_id);
create index doubles_left_units on registry.doubles using gin (left_units);

-- Where people stand, for the walls: open facts, or the ended ones of those who have no other.
create function registry.home_schools(people uuid[]) returns table (person_id uuid, unit_id uuid)
  language sql stable set search_path = pg_catalog, pg_temp
  as $$
    with facts as (
      select e.person_id, e.school_id as unit_id, e.ends_on is null or e.ends_on >= current_date - 1 as is_open
        from registry.enrolments e where e.person_id = any(people)
      union all
      select m.person_id, m.unit_id, m.ends_on is null or m.ends_on >= current_date - 1
        from registry.memberships m where m.person_id = any(people)
      union all
      select g.guardian_id, e.school_id, (e.ends_on is null or e.ends_on >= current_date - 1) and (g.ends_on is null or g.ends_on >= current_date - 1)
        from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id where g.guardian_id = any(people)),
    ranked as (select f.*, bool_or(is_open) over (partition by f.person_id) as has_open from facts f)
    select distinct r.person_id, r.unit_id from ranked r where r.is_open or not r.has_open
  $$;
revoke execute on function registry.home_schools from public;
grant execute on function registry.home_schools to myschool_worker;

-- Whoever changes a person or a fact leaves a note for the search and can read nothing of it. Arguments: columns with people.
create function registry.note_doubles() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  source text := case tg_op when 'UPDATE' then '(table fresh union all table stale)' when 'DELETE' then '(table stale)' else '(table fresh)' end;
  noted bigint;
begin
  execute format('insert into registry.double_pending select distinct k from %s c, unnest(array[%s]) k', source, array_to_string(tg_argv, ', '));
  get diagnostics noted = row_count;
  if noted > 0 then
    insert into kernel.outbox (id, type, school_id, payload, occurred_at, due_at)
    select e.id, 'PeopleChanged', null, jsonb_build_object('eventId', e.id, 'occurredAt', now()), now(), '-infinity' from (select gen_random_uuid() as id) e;
  end if;
  return null;
end $$;
revoke execute on function registry.note_doubles from public;

do $$
declare
  watched constant jsonb := '{"people": "id", "identities": "person_id", "enrolments": "person_id", "memberships": "person_id",
    "guardianships": "guardian_id, learner_id", "double_signals": "left_id, right_id"}';
  t text;
  columns text;
begin
  for t, columns in select key, value from jsonb_each_text(watched) loop
    columns := replace(quote_literal(columns), ', ', ''', ''');
    execute format('create trigger %I after insert on registry.%I referencing new table as fresh for each statement execute function registry.note_doubles(%s)', t || '_double_insert', t, columns);
    execute format('create trigger %I after update on registry.%I referencing new table as fresh old table as stale for each statement execute function registry.note_doubles(%s)', t || '_double_update', t, columns);
    execute format('create trigger %I after delete on registry.%I referencing old table as stale for each statement execute function registry.note_doubles(%s)', t || '_double_delete', t, columns);
  end loop;
  foreach t in array array['double_pending', 'double_keys', 'double_signals', 'doubles'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on registry.%I to myschool_worker', t);
  end loop;
end $$;

-- At sign-in the authoriser sees that one account and one СНИЛС speak of two people. It may say so, and read nothing.
create policy double_signals_note on registry.double_signals for insert to myschool_facts with check (true);
grant insert on registry.double_signals to myschool_facts;

-- An administrator sees pairs with both sides at the own school; those who coordinate a territory, and the operator, see pairs
-- that no single school can decide, with both sides below them.
create policy doubles_read on registry.doubles for select to myschool_app
  using (left_units && (select kernel.scope('managed_schools'))::uuid[] and right_units && (select kernel.scope('managed_schools'))::uuid[]
      or left_units && (select kernel.scope('territories'))::uuid[] and right_units && (select kernel.scope('territories'))::uuid[]
         and not (left_schools = right_schools and cardinality(left_schools) = 1));
grant select on registry.doubles to myschool_app;

-- People known before this migration are looked at too.
insert into registry.double_pending select id from registry.people;
insert into kernel.outbox (id, type, school_id, payload, occurred_at, due_at)
select e.id, 'PeopleChanged', null, jsonb_build_object('eventId', e.id, 'occurredAt', now()), now(), '-infinity'
  from (select gen_random_uuid() as id where exists (select from registry.double_pending)) e;
