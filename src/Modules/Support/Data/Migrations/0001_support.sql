-- Those who write to support, and those who answer: a ticket goes up a chain of units, nearest first.
-- See docs/decisions/018-support-sees-little.md.
create schema support;
grant usage on schema support to myschool_app, myschool_worker;

-- Hours within which a level answers; the operator's to change.
create table support.terms (
  level       text primary key check (level in ('school', 'municipality', 'region', 'country')),
  hours       smallint not null check (hours between 1 and 720),
  changed_at  timestamptz not null default now(),
  changed_by  uuid null
);
insert into support.terms (level, hours) values ('school', 24), ('municipality', 48), ('region', 72), ('country', 72);

create table support.tickets (
  id           uuid primary key,
  -- What people call it by.
  number       bigint generated always as identity (start with 1001) unique,
  -- Null: somebody who cannot sign in and wrote by mail.
  author_id    uuid null,
  role         text not null check (length(role) <= 40),
  -- School or office it came from, as everybody knows it; empty when the person left it out.
  from_name    text not null check (length(from_name) <= 400),
  kind         text not null check (kind in ('sign-in', 'marks', 'people', 'consents', 'connection', 'error', 'idea', 'other')),
  title        text not null check (length(title) between 3 and 120),
  -- Units that may answer, nearest first: school, municipality, region, country. Never changed.
  chain        uuid[] not null check (cardinality(chain) between 1 and 6),
  chain_names  text[] not null check (cardinality(chain_names) = cardinality(chain)),
  chain_kinds  text[] not null check (cardinality(chain_kinds) = cardinality(chain)),
  step         smallint not null default 1 check (step between 1 and 6),
  unit_id      uuid not null generated always as (chain[step]) stored,
  -- The unit that got it first: the one that decides whether pictures go further.
  first_unit   uuid not null,
  -- Units it has been with, the present one included: those who see it.
  seen_by      uuid[] not null check (seen_by <@ chain),
  state        text not null check (state in ('unconfirmed', 'new', 'ours', 'author', 'closed')),
  taken_by     uuid null,
  due_at       timestamptz null,
  has_news     boolean not null default false,
  version      integer not null default 1,
  created_at   timestamptz not null,
  changed_at   timestamptz not null,
  closed_at    timestamptz null,
  rating       smallint null check (rating between 1 and 5),
  -- What the person let us know of where they were; ids are cut out before it gets here.
  seen_path    text null check (length(seen_path) <= 200),
  seen_trace   text null check (length(seen_trace) <= 100),
  seen_browser text null check (length(seen_browser) <= 100),
  check ((state = 'closed') = (closed_at is not null)),
  check (chain[step] is not null)
);
create index tickets_queue on support.tickets (unit_id, state, due_at);
create index tickets_author on support.tickets (author_id, created_at desc) where author_id is not null;
create index tickets_age on support.tickets (created_at) where state = 'unconfirmed';

-- Who wrote: apart, because only their own school may know it.
create table support.authors (
  ticket_id    uuid primary key references support.tickets (id),
  name         text not null check (length(name) between 2 and 300),
  email        text null check (length(email) between 3 and 254),
  -- Where somebody without a session wrote from, hashed: a limit counts by it.
  network      text null
);
create index authors_email on support.authors (lower(email)) where network is not null;

create table support.messages (
  id           uuid primary key,
  ticket_id    uuid not null references support.tickets (id),
  kind         text not null check (kind in ('author', 'answer', 'note')),
  by_person    uuid null,
  unit_name    text null,
  text         text not null check (length(text) between 1 and 8000),
  at           timestamptz not null
);
create index messages_ticket on support.messages (ticket_id, at);

create table support.pictures (
  id           uuid primary key,
  ticket_id    uuid not null references support.tickets (id),
  message_id   uuid not null references support.messages (id),
  media_type   text not null check (media_type in ('image/jpeg', 'image/png')),
  width        integer not null,
  height       integer not null,
  bytes        bytea not null check (octet_length(bytes) <= 4194304),
  -- Levels above see a picture only when whoever passed the ticket up has let it go along.
  is_shared    boolean not null default false
);
create index pictures_ticket on support.pictures (ticket_id);

