-- «Замечания по ведению журнала»: the deputy asks, the teacher answers, the deputy closes or returns. Every step stays.
create table journal.remarks (
  school_year smallint    not null,
  school_id   uuid        not null,
  id          uuid        not null,
  class_id    uuid        not null,
  group_id    uuid        not null,
  -- Number of the term it speaks of.
  term        smallint    not null check (term between 1 and 6 or term = 90),
  kind        text        not null check (kind in ('topic', 'homework', 'few', 'late', 'absences', 'other')),
  -- The lesson it points at; none for the journal as a whole.
  lesson_id   uuid        null,
  text        text        not null check (length(text) between 1 and 1000),
  due_on      date        not null,
  state       text        not null default 'open' check (state in ('open', 'answered', 'closed')),
  version     integer     not null default 1,
  opened_by   uuid        not null,
  opened_at   timestamptz not null,
  primary key (school_year, school_id, id)
);
create index remarks_school on journal.remarks (school_year, school_id, state, due_on);
create index remarks_group on journal.remarks (school_year, school_id, group_id, opened_at desc);
-- What the journal itself was found lacking is asked for once at a time, however often the button is pressed.
create unique index remarks_asked on journal.remarks (school_year, school_id, group_id, term, kind) where lesson_id is null and kind <> 'other' and state <> 'closed';

create table journal.remark_steps (
  school_year smallint    not null,
  school_id   uuid        not null,
  remark_id   uuid        not null,
  -- The version of the remark that the step made: of two people at once the later is refused.
  number      integer     not null,
  group_id    uuid        not null,
  kind        text        not null check (kind in ('open', 'answer', 'return', 'close')),
  text        text        not null check (length(text) <= 1000),
  at          timestamptz not null,
  by_person   uuid        not null,
  primary key (school_year, school_id, remark_id, number)
);

do $$
declare t text;
begin
  foreach t in array array['remarks', 'remark_steps'] loop
    execute format('alter table journal.%I enable row level security', t);
    execute format('alter table journal.%I force row level security', t);
    execute format('create policy worker_all on journal.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on journal.%I to myschool_worker', t);
    execute format('grant select, insert on journal.%I to myschool_app', t);
    execute format('create policy %I on journal.%I for select to myschool_app using (
      group_id = any ((select kernel.scope(''groups''))::uuid[]) or school_id = any ((select kernel.scope(''journal_schools''))::uuid[]))', t || '_read', t);
  end loop;
end $$;
create policy remarks_open on journal.remarks for insert to myschool_app
  with check (school_id = any ((select kernel.scope('journal_schools'))::uuid[]) and opened_by = (select kernel.person()) and state = 'open');
create policy remarks_answer on journal.remarks for update to myschool_app
  using (state = 'open' and group_id = any ((select kernel.scope('groups'))::uuid[]))
  with check (state = 'answered' and group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy remarks_decide on journal.remarks for update to myschool_app
  using (school_id = any ((select kernel.scope('journal_schools'))::uuid[]))
  with check (state in ('open', 'closed') and school_id = any ((select kernel.scope('journal_schools'))::uuid[]));
grant update (state, version, due_on) on journal.remarks to myschool_app;
create policy remark_steps_insert on journal.remark_steps for insert to myschool_app with check (by_person = (select kernel.person())
  and (kind = 'answer' and group_id = any ((select kernel.scope('groups'))::uuid[]) or kind <> 'answer' and school_id = any ((select kernel.scope('journal_schools'))::uuid[])));
