-- Organisations, people and the dated facts that bind them. Row-level security is the second wall:
-- every policy reads the scopes that AppDb puts into the transaction (see Contracts/Access/ScopeTable.cs).
create schema registry;

create table registry.organisations (
  id          uuid primary key,
  parent_id   uuid null references registry.organisations,
  kind        text not null check (kind in ('country', 'region', 'municipality', 'school')),
  name        text not null check (length(name) between 2 and 400),
  short_name  text not null check (length(short_name) between 2 and 120),
  oktmo       text null check (oktmo ~ '^(\d{8}|\d{11})$'),
  inn         text null check (inn ~ '^(\d{10}|\d{12})$'),
  ogrn        text null check (ogrn ~ '^(\d{13}|\d{15})$'),
  address     text null check (length(address) <= 500),
  time_zone   text not null default 'Europe/Moscow',
  source_id   text null,
  closed_on   date null
);
create unique index organisations_ogrn on registry.organisations (ogrn) where ogrn is not null;
create unique index organisations_source on registry.organisations (source_id) where source_id is not null;
create index organisations_parent on registry.organisations (parent_id);

-- Every ancestor of every organisation, itself included: "schools of a region" is one index probe.
create table registry.unit_closure (
  ancestor_id   uuid not null references registry.organisations,
  descendant_id uuid not null references registry.organisations,
  depth         smallint not null,
  primary key (ancestor_id, descendant_id)
);
create index unit_closure_up on registry.unit_closure (descendant_id);

create table registry.people (
  id          uuid primary key,
  last_name   text not null check (length(last_name) between 1 and 100),
  first_name  text not null check (length(first_name) between 1 and 100),
  middle_name text not null default '' check (length(middle_name) <= 100),
  birth_date  date null check (birth_date between '1900-01-01' and '2100-01-01'),
  gender      text null check (gender in ('male', 'female')),
  source_id   text null
);
create index people_name on registry.people (lower(last_name) text_pattern_ops, lower(first_name) text_pattern_ops);
create unique index people_source on registry.people (source_id) where source_id is not null;

-- СНИЛС and ЕСИА ids live apart: no role of people's requests may read them, so their uniqueness is no oracle.
create table registry.identities (
  person_id    uuid primary key references registry.people,
  snils_hash   bytea null unique,
  snils_cipher bytea null,
  esia_oid     text null unique,
  bound_at     timestamptz null,
  check ((snils_hash is null) = (snils_cipher is null))
);

create table registry.memberships (
  unit_id    uuid not null references registry.organisations,
  id         uuid not null,
  person_id  uuid not null references registry.people,
  role       text not null check (role in ('teacher', 'deputy', 'head', 'school-administrator', 'psychologist', 'technician',
                                           'municipal-coordinator', 'regional-coordinator', 'operator')),
  position   text null check (length(position) <= 200),
  starts_on  date not null,
  ends_on    date null,
  source_id  text null,
  primary key (unit_id, id),
  check (ends_on is null or ends_on >= starts_on)
);
create index memberships_person on registry.memberships (person_id);

create table registry.academic_years (
  school_id  uuid not null references registry.organisations,
  year       smallint not null check (year between 2000 and 2100),
  starts_on  date not null,
  ends_on    date not null,
  primary key (school_id, year),
  check (ends_on > starts_on)
);

create table registry.terms (
  school_id  uuid not null,
  id         uuid not null,
  year       smallint not null,
  number     smallint not null check (number between 1 and 6),
  name       text not null,
  starts_on  date not null,
  ends_on    date not null,
  source_id  text null,
  primary key (school_id, id),
  unique (school_id, year, number),
  foreign key (school_id, year) references registry.academic_years,
  check (ends_on > starts_on),
  exclude using gist (school_id with =, daterange(starts_on, ends_on, '[]') with &&)
);

-- Bell times by shift; shift 2 starts no sooner than 30 minutes after shift 1 ends.
create table registry.bells (
  school_id  uuid not null references registry.organisations,
  shift      smallint not null check (shift between 1 and 2),
  number     smallint not null check (number between 1 and 12),
  starts_at  time not null,
  ends_at    time not null,
  primary key (school_id, shift, number),
  check (ends_at > starts_at)
);