-- What happened to a ticket, step by step.
create table support.steps (
  id           uuid primary key,
  ticket_id    uuid not null references support.tickets (id),
  at           timestamptz not null,
  what         text not null check (what in ('sent', 'confirmed', 'taken', 'answered', 'replied', 'noted', 'up', 'down', 'closed', 'reopened', 'rated')),
  by_person    uuid null,
  unit_name    text null,
  detail       text null check (length(detail) <= 500)
);
create index steps_ticket on support.steps (ticket_id, at);

do $$
declare t text;
begin
  foreach t in array array['terms', 'tickets', 'authors', 'messages', 'pictures', 'steps'] loop
    execute format('alter table support.%I enable row level security', t);
    execute format('alter table support.%I force row level security', t);
    execute format('create policy worker_all on support.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on support.%I to myschool_worker', t);
  end loop;
end $$;
grant select, insert on support.tickets, support.authors, support.messages, support.pictures, support.steps to myschool_app;
grant select on support.terms to myschool_app;

-- Terms are no secret; the operator's to change.
create policy terms_read on support.terms for select to myschool_app using (true);
create policy terms_change on support.terms for update to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (changed_by = (select kernel.person()));
grant update (hours, changed_at, changed_by) on support.terms to myschool_app;

-- A ticket is its author's and of the units it has been with; nobody else's, however high.
create policy tickets_read on support.tickets for select to myschool_app
  using (author_id = (select kernel.person()) or state <> 'unconfirmed' and seen_by && (select kernel.scope('support_units'))::uuid[]);
create policy tickets_add on support.tickets for insert to myschool_app
  with check (author_id = (select kernel.person()) and state = 'new' and seen_by = chain[step:step] and first_unit = chain[step]);
-- Whoever has it now moves it along its own chain; the author answers, closes and rates it.
create policy tickets_handle on support.tickets for update to myschool_app
  using (author_id = (select kernel.person()) or state <> 'unconfirmed' and unit_id = any ((select kernel.scope('support_units'))::uuid[]))
  with check (author_id = (select kernel.person()) or seen_by && (select kernel.scope('support_units'))::uuid[]);
grant update (step, seen_by, state, taken_by, due_at, has_news, version, changed_at, closed_at, rating) on support.tickets to myschool_app;

-- The name stays with the author and the first unit, and with the first unit only while that is the author's own school.
create policy authors_read on support.authors for select to myschool_app
  using (exists (select from support.tickets t where t.id = ticket_id and (t.author_id = (select kernel.person())
      or t.chain_kinds[1] = 'school' and t.chain[1] = any ((select kernel.scope('support_units'))::uuid[]))));
create policy authors_add on support.authors for insert to myschool_app
  with check (network is null and exists (select from support.tickets t where t.id = ticket_id and t.author_id = (select kernel.person())));

-- Notes are for those who answer.
create policy messages_read on support.messages for select to myschool_app
  using (exists (select from support.tickets t where t.id = ticket_id and (messages.kind <> 'note' or t.seen_by && (select kernel.scope('support_units'))::uuid[])));
create policy messages_add on support.messages for insert to myschool_app
  with check (by_person = (select kernel.person()) and exists (select from support.tickets t where t.id = ticket_id
    and case when messages.kind = 'author' then t.author_id = (select kernel.person()) else t.unit_id = any ((select kernel.scope('support_units'))::uuid[]) end));

create policy pictures_read on support.pictures for select to myschool_app
  using (exists (select from support.tickets t where t.id = ticket_id and (pictures.is_shared or t.author_id = (select kernel.person())
      or t.first_unit = any ((select kernel.scope('support_units'))::uuid[]))));
create policy pictures_add on support.pictures for insert to myschool_app
  with check (not is_shared and exists (select from support.tickets t where t.id = ticket_id and t.author_id = (select kernel.person())));
create policy pictures_share on support.pictures for update to myschool_app
  using (exists (select from support.tickets t where t.id = ticket_id and t.unit_id = any ((select kernel.scope('support_units'))::uuid[])
    and (pictures.is_shared or t.first_unit = t.unit_id))) with check (is_shared);
grant update (is_shared) on support.pictures to myschool_app;

create policy steps_read on support.steps for select to myschool_app
  using (exists (select from support.tickets t where t.id = ticket_id and (steps.what <> 'noted' or t.seen_by && (select kernel.scope('support_units'))::uuid[])));
create policy steps_add on support.steps for insert to myschool_app
  with check (by_person = (select kernel.person()) and exists (select from support.tickets t where t.id = ticket_id));
