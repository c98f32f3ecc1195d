-- What a family is told of a diary, when and by what way. What has happened waits here for the correction window; then it becomes lines
-- of those who are to be told, each with the moment it leaves at.
create schema notices;

create table notices.settings (
  person_id     uuid        primary key,
  marks         text        not null check (marks in ('now', 'digest', 'never')),
  absences      text        not null check (absences in ('now', 'digest', 'never')),
  homework      text        not null check (homework in ('now', 'digest', 'never')),
  -- Minutes of the day by the school's clock. Quiet from 21:00 to 8:00 passes midnight; equal ends are no quiet hours.
  digest_at     smallint    not null check (digest_at between 0 and 1439),
  quiet_from    smallint    not null check (quiet_from between 0 and 1439),
  quiet_to      smallint    not null check (quiet_to between 0 and 1439),
  changed_at    timestamptz not null
);

create table notices.school_settings (
  school_id      uuid     primary key,
  -- How long a mark rests before anybody is told of it: a slip of the hand is corrected and nobody was alarmed.
  window_minutes smallint not null check (window_minutes between 0 and 120)
);

-- Web Push: an address at the browser's own service and the keys that only this browser can read with (RFC 8291).
create table notices.devices (
  id          uuid        primary key,
  person_id   uuid        not null,
  endpoint    text        not null unique check (length(endpoint) <= 1000),
  public_key  bytea       not null check (octet_length(public_key) = 65),
  secret      bytea       not null check (octet_length(secret) = 16),
  name        text        not null check (length(name) <= 80),
  created_at  timestamptz not null
);
create index devices_person on notices.devices (person_id);

-- The platform's own key at push services (RFC 8292), sealed as cookies are.
create table notices.push_keys (
  id          smallint primary key check (id = 1),
  public_key  bytea    not null,
  sealed      text     not null
);

create table notices.pending (
  id          uuid        primary key,
  learner_id  uuid        not null,
  school_id   uuid        not null,
  lesson_id   uuid        not null,
  kind        text        not null check (kind in ('mark', 'absence', 'homework')),
  subject     text        not null,
  day         date        not null,
  -- What stands now; null: nothing any more.
  value       text        null,
  detail      text        null,
  had_before  boolean     not null,
  happened_at timestamptz not null,
  due_at      timestamptz not null,
  unique (learner_id, lesson_id, kind)
);
create index pending_due on notices.pending (due_at);

create table notices.lines (
  id          uuid        primary key,
  person_id   uuid        not null,
  learner_id  uuid        not null,
  kind        text        not null check (kind in ('mark', 'absence', 'homework')),
  mode        text        not null check (mode in ('now', 'digest')),
  child       text        not null,
  text        text        not null,
  happened_at timestamptz not null,
  send_at     timestamptz not null
);
create index lines_due on notices.lines (send_at);
create index lines_person on notices.lines (person_id);
create index lines_learner on notices.lines (learner_id);

do $$
declare t text;
begin
  foreach t in array array['settings', 'school_settings', 'devices', 'push_keys', 'pending', 'lines'] loop
    execute format('alter table notices.%I enable row level security', t);
    execute format('alter table notices.%I force row level security', t);
    execute format('create policy worker_all on notices.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on notices.%I to myschool_worker', t);
  end loop;
end $$;
create policy settings_own on notices.settings to myschool_app using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
create policy devices_own on notices.devices to myschool_app using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
create policy school_settings_own on notices.school_settings to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant usage on schema notices to myschool_app, myschool_worker;
grant select, insert, update on notices.settings, notices.school_settings to myschool_app;
grant select, insert, delete on notices.devices to myschool_app;

-- Rows follow two cards made one: see kernel.keep_merges.
select kernel.keep_merges('notices');
