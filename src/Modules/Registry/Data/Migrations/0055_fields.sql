-- What became of every field of a person's card: by whose word, when, what it was and what it became; and which source is
-- believed when two of them disagree. See docs/decisions/023-a-field-has-a-source.md.
-- Whoever writes says whose word it is for the length of the transaction (Features/Fields/ChangeSource.cs); triggers keep it, so
-- no door can forget to. A new person writes nothing here: what a card began with is told by one word on the row itself.
create function registry.said(name text) returns text language sql stable parallel safe
  return nullif(current_setting('change.' || name, true), '');
grant execute on function registry.said to myschool_app, myschool_facts, myschool_worker;

alter table registry.people add column origin text not null default 'platform'
  check (origin in ('esia', 'region', 'school', 'import', 'platform'));
-- A card that a file has begun nobody has vouched for yet, whoever loaded the file: a region's word holds a field once it has changed it.
alter table registry.people alter column origin set default case registry.said('source') when 'region' then 'import' else coalesce(registry.said('source'), 'platform') end;

create table registry.field_changes (
  person_id uuid not null references registry.people on delete cascade,
  id        uuid not null,
  field     text not null check (field in ('last_name', 'first_name', 'middle_name', 'birth_date', 'gender', 'snils', 'esia')),
  at        timestamptz not null,
  source    text not null check (source in ('esia', 'region', 'school', 'import', 'platform')),
  -- Who spoke for the source; null when a system spoke by itself.
  by_person uuid null,
  school_id uuid null,
  import_id uuid null,
  -- Both are null for what is kept apart, in registry.field_secrets.
  old_value text null,
  new_value text null,
  why       text not null default 'write' check (why in ('write', 'import', 'undo', 'merge', 'part', 'sign-in', 'correct', 'restore', 'accept', 'confirm')),
  primary key (person_id, id)
);

-- Old and new numbers of identities, as the vault seals them; closed to people's requests as registry.identities is.
create table registry.field_secrets (
  person_id  uuid not null,
  change_id  uuid not null,
  old_cipher bytea null,
  new_cipher bytea null,
  old_oid    text null,
  new_oid    text null,
  primary key (person_id, change_id),
  foreign key (person_id, change_id) references registry.field_changes on delete cascade
);

-- Which source is the truth of a field, the strongest first. The operator's to change.
create table registry.field_truth (
  field      text primary key check (field in ('last_name', 'first_name', 'middle_name', 'birth_date', 'gender')),
  sources    text[] not null check (sources @> array['esia', 'region', 'school', 'import'] and cardinality(sources) = 4),
  changed_at timestamptz null,
  changed_by uuid null
);
insert into registry.field_truth (field, sources)
select f, array['esia', 'region', 'school', 'import'] from unnest(array['last_name', 'first_name', 'middle_name', 'birth_date', 'gender']) f;

-- What a weaker source says of a field that a stronger one holds: waits for a person. 'rehearsed': the file is not written yet.
create table registry.field_proposals (
  person_id  uuid not null references registry.people on delete cascade,
  id         uuid not null,
  field      text not null references registry.field_truth,
  source     text not null check (source in ('esia', 'region', 'school', 'import', 'platform')),
  value      text not null check (length(value) between 1 and 100),
  at         timestamptz not null,
  by_person  uuid null,
  school_id  uuid null,
  import_id  uuid null,
  state      text not null default 'open' check (state in ('rehearsed', 'open', 'accepted', 'refused', 'agreed', 'overtaken')),
  decided_by uuid null,
  decided_at timestamptz null,
  primary key (person_id, id),
  check ((state in ('rehearsed', 'open')) = (decided_at is null))
);
create unique index field_proposals_open on registry.field_proposals (person_id, field, source) where state = 'open';
create index field_proposals_import on registry.field_proposals (import_id) where import_id is not null;

-- Who holds a field: whoever changed or confirmed it last, or whoever began the card.
create function registry.field_holder(person uuid, name text, origin text) returns text language sql stable
  return coalesce((select c.source from registry.field_changes c where c.person_id = person and c.field = name order by c.id desc limit 1), origin);

-- Whether a source may change what another holds; one that is not ranked is the weakest. Domain/FieldTruth.cs says the same.
create function registry.outranks(told text, holder text, sources text[]) returns boolean language sql immutable
  return coalesce(array_position(sources, told), 99) <= coalesce(array_position(sources, holder), 99);
grant execute on function registry.field_holder, registry.outranks to myschool_app, myschool_worker;

