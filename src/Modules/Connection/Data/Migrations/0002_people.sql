-- An invitation: a link and a code, both kept as hashes.
create table connection.invitations (
  id            uuid primary key,
  unit_id       uuid not null,
  kind          text not null check (kind in ('region', 'municipality', 'school')),
  -- Filled by place_row from this module's own tree: whoever writes cannot claim a place.
  territory_ids uuid[] not null,
  unit_name     text not null,
  role          text not null check (role in ('teacher', 'deputy', 'head', 'psychologist', 'technician', 'school-administrator', 'municipal-coordinator', 'regional-coordinator')),
  name          text not null check (length(name) between 2 and 300),
  email         text null check (length(email) between 3 and 254),
  link_hash     bytea not null unique check (octet_length(link_hash) = 32),
  code_handle   text not null unique check (code_handle ~ '^[2-9A-Z]{4}$'),
  code_salt     bytea not null,
  code_hash     bytea not null,
  wrong_codes   smallint not null default 0,
  state         text not null default 'open' check (state in ('open', 'claimed', 'waiting', 'accepted', 'refused', 'revoked')),
  invited_by    uuid not null,
  created_at    timestamptz not null,
  expires_at    timestamptz not null check (expires_at > created_at),
  sent_at       timestamptz null,
  reminded_at   timestamptz null,
  -- Whoever holds the claim may finish it: a person of the registry, or the keyed hash of a stranger's account.
  claimed_by    bytea null,
  -- What ЕСИА proved, when it was not the invited name.
  proven_name   text null,
  proven_sealed text null,
  person_id     uuid null,
  decided_at    timestamptz null
);
create index invitations_unit on connection.invitations (unit_id, created_at desc);

-- A person's own request for access.
create table connection.requests (
  id            uuid primary key,
  school_id     uuid not null,
  territory_ids uuid[] not null,
  kind          text not null default 'school' check (kind = 'school'),
  unit_name     text not null,
  role          text not null check (role in ('teacher', 'deputy', 'head', 'psychologist', 'technician', 'guardian')),
  person_id     uuid null,
  asker         bytea not null check (octet_length(asker) = 32),
  name          text not null check (length(name) between 2 and 300),
  birth_date    date null,
  snils_tail    text not null default '',
  word          text not null default '' check (length(word) <= 500),
  child_name    text null,
  child_birth   date null,
  has_child_snils boolean not null default false,
  kinship       text null check (kinship in ('mother', 'father', 'guardian', 'other')),
  sealed        text null,
  state         text not null default 'waiting' check (state in ('waiting', 'confirmed', 'refused', 'withdrawn')),
  reason        text null check (length(reason) <= 500),
  created_at    timestamptz not null,
  decided_at    timestamptz null,
  decided_by    uuid null,
  check ((role = 'guardian') = (child_name is not null)),
  check (person_id is not null or sealed is not null or state <> 'waiting')
);
create index requests_school on connection.requests (school_id, state, created_at);
create index requests_asker on connection.requests (asker, created_at);

-- Wrong codes, by whoever tried them: a person, a stranger's account, a network.
create table connection.attempts (
  id   uuid primary key,
  who  bytea not null,
  at   timestamptz not null
);
create index attempts_who on connection.attempts (who, at);

create table connection.reminders (
  school_id   uuid not null,
  at          timestamptz not null,
  sent_by     uuid null,
  territory_ids uuid[] not null,
  step        text not null,
  letters     smallint not null,
  primary key (school_id, at)
);

create function connection.place_row() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  place record;
  unit uuid := coalesce(to_jsonb(new) ->> 'unit_id', to_jsonb(new) ->> 'school_id')::uuid;
begin
  select s.territory_ids, s.short_name, 'school' as kind into place from connection.schools s where s.school_id = unit and not s.is_closed
  union all select u.territory_ids, u.short_name, u.kind from connection.units u where u.unit_id = unit;
  if not found then raise exception 'unknown unit' using errcode = 'insufficient_privilege'; end if;
  new.territory_ids := place.territory_ids;
  new.unit_name := place.short_name;
  new.kind := place.kind;
  return new;
end $$;
create trigger invitations_place before insert on connection.invitations for each row execute function connection.place_row();
create trigger requests_place before insert on connection.requests for each row execute function connection.place_row();
revoke execute on function connection.place_row from public;

do $$
declare t text;
begin
  foreach t in array array['definitions', 'units', 'schools', 'arrivals', 'officials', 'contacts', 'points', 'invitations', 'requests', 'attempts', 'reminders'] loop
    execute format('alter table connection.%I enable row level security', t);
    execute format('alter table connection.%I force row level security', t);
    execute format('create policy worker_all on connection.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on connection.%I to myschool_worker', t);
  end loop;
