-- How far schools have come: figures kept of every unit, invitations, requests for access, reminders.
-- Figures are kept, never counted for a page: see docs/decisions/010-connection-counts.md.
create schema connection;
grant usage on schema connection to myschool_app, myschool_worker;

-- What "connected" and "uses" mean; edited by the operator, one row.
create table connection.definitions (
  only_one    boolean primary key default true check (only_one),
  least_staff smallint not null default 5 check (least_staff between 1 and 500),
  use_days    smallint not null default 7 check (use_days between 1 and 60),
  changed_at  timestamptz not null default now(),
  changed_by  uuid null
);
insert into connection.definitions default values;

-- Territories with the sums of the schools under them.
create table connection.units (
  unit_id         uuid primary key,
  kind            text not null check (kind in ('country', 'region', 'municipality')),
  name            text not null,
  short_name      text not null,
  oktmo           text null,
  -- Nearest first, itself excluded.
  territory_ids   uuid[] not null,
  coordinators    integer not null default 0,
  schools         integer not null default 0,
  administered    integer not null default 0,
  connected       integer not null default 0,
  uses            integer not null default 0,
  -- Schools by the share of staff who have come: under 25, 25–49, 50–79, from 80 per cent.
  bands           integer[] not null default '{0,0,0,0}' check (array_length(bands, 1) = 4),
  staff           integer not null default 0,
  staff_came      integer not null default 0,
  learners        integer not null default 0
);
create index units_above on connection.units ((territory_ids[1]));

create table connection.schools (
  school_id       uuid primary key,
  name            text not null,
  short_name      text not null,
  oktmo           text null,
  ogrn            text null,
  address         text null,
  territory_ids   uuid[] not null,
  is_demo         boolean not null,
  is_closed       boolean not null,
  missing         text[] not null,
  administrators  integer not null,
  administrators_came integer not null,
  -- The last day of the last administrator whose end is known; null while somebody stays.
  administered_until date null,
  bells           integer not null,
  terms           integer not null,
  classes         integer not null,
  staff           integer not null,
  staff_came      integer not null,
  learners        integer not null,
  with_guardian   integer not null,
  first_mark_on   date null,
  last_mark_on    date null,
  -- The day that dated facts were judged by.
  counted_on      date not null,
  reminded_at     timestamptz null,
  -- Worked out by keep_flags from the row and the definitions.
  is_connected    boolean not null default false,
  is_used         boolean not null default false,
  band            smallint null check (band between 1 and 4),
  lag             smallint not null default 0
);
create index schools_above on connection.schools ((territory_ids[1]), lag desc, school_id);
create index schools_lag on connection.schools (lag desc, school_id);
create index schools_territory on connection.schools using gin (territory_ids);
create index schools_ogrn on connection.schools (ogrn) where ogrn is not null;

-- Those who have signed in at least once.
create table connection.arrivals (
  person_id  uuid primary key,
  first_at   timestamptz not null
);

-- Who answers for a unit: name and, when they gave one, an address to write to.
create table connection.officials (
  unit_id    uuid not null,
  person_id  uuid not null,
  role       text not null,
  name       text not null,
  ends_on    date null,
  territory_ids uuid[] not null,
  primary key (unit_id, person_id, role)
);
create table connection.contacts (
  person_id  uuid primary key,
  email      text not null check (length(email) between 3 and 254)
);

-- The points of the chart: one a day, never changed afterwards.
create table connection.points (
  unit_id    uuid not null,
  date       date not null,
  territory_ids uuid[] not null,
  schools    integer not null,
  connected  integer not null,
  uses       integer not null,
  bands      integer[] not null,
  staff      integer not null,
  staff_came integer not null,
  primary key (unit_id, date)
);

create function connection.keep_flags() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  d connection.definitions;
begin
  select * into d from connection.definitions;
  new.is_connected := new.administrators_came > 0 and new.classes > 0 and new.staff >= d.least_staff;
  new.is_used := coalesce(new.last_mark_on > new.counted_on - d.use_days, false);
  new.band := case when new.staff = 0 then null when new.staff_came * 100 / new.staff < 25 then 1
                   when new.staff_came * 100 / new.staff < 50 then 2 when new.staff_came * 100 / new.staff < 80 then 3 else 4 end;
  -- Laggards first: the more is missing, the higher.
  new.lag := (new.administrators = 0)::int * 40 + (new.administrators_came = 0)::int * 20 + (new.classes = 0)::int * 10 + (new.learners = 0)::int * 5
           + (new.staff < d.least_staff)::int * 5 + (not new.is_used)::int * 4 + (coalesce(new.band, 1) = 1)::int * 3 + (cardinality(new.missing) > 0)::int;
  return new;
end $$;
create trigger schools_flags before insert or update on connection.schools for each row execute function connection.keep_flags();

-- Moves the sums of every territory above by what the statement changed.
create function connection.keep_sums() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  source text := case tg_op when 'UPDATE' then '(select 1 as sign, * from fresh union all select -1, * from stale)'
                            when 'DELETE' then '(select -1 as sign, * from stale)' else '(select 1 as sign, * from fresh)' end;
begin
  execute format($sum$
    with moved as (
      select above, sum(sign)::int as schools, sum(sign * (administrators > 0)::int)::int as administered,
             sum(sign * is_connected::int)::int as connected, sum(sign * is_used::int)::int as uses,
             sum(sign * (band = 1)::int)::int as b1, sum(sign * (band = 2)::int)::int as b2, sum(sign * (band = 3)::int)::int as b3, sum(sign * (band = 4)::int)::int as b4,
             sum(sign * staff)::int as staff, sum(sign * staff_came)::int as staff_came, sum(sign * learners)::int as learners
        from %s s, unnest(territory_ids) above where not is_demo and not is_closed group by above)
    update connection.units u set schools = u.schools + m.schools, administered = u.administered + m.administered, connected = u.connected + m.connected,
           uses = u.uses + m.uses, staff = u.staff + m.staff, staff_came = u.staff_came + m.staff_came, learners = u.learners + m.learners,
           bands = array[u.bands[1] + coalesce(m.b1, 0), u.bands[2] + coalesce(m.b2, 0), u.bands[3] + coalesce(m.b3, 0), u.bands[4] + coalesce(m.b4, 0)]
      from moved m where m.above = u.unit_id$sum$, source);
  return null;
end $$;
create trigger schools_sums_insert after insert on connection.schools referencing new table as fresh for each statement execute function connection.keep_sums();
create trigger schools_sums_update after update on connection.schools referencing new table as fresh old table as stale for each statement execute function connection.keep_sums();
create trigger schools_sums_delete after delete on connection.schools referencing old table as stale for each statement execute function connection.keep_sums();
revoke execute on function connection.keep_flags, connection.keep_sums from public;

-- Another definition makes every flag anew; the sums follow by their trigger.
create function connection.redefine() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update connection.schools set lag = lag;
  return null;
end $$;
create trigger definitions_redefine after update on connection.definitions for each row execute function connection.redefine();
revoke execute on function connection.redefine from public;
