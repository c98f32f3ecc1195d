-- Movement of learners: every change of where somebody learns rests on an order with a number and a date
-- (приказ Минпросвещения № 458 of 02.09.2020, п. 17: зачисление; 273-ФЗ, ст. 61: отчисление; приказ № 177 of 12.03.2014: перевод).
create table registry.movements (
  school_id       uuid not null references registry.organisations,
  id              uuid not null,
  person_id       uuid not null references registry.people,
  kind            text not null check (kind in ('enrolment', 'class-change', 'group-change', 'transfer-out', 'transfer-in', 'leaving',
                                                'academic-leave', 'home-schooling', 'family-education', 'return')),
  order_no        text not null check (length(order_no) between 1 and 100),
  ordered_on      date not null,
  -- The first day of what the order brings; of a departure the last day at the school.
  takes_effect_on date not null,
  -- Of a leave or another form of learning: its last day, when one is known.
  ends_on         date null,
  from_class_id   uuid null,
  to_class_id     uuid null,
  group_id        uuid null,
  reason          text null check (length(reason) <= 40),
  note            text null check (length(note) <= 300),
  transfer_id     uuid null,
  -- The facts the order changed, each as it was and became: what an undo puts back.
  changes         jsonb not null,
  recorded_by     uuid not null,
  recorded_at     timestamptz not null,
  undone_by       uuid null,
  undone_at       timestamptz null,
  primary key (school_id, id),
  check ((undone_by is null) = (undone_at is null)),
  check (ends_on is null or ends_on >= takes_effect_on - 1)
);
create index movements_person on registry.movements (person_id);
create index movements_period on registry.movements (school_id, takes_effect_on);

-- Papers on the way from one school to another: both see this row and neither sees more of the other. Names are written
-- into it, because the receiving school knows nobody yet.
create table registry.transfers (
  id             uuid primary key,
  from_school_id uuid not null references registry.organisations,
  to_school_id   uuid null references registry.organisations,
  -- A school outside the platform, in the words of the order.
  to_place       text null check (length(to_place) between 2 and 300),
  person_id      uuid not null references registry.people,
  last_name      text not null,
  first_name     text not null,
  middle_name    text not null default '',
  birth_date     date null,
  class_name     text not null,
  grade          smallint not null,
  -- The order of the school that was left.
  movement_id    uuid not null,
  last_day       date not null,
  state          text not null check (state in ('sent', 'accepted', 'cancelled')),
  sent_at        timestamptz not null,
  settled_at     timestamptz null,
  check ((to_school_id is null) <> (to_place is null)),
  check (from_school_id <> to_school_id)
);
create index transfers_from on registry.transfers (from_school_id, state);
create index transfers_to on registry.transfers (to_school_id, state);
create index transfers_person on registry.transfers (person_id);

-- A fact undone on the day it began holds on no day at all, as of memberships (0003).
alter table registry.enrolments drop constraint enrolments_check, add constraint enrolments_check check (ends_on is null or ends_on >= starts_on - 1);
alter table registry.group_members drop constraint group_members_check, add constraint group_members_check check (ends_on is null or ends_on >= starts_on - 1);

-- Whether an administrator may enrol the person: somebody new to the platform, somebody who learned here before, or somebody
-- whose papers another school has sent. Answers yes or no about the own school's right only.
create function registry.may_enrol(person uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select cardinality((select kernel.scope('managed_schools'))) > 0 and (
      exists (select from registry.enrolments e where e.person_id = person and e.school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
      or exists (select from registry.transfers t where t.person_id = person and t.state <> 'cancelled'
                  and t.to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
      or not exists (select from registry.enrolments e where e.person_id = person)
         and not exists (select from registry.memberships m where m.person_id = person)
         and not exists (select from registry.guardianships g where g.guardian_id = person))
  $$;

-- Whether another school has the learner on any day from this one on: a child learns in one class a day, wherever it is.
create function registry.learns_elsewhere(person uuid, since date) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select registry.may_enrol(person) and exists (
      select from registry.enrolments e where e.person_id = person and e.school_id <> all ((select kernel.scope('managed_schools'))::uuid[])
         and (e.ends_on is null or e.ends_on >= greatest(since, e.starts_on)))
  $$;
-- The same for a mark on somebody's movement made later, anywhere: then something was built on the order.
create function registry.moved_elsewhere_since(person uuid, at timestamptz) returns boolean
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select registry.may_enrol(person) and exists (
      select from registry.movements m where m.person_id = person and m.undone_at is null and m.recorded_at > at
         and m.school_id <> all ((select kernel.scope('managed_schools'))::uuid[]))
  $$;
revoke execute on function registry.may_enrol, registry.learns_elsewhere, registry.moved_elsewhere_since from public;
grant execute on function registry.may_enrol, registry.learns_elsewhere, registry.moved_elsewhere_since to myschool_app;

do $$
declare t text;
begin
  foreach t in array array['movements', 'transfers'] loop
    execute format('alter table registry.%I enable row level security', t);
    execute format('alter table registry.%I force row level security', t);
    execute format('create policy worker_all on registry.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on registry.%I to myschool_worker', t);
    execute format('grant select, insert on registry.%I to myschool_app', t);
  end loop;
end $$;

-- The book of movement is kept by the administrator and read by the head and deputies.
create policy movements_read on registry.movements for select to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy movements_add on registry.movements for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and recorded_by = (select kernel.person()));
create policy movements_change on registry.movements for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
grant update (ends_on, undone_by, undone_at) on registry.movements to myschool_app;

create policy transfers_read on registry.transfers for select to myschool_app
  using (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or to_school_id = any ((select kernel.scope('managed_schools'))::uuid[])
      or from_school_id = any ((select kernel.scope('journal_schools'))::uuid[]) or to_school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
create policy transfers_send on registry.transfers for insert to myschool_app
  with check (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
-- The sender may take the papers back, the receiver may accept them or give an acceptance up.
create policy transfers_settle on registry.transfers for update to myschool_app
  using (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]))
  with check (from_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and state = 'cancelled'
           or to_school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and state in ('sent', 'accepted'));
grant update (state, settled_at) on registry.transfers to myschool_app;

grant insert on registry.people, registry.enrolments, registry.group_members to myschool_app;
grant update (ends_on) on registry.enrolments, registry.group_members to myschool_app;
-- A person without any fact is known to nobody; the fact that follows in the same transaction is what counts.
create policy people_add on registry.people for insert to myschool_app with check (cardinality((select kernel.scope('managed_schools'))) > 0);
create policy enrolments_add on registry.enrolments for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and registry.may_enrol(person_id));
create policy enrolments_end on registry.enrolments for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));
create policy members_add on registry.group_members for insert to myschool_app
  with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) and registry.may_enrol(person_id));
create policy members_end on registry.group_members for update to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[])) with check (school_id = any ((select kernel.scope('managed_schools'))::uuid[]));

-- A school that a learner has left keeps its own past and sees nothing of what came after: not who represents the child today.
drop policy guardianships_read on registry.guardianships;
create policy guardianships_read on registry.guardianships for select to myschool_app
  using (guardian_id = (select kernel.person())
      or learner_id = any ((select kernel.scope('learners'))::uuid[])
      or exists (select from registry.enrolments e where e.person_id = learner_id and (e.ends_on is null or e.ends_on >= current_date - 1)
                  and e.school_id = any ((select kernel.scope('registry_schools'))::uuid[])));
