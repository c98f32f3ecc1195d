-- Keys that a person issues for themself: a calendar by a secret link, and tokens for programs of one's own. The secret is known to its
-- holder only; here is its SHA-256. A key reads as its issuer does at that moment and never more: see decisions/032.
create table access.read_keys (
  id           uuid        primary key,
  kind         text        not null check (kind in ('calendar', 'family')),
  secret_hash  bytea       not null unique check (octet_length(secret_hash) = 32),
  person_id    uuid        not null,
  role         text        not null,
  unit_id      uuid        not null,
  name         text        not null default '' check (length(name) <= 80),
  created_at   timestamptz not null,
  expires_at   timestamptz null check (expires_at > created_at),
  last_used_at timestamptz null,
  revoked_at   timestamptz null,
  check ((kind = 'family') = (expires_at is not null))
);
create index read_keys_person on access.read_keys (person_id);
create index read_keys_ended on access.read_keys (least(revoked_at, expires_at)) where revoked_at is not null or expires_at is not null;

create table access.read_key_learners (
  key_id       uuid        not null references access.read_keys on delete cascade,
  person_id    uuid        not null,
  learner_id   uuid        not null,
  primary key (key_id, learner_id)
);
create index read_key_learners_learner on access.read_key_learners (learner_id);
create index read_key_learners_person on access.read_key_learners (person_id);

do $$
declare t text;
begin
  foreach t in array array['read_keys', 'read_key_learners'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
    execute format('create policy worker_all on access.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on access.%I to myschool_worker', t);
    execute format('create policy %I on access.%I for select to myschool_facts using (true)', t || '_facts', t);
    execute format('grant select on access.%I to myschool_facts', t);
    execute format('create policy %I on access.%I for select to myschool_app using (person_id = (select kernel.person()))', t || '_own', t);
  end loop;
end $$;
create policy read_keys_touch on access.read_keys for update to myschool_facts using (true) with check (true);
grant update (last_used_at) on access.read_keys to myschool_facts;
create policy read_keys_issue on access.read_keys for insert to myschool_app with check (person_id = (select kernel.person()));
create policy read_keys_revoke on access.read_keys for update to myschool_app using (person_id = (select kernel.person())) with check (revoked_at is not null);
create policy read_key_learners_issue on access.read_key_learners for insert to myschool_app
  with check (person_id = (select kernel.person()) and learner_id = any ((select kernel.scope('own_learners'))::uuid[]));
grant select, insert, update (revoked_at) on access.read_keys to myschool_app;
grant select, insert on access.read_key_learners to myschool_app;