create table registry.subjects (
  id         uuid primary key,
  name       text not null,
  short_name text not null,
  code       text null unique
);

create table registry.classes (
  school_id  uuid not null references registry.organisations,
  id         uuid not null,
  year       smallint not null,
  grade      smallint not null check (grade between 1 and 12),
  letter     text not null check (length(letter) between 0 and 20),
  shift      smallint not null default 1,
  source_id  text null,
  primary key (school_id, id),
  unique (school_id, year, grade, letter)
);
create unique index classes_id on registry.classes (id);

create table registry.class_leaders (
  school_id  uuid not null,
  id         uuid not null,
  class_id   uuid not null,
  person_id  uuid not null references registry.people,
  starts_on  date not null,
  ends_on    date null,
  primary key (school_id, id),
  foreign key (school_id, class_id) references registry.classes,
  check (ends_on is null or ends_on >= starts_on)
);
create index class_leaders_person on registry.class_leaders (person_id);

create table registry.enrolments (
  school_id  uuid not null,
  id         uuid not null,
  person_id  uuid not null references registry.people,
  class_id   uuid not null,
  starts_on  date not null,
  ends_on    date null,
  order_no   text null check (length(order_no) <= 100),
  source_id  text null,
  primary key (school_id, id),
  foreign key (school_id, class_id) references registry.classes,
  check (ends_on is null or ends_on >= starts_on)
);
create index enrolments_person on registry.enrolments (person_id);
create index enrolments_class on registry.enrolments (class_id);

-- A class at a subject (kind 'class': everybody enrolled attends) or a part of it (kind 'subgroup': listed members attend).
create table registry.teaching_groups (
  school_id  uuid not null,
  id         uuid not null,
  class_id   uuid not null,
  subject_id uuid not null references registry.subjects,
  year       smallint not null,
  kind       text not null check (kind in ('class', 'subgroup')),
  name       text not null default '' check (length(name) <= 60),
  source_id  text null,
  primary key (school_id, id),
  foreign key (school_id, class_id) references registry.classes
);
create unique index teaching_groups_id on registry.teaching_groups (id);
create index teaching_groups_class on registry.teaching_groups (class_id);

create table registry.group_members (
  school_id  uuid not null,
  group_id   uuid not null,
  person_id  uuid not null references registry.people,
  starts_on  date not null,
  ends_on    date null,
  primary key (school_id, group_id, person_id, starts_on),
  foreign key (school_id, group_id) references registry.teaching_groups,
  check (ends_on is null or ends_on >= starts_on)
);
create index group_members_person on registry.group_members (person_id);
create index group_members_group on registry.group_members (group_id);

create table registry.teaching_assignments (
  school_id  uuid not null,
  id         uuid not null,
  group_id   uuid not null,
  person_id  uuid not null references registry.people,
  starts_on  date not null,
  ends_on    date null,
  basis      text not null default 'main' check (basis in ('main', 'substitute')),
  source_id  text null,
  primary key (school_id, id),
  foreign key (school_id, group_id) references registry.teaching_groups,
  check (ends_on is null or ends_on >= starts_on)
);
create index teaching_assignments_person on registry.teaching_assignments (person_id);
create index teaching_assignments_group on registry.teaching_assignments (group_id);

create table registry.guardianships (
  learner_id  uuid not null references registry.people,
  guardian_id uuid not null references registry.people,
  kinship     text not null check (kinship in ('mother', 'father', 'guardian', 'other')),
  starts_on   date not null,
  ends_on     date null,
  -- A court may bar a parent: the fact stays, the tie does not.
  restriction text null check (length(restriction) <= 300),
  primary key (guardian_id, learner_id, starts_on),
  check (learner_id <> guardian_id),
  check (ends_on is null or ends_on >= starts_on)
);
create index guardianships_learner on registry.guardianships (learner_id);

-- Every change of a person's or school's row: who, when, what.
create table registry.history (
  id         uuid not null,
  at         timestamptz not null,
  table_name text not null,
  row_id     uuid not null,
  school_id  uuid null,
  actor_id   uuid not null,
  old_row    jsonb null,
  new_row    jsonb null,
  why        text null,
  primary key (at, id)
);
create index history_row on registry.history (row_id, at);