-- Keeps what changed of people, a statement at a time. Where the card agrees at last with what a source said, nothing is left to decide.
create function registry.note_fields() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with moved as (
    select n.id as person_id, f.field, f.was, f.became
      from fresh n join stale o on o.id = n.id
       and (n.last_name, n.first_name, n.middle_name, n.birth_date, n.gender) is distinct from (o.last_name, o.first_name, o.middle_name, o.birth_date, o.gender)
      cross join lateral (values ('last_name', o.last_name, n.last_name), ('first_name', o.first_name, n.first_name), ('middle_name', o.middle_name, n.middle_name),
        ('birth_date', o.birth_date::text, n.birth_date::text), ('gender', o.gender, n.gender)) f (field, was, became)
     where f.was is distinct from f.became),
  kept as (
    insert into registry.field_changes (person_id, id, field, at, source, by_person, school_id, import_id, old_value, new_value, why)
    select person_id, registry.uuid7(), field, coalesce(registry.said('at')::timestamptz, now()), coalesce(registry.said('source'), 'platform'),
           registry.said('by')::uuid, registry.said('school')::uuid, registry.said('import')::uuid, was, became, coalesce(registry.said('why'), 'write')
      from moved)
  update registry.field_proposals p set state = 'agreed', decided_at = coalesce(registry.said('at')::timestamptz, now())
    from moved m where p.person_id = m.person_id and p.field = m.field and p.state = 'open' and p.value = m.became;
  return null;
end $$;
create trigger people_fields after update on registry.people
  referencing new table as fresh old table as stale for each statement execute function registry.note_fields();

create function registry.note_identities() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  with moved as materialized (
    select n.person_id, registry.uuid7() as id, f.field, o.snils_cipher as old_cipher, n.snils_cipher as new_cipher, o.esia_oid as old_oid, n.esia_oid as new_oid
      from fresh n join stale o on o.person_id = n.person_id
      cross join lateral (values ('snils', n.snils_hash is distinct from o.snils_hash), ('esia', n.esia_oid is distinct from o.esia_oid)) f (field, differs)
     where f.differs),
  kept as (
    insert into registry.field_changes (person_id, id, field, at, source, by_person, school_id, import_id, why)
    -- An account is bound by a sign-in, which says no more than that.
    select person_id, id, field, coalesce(registry.said('at')::timestamptz, now()), coalesce(registry.said('source'), case field when 'esia' then 'esia' else 'platform' end),
           registry.said('by')::uuid, registry.said('school')::uuid, registry.said('import')::uuid, coalesce(registry.said('why'), case field when 'esia' then 'sign-in' else 'write' end)
      from moved)
  insert into registry.field_secrets (person_id, change_id, old_cipher, new_cipher, old_oid, new_oid)
  select person_id, id, case field when 'snils' then old_cipher end, case field when 'snils' then new_cipher end,
         case field when 'esia' then old_oid end, case field when 'esia' then new_oid end from moved;
  return null;
end $$;
create trigger identities_fields after update on registry.identities
  referencing new table as fresh old table as stale for each statement execute function registry.note_identities();
revoke execute on function registry.note_fields, registry.note_identities from public;

-- Whose card an administrator keeps: whoever learns or works at the own school today, or represents a child who learns there.
-- A function of the owner, because a policy on people cannot ask tables that ask people.
create function registry.keeps_card(person uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select exists (select from registry.enrolments e where e.person_id = person and (e.ends_on is null or e.ends_on >= current_date - 1)
                    and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
        or exists (select from registry.memberships m where m.person_id = person and (m.ends_on is null or m.ends_on >= current_date - 1)
                    and m.unit_id = any ((select kernel.scope('managed_schools'))::uuid[]))
        or exists (select from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id
                    where g.guardian_id = person and (g.ends_on is null or g.ends_on >= current_date - 1) and (e.ends_on is null or e.ends_on >= current_date - 1)
                      and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  $$;
revoke execute on function registry.keeps_card from public;
grant execute on function registry.keeps_card to myschool_app;

do $$
declare t text;
begin
  foreach t in array array['field_changes', 'field_secrets', 'field_truth', 'field_proposals'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on registry.%I to myschool_worker', t);
  end loop;
end $$;
create policy field_changes_read on registry.field_changes for select to myschool_app using (registry.keeps_card(person_id));
grant select on registry.field_changes to myschool_app;
-- The last digits of an earlier number, for those to whom the present ones are open.
create policy field_secrets_read on registry.field_secrets for select to myschool_facts using (true);
grant select on registry.field_secrets to myschool_facts;

create policy field_truth_read on registry.field_truth for select to myschool_app using (true);
create policy field_truth_rule on registry.field_truth for update to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (changed_by = (select kernel.person()));
grant select, update (sources, changed_at, changed_by) on registry.field_truth to myschool_app;

create policy field_proposals_read on registry.field_proposals for select to myschool_app using (state <> 'rehearsed' and registry.keeps_card(person_id));
create policy field_proposals_add on registry.field_proposals for insert to myschool_app
  with check (source = 'school' and state = 'open' and by_person = (select kernel.person()) and registry.keeps_card(person_id));
create policy field_proposals_decide on registry.field_proposals for update to myschool_app
  using (state = 'open' and registry.keeps_card(person_id)) with check (decided_by = (select kernel.person()) and registry.keeps_card(person_id));
grant select, insert, update (state, decided_by, decided_at) on registry.field_proposals to myschool_app;

-- A name is corrected by the school that keeps the card; whether the school's word is enough is the handler's to judge.
create policy people_correct on registry.people for update to myschool_app using (registry.keeps_card(id)) with check (registry.keeps_card(id));
grant update (last_name, first_name, middle_name, birth_date, gender) on registry.people to myschool_app;
