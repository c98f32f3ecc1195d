-- How many times the facts about a unit or a person have changed. Whoever keeps facts of a person also keeps the sum of the
-- epochs behind them: counts only grow, so an equal sum means that nothing has changed. See docs/decisions/006-kept-facts.md.
create table registry.epochs (
  -- A unit or a person; all zeros: everything.
  key   uuid primary key,
  epoch bigint not null
);
alter table registry.epochs enable row level security;
alter table registry.epochs force row level security;
create policy facts_read on registry.epochs for select to myschool_facts using (true);
grant select on registry.epochs to myschool_facts;

create function registry.move_epochs(keys uuid[]) returns void language sql as $$
  -- In order, so that two writers of the same keys wait and never lock each other out.
  insert into registry.epochs (key, epoch) select k, 1 from unnest(keys) k where k is not null group by k order by k
  on conflict (key) do update set epoch = epochs.epoch + 1
$$;

-- Whoever may change a fact must move its epoch and may do nothing else to it: so the triggers run as the owner.
-- Arguments: the columns that hold the units and people concerned. A bulk change moves everything at once: cheaper than
-- a row a person, and rare.
create function registry.note_change() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  many constant int := 1000;
  keys uuid[];
  total int;
begin
  execute case tg_op when 'UPDATE' then 'select count(*) from (table fresh union all table stale) c'
                     when 'DELETE' then 'select count(*) from stale' else 'select count(*) from fresh' end into total;
  if total = 0 then return null; end if;
  if total > many then
    keys := array['00000000-0000-0000-0000-000000000000'::uuid];
  else
    execute format('select array_agg(distinct k) from (%s) c, lateral unnest(array[%s]) k',
      case tg_op when 'UPDATE' then 'table fresh union all table stale' when 'DELETE' then 'table stale' else 'table fresh' end,
      array_to_string(tg_argv, ', ')) into keys;
  end if;
  perform registry.move_epochs(keys);
  return null;
end $$;

-- A new name reaches whoever the registry lists beside the person.
create function registry.note_person() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  many constant int := 1000;
begin
  if (select count(*) from fresh) > many then
    perform registry.move_epochs(array['00000000-0000-0000-0000-000000000000'::uuid]);
  else
    perform registry.move_epochs(array(
      select id from fresh
      union select m.unit_id from registry.memberships m join fresh f on f.id = m.person_id
      union select e.school_id from registry.enrolments e join fresh f on f.id = e.person_id
      union select g.guardian_id from registry.guardianships g join fresh f on f.id = g.learner_id));
  end if;
  return null;
end $$;
create trigger people_epoch after update on registry.people
  referencing new table as fresh for each statement execute function registry.note_person();

do $$
declare
  watched constant jsonb := '{
    "organisations": "id", "memberships": "unit_id, person_id", "academic_years": "school_id", "terms": "school_id", "classes": "school_id",
    "class_leaders": "school_id", "enrolments": "school_id, person_id", "teaching_groups": "school_id", "group_members": "school_id",
    "teaching_assignments": "school_id", "guardianships": "guardian_id, learner_id", "subjects": "''00000000-0000-0000-0000-000000000000''::uuid"}';
  t text;
  columns text;
begin
  for t, columns in select key, value from jsonb_each_text(watched) loop
    columns := replace(quote_literal(columns), ', ', ''', ''');
    execute format('create trigger %I after insert on registry.%I referencing new table as fresh for each statement execute function registry.note_change(%s)', t || '_epoch_insert', t, columns);
    execute format('create trigger %I after update on registry.%I referencing new table as fresh old table as stale for each statement execute function registry.note_change(%s)', t || '_epoch_update', t, columns);
    execute format('create trigger %I after delete on registry.%I referencing old table as stale for each statement execute function registry.note_change(%s)', t || '_epoch_delete', t, columns);
  end loop;
end $$;
revoke execute on function registry.move_epochs, registry.note_change, registry.note_person from public;