end $$;
grant select on connection.definitions, connection.units, connection.schools, connection.officials, connection.contacts, connection.points,
  connection.invitations, connection.requests, connection.reminders to myschool_app;

-- The meaning of the figures is for everybody; the operator's to change.
create policy definitions_read on connection.definitions for select to myschool_app using (true);
create policy definitions_change on connection.definitions for update to myschool_app
  using (exists (select from connection.units u where u.kind = 'country' and u.unit_id = any ((select kernel.scope('territories'))::uuid[])))
  with check (changed_by = (select kernel.person()));
grant update (least_staff, use_days, changed_at, changed_by) on connection.definitions to myschool_app;

-- One's own territory and what lies under it; one's own school.
create policy units_read on connection.units for select to myschool_app
  using (unit_id = any ((select kernel.scope('territories'))::uuid[]) or territory_ids && (select kernel.scope('territories'))::uuid[]);
create policy schools_read on connection.schools for select to myschool_app
  using (school_id = any ((select kernel.scope('connection_schools'))::uuid[]) or territory_ids && (select kernel.scope('territories'))::uuid[]);
create policy points_read on connection.points for select to myschool_app
  using (unit_id = any ((select kernel.scope('territories'))::uuid[]) or territory_ids && (select kernel.scope('territories'))::uuid[]);
create policy reminders_read on connection.reminders for select to myschool_app
  using (school_id = any ((select kernel.scope('connection_schools'))::uuid[]) or territory_ids && (select kernel.scope('territories'))::uuid[]);

-- Officials: of one's own place, under it, and above it, because these can unblock.
create policy officials_read on connection.officials for select to myschool_app
  using (unit_id = any ((select kernel.scope('connection_schools'))::uuid[])
      or unit_id = any ((select kernel.scope('territories'))::uuid[])
      or territory_ids && (select kernel.scope('territories'))::uuid[]
      or exists (select from connection.schools s where s.school_id = any ((select kernel.scope('connection_schools'))::uuid[]) and officials.unit_id = any (s.territory_ids))
      or exists (select from connection.units u where u.unit_id = any ((select kernel.scope('territories'))::uuid[]) and officials.unit_id = any (u.territory_ids)));
create policy contacts_read on connection.contacts for select to myschool_app
  using (person_id = (select kernel.person()) or exists (select from connection.officials o where o.person_id = contacts.person_id));
create policy contacts_own on connection.contacts for insert to myschool_app with check (person_id = (select kernel.person()));
create policy contacts_change on connection.contacts for update to myschool_app using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
grant insert, update (email) on connection.contacts to myschool_app;

-- Who may invite whom and where: the same table as Domain/InvitationRules, written a second time on purpose.
create function connection.may_invite(role text, kind text, unit uuid, above uuid[]) returns boolean language sql stable as $$
  select case
    when role in ('teacher', 'deputy', 'head', 'psychologist', 'technician') then kind = 'school' and unit = any (kernel.scope('managed_schools'))
    when role = 'school-administrator' then kind = 'school' and above && kernel.scope('territories')
    when role = 'municipal-coordinator' then kind = 'municipality' and above && kernel.scope('territories')
    when role = 'regional-coordinator' then kind = 'region' and above && kernel.scope('territories')
    else false end
$$;
revoke execute on function connection.may_invite from public;
grant execute on function connection.may_invite to myschool_app;
create policy invitations_read on connection.invitations for select to myschool_app using (connection.may_invite(role, kind, unit_id, territory_ids));
create policy invitations_add on connection.invitations for insert to myschool_app
  with check (invited_by = (select kernel.person()) and connection.may_invite(role, kind, unit_id, territory_ids));
create policy invitations_change on connection.invitations for update to myschool_app
  using (connection.may_invite(role, kind, unit_id, territory_ids)) with check (connection.may_invite(role, kind, unit_id, territory_ids));
grant insert on connection.invitations to myschool_app;
grant update (state, link_hash, code_handle, code_salt, code_hash, wrong_codes, expires_at, sent_at, email, decided_at, person_id, proven_sealed, claimed_by) on connection.invitations to myschool_app;

-- Requests are the school administrator's to decide, and their author's to see.
create policy requests_read on connection.requests for select to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or person_id = (select kernel.person()));
create policy requests_decide on connection.requests for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
grant update (state, reason, decided_at, decided_by, sealed, person_id) on connection.requests to myschool_app;
