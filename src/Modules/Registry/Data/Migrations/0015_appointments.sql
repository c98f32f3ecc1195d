-- A school to try things in: no figure counts it.
alter table registry.organisations add column is_demo boolean not null default false;

-- Answers to orders of other modules: an order given twice has one effect.
create table registry.appointments (
  order_id   uuid primary key,
  person_id  uuid not null references registry.people,
  at         timestamptz not null
);
alter table registry.appointments enable row level security;
alter table registry.appointments force row level security;
create policy worker_all on registry.appointments to myschool_worker using (true) with check (true);
grant select, insert on registry.appointments to myschool_worker;

-- Tells whoever keeps figures which units to count anew: one event a statement, so an import of a thousand rows tells once.
-- Runs as the owner, because whoever may change a fact need not be able to read the outbox. Arguments: the column with the unit.
create function registry.tell_units_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  source text := case tg_op when 'UPDATE' then '(table fresh union all table stale)' when 'DELETE' then '(table stale)' else '(table fresh)' end;
  units uuid[];
begin
  if tg_argv[0] = 'learner_id' then
    execute format('select array_agg(distinct e.school_id) from %s c join registry.enrolments e on e.person_id = c.learner_id', source) into units;
  else
    execute format('select array_agg(distinct c.%I) from %s c', tg_argv[0], source) into units;
  end if;
  if units is not null then
    -- Due at once, whatever the clock of the platform says.
    insert into kernel.outbox (id, type, school_id, payload, occurred_at, due_at)
    select e.id, 'UnitsChanged', null, jsonb_build_object('eventId', e.id, 'occurredAt', now(), 'units', to_jsonb(units)), now(), '-infinity'
      from (select gen_random_uuid() as id) e;
  end if;
  return null;
end $$;
revoke execute on function registry.tell_units_changed from public;

do $$
declare
  watched constant jsonb := '{"organisations": "id", "memberships": "unit_id", "academic_years": "school_id", "terms": "school_id",
    "bells": "school_id", "classes": "school_id", "enrolments": "school_id", "guardianships": "learner_id"}';
  t text;
  unit text;
begin
  for t, unit in select key, value from jsonb_each_text(watched) loop
    execute format('create trigger %I after insert on registry.%I referencing new table as fresh for each statement execute function registry.tell_units_changed(%L)', t || '_told_insert', t, unit);
    execute format('create trigger %I after update on registry.%I referencing new table as fresh old table as stale for each statement execute function registry.tell_units_changed(%L)', t || '_told_update', t, unit);
    execute format('create trigger %I after delete on registry.%I referencing old table as stale for each statement execute function registry.tell_units_changed(%L)', t || '_told_delete', t, unit);
  end loop;
end $$;
