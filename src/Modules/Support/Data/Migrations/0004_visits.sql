-- Support asks to read one school for an hour; two people let it in, one near the school and one of the operator. See docs/decisions/022-a-visit-of-support.md.
create table support.visits (
  id           uuid        primary key,
  ticket_id    uuid        not null,
  ticket_no    bigint      not null,
  school_id    uuid        not null,
  school_name  text        not null,
  -- Region and what is above the school: coordinators are let in by these.
  territories  uuid[]      not null,
  asker_id     uuid        not null,
  asker_name   text        not null check (length(asker_name) <= 300),
  reason       text        not null check (length(reason) between 20 and 500),
  state        text        not null check (state in ('asked', 'open', 'closed', 'refused')),
  asked_at     timestamptz not null,
  -- Nobody answers within a day: it lapses.
  lapses_at    timestamptz not null,
  opened_at    timestamptz null,
  ends_at      timestamptz null check (ends_at <= opened_at + interval '1 hour'),
  closed_at    timestamptz null,
  closed_by    uuid        null,
  closed_name  text        null check (length(closed_name) <= 300),
  version      integer     not null default 1,
  check ((state = 'open') <= (opened_at is not null and ends_at is not null)),
  check ((state in ('closed', 'refused')) = (closed_at is not null))
);
create index visits_school on support.visits (school_id, asked_at desc);
create index visits_asked on support.visits (asked_at) where state in ('asked', 'open');
-- One at a time for a person.
create unique index visits_one on support.visits (asker_id) where state = 'asked';

create table support.visit_approvals (
  visit_id     uuid        not null references support.visits,
  -- near: the school's administrator or the region; far: the operator.
  side         text        not null check (side in ('near', 'far')),
  person_id    uuid        not null,
  person_name  text        not null check (length(person_name) <= 300),
  role         text        not null,
  at           timestamptz not null,
  primary key (visit_id, side),
  unique (visit_id, person_id)
);

do $$
declare t text;
begin
  foreach t in array array['visits', 'visit_approvals'] loop
    execute format('alter table support.%I enable row level security', t);
    execute format('alter table support.%I force row level security', t);
    execute format('create policy worker_all on support.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on support.%I to myschool_worker', t);
    execute format('grant select, insert on support.%I to myschool_app', t);
  end loop;
end $$;

-- The school that is read sees it, and so do those who may approve.
create policy visits_read on support.visits for select to myschool_app
  using (school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or school_id = any ((select kernel.scope('journal_schools'))::uuid[])
      or territories && (select kernel.scope('territories'))::uuid[]);
create policy visits_ask on support.visits for insert to myschool_app
  with check (asker_id = (select kernel.person()) and state = 'asked' and territories && (select kernel.scope('operated'))::uuid[]);
-- A function, because a policy may not ask a table whose own policy asks this one; it runs as the caller, so reading stays walled.
create function support.approvals_of(visit uuid) returns bigint
  language sql stable
  return (select count(*) from support.visit_approvals a where a.visit_id = visit);
-- Whoever may approve refuses and ends; the asker ends too. It opens only when both sides have spoken, and for an hour at most.
create policy visits_change on support.visits for update to myschool_app
  using (state in ('asked', 'open'))
  with check ((school_id = any ((select kernel.scope('managed_schools'))::uuid[]) or territories && (select kernel.scope('territories'))::uuid[])
    and (state in ('refused', 'closed') and closed_by = (select kernel.person())
      or asker_id <> (select kernel.person()) and (state = 'asked' or state = 'open' and support.approvals_of(id) = 2)));
grant update (state, opened_at, ends_at, closed_at, closed_by, closed_name, version) on support.visits to myschool_app;

create policy approvals_read on support.visit_approvals for select to myschool_app using (exists (select from support.visits v where v.id = visit_id));
create policy approvals_give on support.visit_approvals for insert to myschool_app
  with check (person_id = (select kernel.person()) and exists (select from support.visits v where v.id = visit_id and v.state = 'asked' and v.asker_id <> (select kernel.person())
    and case side when 'far' then v.territories && (select kernel.scope('operated'))::uuid[]
      else v.school_id = any ((select kernel.scope('managed_schools'))::uuid[])
        or v.territories && (select kernel.scope('territories'))::uuid[] and cardinality((select kernel.scope('operated'))::uuid[]) = 0 end));
