-- The kernel's own tables: what every module writes beside its rows, in the same transaction.
create schema kernel;

-- Ids an actor may reach, from the settings that AppDb puts into every transaction. A missing setting is an empty list, never everything.
create function kernel.scope(name text) returns uuid[]
  language sql stable parallel safe
  return coalesce(string_to_array(nullif(current_setting('app.' || name, true), ''), ',')::uuid[], '{}'::uuid[]);

create function kernel.person() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.person', true), '')::uuid;

create table kernel.outbox (
  id           uuid primary key,
  type         text        not null check (type <> ''),
  school_id    uuid        null,
  payload      jsonb       not null,
  occurred_at  timestamptz not null,
  attempts     smallint    not null default 0,
  due_at       timestamptz not null,
  last_error   text        null
);
create index outbox_due on kernel.outbox (due_at);

create table kernel.inbox (
  subscriber   text        not null,
  event_id     uuid        not null,
  handled_at   timestamptz not null default now(),
  primary key (subscriber, event_id)
);

-- One row a command that a client may repeat: the answer it got the first time.
create table kernel.idempotency (
  person_id    uuid        not null,
  key          uuid        not null,
  action       text        not null,
  answer       jsonb       not null,
  at           timestamptz not null,
  primary key (person_id, key)
);
create index idempotency_age on kernel.idempotency using brin (at);

-- Who read or changed what of whom. INSERT only: nobody but the owner can change it, not even by mistake.
create table kernel.audit (
  at           timestamptz not null,
  id           uuid        not null,
  actor_id     uuid        not null,
  role         text        not null,
  action       text        not null,
  school_id    uuid        null,
  subject_id   uuid        null,
  session_id   uuid        null,
  address      inet        null,
  detail       text        null,
  primary key (at, id)
) partition by range (at);
create index audit_subject on kernel.audit (subject_id, at);
do $$
declare month date := '2026-07-01';
begin
  while month < '2028-09-01' loop
    execute format('create table kernel.audit_%s partition of kernel.audit for values from (%L) to (%L)',
      to_char(month, 'YYYYMM'), month, month + interval '1 month');
    month := month + interval '1 month';
  end loop;
end $$;
create table kernel.audit_rest partition of kernel.audit default;

alter table kernel.audit enable row level security;
alter table kernel.audit force row level security;
create policy audit_write on kernel.audit for insert to myschool_app with check (actor_id = (select kernel.person()));
create policy audit_read on kernel.audit for select to myschool_app
  using (subject_id = any ((select kernel.scope('learners'))::uuid[]) or actor_id = (select kernel.person())
         or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy audit_worker on kernel.audit for insert to myschool_worker with check (true);

alter table kernel.idempotency enable row level security;
alter table kernel.idempotency force row level security;
create policy idempotency_own on kernel.idempotency to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));

grant usage on schema kernel to myschool_app, myschool_facts, myschool_worker;
grant insert on kernel.outbox, kernel.audit to myschool_app, myschool_worker;
grant select on kernel.audit to myschool_app;
grant select, insert on kernel.idempotency to myschool_app;
grant select, update, delete on kernel.outbox to myschool_worker;
grant select, insert, delete on kernel.inbox to myschool_worker;