-- Second wall. Scopes: see ScopeTable. "(select kernel.scope(…))" is evaluated once a statement, not once a row.
do $$
declare t text;
begin
  foreach t in array array['organisations','unit_closure','people','identities','memberships','academic_years','terms','bells','classes',
    'class_leaders','enrolments','teaching_groups','group_members','teaching_assignments','guardianships','history'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    -- The worker imports under an action of its own; the authoriser reads relation facts and nothing else (grants below).
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
  end loop;
  foreach t in array array['organisations','unit_closure','people','identities','memberships','academic_years','terms','classes',
    'class_leaders','enrolments','teaching_groups','group_members','teaching_assignments','guardianships'] loop
    execute format('create policy facts_read on registry.%I for select to myschool_facts using (true)', t);
    execute format('grant select on registry.%I to myschool_facts', t);
  end loop;
end $$;

grant usage on schema registry to myschool_app, myschool_facts, myschool_worker;
grant select on registry.subjects to myschool_app, myschool_facts;
grant select, insert, update, delete on all tables in schema registry to myschool_worker;
grant update (esia_oid, bound_at) on registry.identities to myschool_facts;
create policy facts_bind on registry.identities for update to myschool_facts using (esia_oid is null) with check (true);

grant select on registry.organisations, registry.unit_closure, registry.people, registry.memberships, registry.academic_years,
  registry.terms, registry.bells, registry.classes, registry.class_leaders, registry.enrolments, registry.teaching_groups,
  registry.group_members, registry.teaching_assignments, registry.guardianships, registry.history to myschool_app;

-- The tree of organisations is public, as the open registry of schools is.
create policy organisations_read on registry.organisations for select to myschool_app using (true);
create policy closure_read on registry.unit_closure for select to myschool_app using (true);

create policy years_read on registry.academic_years for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy terms_read on registry.terms for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy bells_read on registry.bells for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy classes_read on registry.classes for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy groups_read on registry.teaching_groups for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy leaders_read on registry.class_leaders for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));
create policy assignments_read on registry.teaching_assignments for select to myschool_app using (school_id = any ((select kernel.scope('member_schools'))::uuid[]));

-- Staff of my schools are known by name; coordinators see who is responsible in their territory.
create policy memberships_read on registry.memberships for select to myschool_app
  using (person_id = (select kernel.person())
      or unit_id = any ((select kernel.scope('member_schools'))::uuid[])
      or unit_id = any ((select kernel.scope('territories'))::uuid[]));

-- A teacher of a whole class sees the class; a teacher of a подгруппа sees its members only.
create policy enrolments_read on registry.enrolments for select to myschool_app
  using (person_id = any ((select kernel.scope('learners'))::uuid[])
      or school_id = any ((select kernel.scope('registry_schools'))::uuid[])
      or class_id = any ((select kernel.scope('classes'))::uuid[]));
create policy members_read on registry.group_members for select to myschool_app
  using (person_id = any ((select kernel.scope('learners'))::uuid[])
      or school_id = any ((select kernel.scope('registry_schools'))::uuid[])
      or group_id = any ((select kernel.scope('groups'))::uuid[]));

create policy guardianships_read on registry.guardianships for select to myschool_app
  using (guardian_id = (select kernel.person())
      or learner_id = any ((select kernel.scope('learners'))::uuid[])
      or exists (select from registry.enrolments e where e.person_id = learner_id
                  and e.school_id = any ((select kernel.scope('registry_schools'))::uuid[])));

-- A name is open when some open fact speaks of the person.
create policy people_read on registry.people for select to myschool_app
  using (id = (select kernel.person())
      or id = any ((select kernel.scope('learners'))::uuid[])
      or exists (select from registry.enrolments e where e.person_id = people.id)
      or exists (select from registry.group_members g where g.person_id = people.id)
      or exists (select from registry.memberships m where m.person_id = people.id)
      or exists (select from registry.guardianships g where g.guardian_id = people.id));

create policy history_read on registry.history for select to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or row_id = any ((select kernel.scope('learners'))::uuid[]));
