-- A teacher's own words for comments («банк комментариев»): said once, put beside a mark by one tap.
create table journal.phrases (
  school_id uuid        not null,
  person_id uuid        not null,
  id        uuid        not null,
  text      text        not null check (length(text) between 1 and 200),
  used_at   timestamptz not null,
  primary key (school_id, person_id, id)
);
create unique index phrases_text on journal.phrases (school_id, person_id, lower(text));

alter table journal.phrases enable row level security;
alter table journal.phrases force row level security;
create policy worker_all on journal.phrases to myschool_worker using (true) with check (true);
create policy phrases_own on journal.phrases to myschool_app
  using (person_id = (select kernel.person()) and school_id = any ((select kernel.scope('member_schools'))::uuid[]))
  with check (person_id = (select kernel.person()) and school_id = any ((select kernel.scope('member_schools'))::uuid[]));
grant select, insert, update, delete on journal.phrases to myschool_app, myschool_worker;
