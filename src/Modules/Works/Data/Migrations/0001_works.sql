-- Work that pupils hand in: what they wrote and photographed, what the teacher drew and said over it. Every table begins its key with
-- the school year and the school and is under row-level security; bytes lie in the store (Kernel/Files).
create schema works;
grant usage on schema works to myschool_app, myschool_worker;

create table works.works (
  school_year smallint    not null,
  school_id   uuid        not null,
  id          uuid        not null,
  homework_id uuid        not null,
  learner_id  uuid        not null,
  group_id    uuid        not null,
  -- As they were when the work was begun: they are read when the homework itself is gone.
  subject     text        not null check (length(subject) <= 200),
  task        text        not null check (length(task) <= 4000),
  due_on      date        not null,
  state       text        not null check (state in ('draft', 'handed', 'returned', 'marked')),
  -- Grows when the work is returned: what was handed in before stays as it was.
  attempt     smallint    not null default 1 check (attempt between 1 and 50),
  handed_at   timestamptz null,
  is_late     boolean     not null default false,
  version     integer     not null default 1,
  changed_at  timestamptz not null,
  primary key (school_year, school_id, id)
);
create unique index works_one on works.works (school_year, school_id, homework_id, learner_id);
create index works_learner on works.works (learner_id);
create index works_group on works.works (school_year, school_id, group_id, state);

-- What is being written: nobody's but the pupil's own and the family's, until it is handed in.
create table works.drafts (
  school_year smallint not null,
  school_id   uuid     not null,
  work_id     uuid     not null,
  learner_id  uuid     not null,
  text        text     not null check (length(text) <= 20000),
  primary key (school_year, school_id, work_id)
);
create index drafts_learner on works.drafts (learner_id);

-- What was done, and what was said: the text as it was handed in, the reason of a return, the words to a mark.
create table works.steps (
  school_year smallint    not null,
  school_id   uuid        not null,
  work_id     uuid        not null,
  number      smallint    not null check (number between 1 and 400),
  learner_id  uuid        not null,
  group_id    uuid        not null,
  attempt     smallint    not null,
  what        text        not null check (what in ('handed', 'withdrawn', 'returned', 'marked')),
  text        text        not null default '' check (length(text) <= 20000),
  by_person   uuid        not null,
  at          timestamptz not null,
  primary key (school_year, school_id, work_id, number)
);
create index steps_learner on works.steps (learner_id);

create table works.files (
  school_year smallint    not null,
  school_id   uuid        not null,
  id          uuid        not null,
  work_id     uuid        not null,
  learner_id  uuid        not null,
  group_id    uuid        not null,
  attempt     smallint    not null,
  position    smallint    not null check (position between 1 and 400),
  -- Shown to the teacher.
  is_handed   boolean     not null default false,
  -- Of a PDF, once somebody has looked; 0: it cannot be drawn here.
  pages       smallint    null check (pages between 0 and 60),
  primary key (school_year, school_id, id)
);
select kernel.keep_files('works.files');
create index files_id on works.files (id);
create index files_work on works.files (school_year, school_id, work_id, position);
create index files_learner on works.files (learner_id);

-- Pages of a PDF as pictures, drawn once. Read by the worker's door after the file itself was found open to whoever asks.
create table works.pages (
  school_year smallint not null,
  school_id   uuid     not null,
  file_id     uuid     not null,
  page        smallint not null check (page between 1 and 60),
  primary key (school_year, school_id, file_id, page)
);
select kernel.keep_files('works.pages');

-- What the teacher drew over a picture or a page: apart from it, as a list of strokes, words and pins.
create table works.layers (
  school_year smallint    not null,
  school_id   uuid        not null,
  file_id     uuid        not null,
  page        smallint    not null check (page between 1 and 60),
  work_id     uuid        not null,
  learner_id  uuid        not null,
  group_id    uuid        not null,
  -- The family sees it when the work is returned or marked.
  is_shown    boolean     not null default false,
  version     integer     not null,
  data        jsonb       not null check (pg_column_size(data) <= 524288),
  by_person   uuid        not null,
  at          timestamptz not null,
  primary key (school_year, school_id, file_id, page)
);
create index layers_work on works.layers (school_year, school_id, work_id);
create index layers_learner on works.layers (learner_id);

do $$
declare t text;
begin
  foreach t in array array['works', 'drafts', 'steps', 'files', 'pages', 'layers'] loop
    execute format('alter table works.%I enable row level security', t);
    execute format('alter table works.%I force row level security', t);
    execute format('create policy worker_all on works.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on works.%I to myschool_worker', t);
  end loop;
end $$;
grant select, insert on works.works, works.drafts, works.steps, works.files, works.layers to myschool_app;
grant update (state, attempt, handed_at, is_late, version, changed_at) on works.works to myschool_app;
grant update (text), delete on works.drafts to myschool_app;
grant update (is_handed), delete on works.files to myschool_app;
grant update (is_shown, version, data, by_person, at) on works.layers to myschool_app;

-- The pupil and the family see all of it; the teacher of the group what was handed in. Nobody else does.
create policy works_read on works.works for select to myschool_app using (
  learner_id = any ((select kernel.scope('own_learners'))::uuid[]) or group_id = any ((select kernel.scope('groups'))::uuid[]) and state <> 'draft');
create policy works_begin on works.works for insert to myschool_app with check (
  learner_id = (select kernel.person()) and group_id = any ((select kernel.scope('learner_groups'))::uuid[]) and state = 'draft');
create policy works_hand on works.works for update to myschool_app
  using (learner_id = (select kernel.person()) and state in ('draft', 'handed', 'returned'))
  with check (learner_id = (select kernel.person()) and state in ('draft', 'handed', 'returned'));
create policy works_check on works.works for update to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[]) and state in ('handed', 'marked'))
  with check (group_id = any ((select kernel.scope('groups'))::uuid[]) and state in ('returned', 'marked'));

create policy drafts_read on works.drafts for select to myschool_app using (learner_id = any ((select kernel.scope('own_learners'))::uuid[]));
create policy drafts_write on works.drafts for insert to myschool_app with check (learner_id = (select kernel.person()));
create policy drafts_change on works.drafts for update to myschool_app using (learner_id = (select kernel.person())) with check (learner_id = (select kernel.person()));
create policy drafts_drop on works.drafts for delete to myschool_app using (learner_id = (select kernel.person()));

create policy steps_read on works.steps for select to myschool_app using (
  learner_id = any ((select kernel.scope('own_learners'))::uuid[]) or group_id = any ((select kernel.scope('groups'))::uuid[]));
create policy steps_own on works.steps for insert to myschool_app with check (
  learner_id = (select kernel.person()) and by_person = (select kernel.person()) and what in ('handed', 'withdrawn'));
create policy steps_check on works.steps for insert to myschool_app with check (
  group_id = any ((select kernel.scope('groups'))::uuid[]) and by_person = (select kernel.person()) and what in ('returned', 'marked'));

create policy files_read on works.files for select to myschool_app using (
  learner_id = any ((select kernel.scope('own_learners'))::uuid[]) or group_id = any ((select kernel.scope('groups'))::uuid[]) and is_handed);
create policy files_add on works.files for insert to myschool_app with check (learner_id = (select kernel.person()) and not is_handed);
create policy files_hand on works.files for update to myschool_app using (learner_id = (select kernel.person())) with check (learner_id = (select kernel.person()));
create policy files_drop on works.files for delete to myschool_app using (learner_id = (select kernel.person()) and not is_handed);

create policy layers_read on works.layers for select to myschool_app using (
  group_id = any ((select kernel.scope('groups'))::uuid[]) or learner_id = any ((select kernel.scope('own_learners'))::uuid[]) and is_shown);
create policy layers_draw on works.layers for insert to myschool_app with check (group_id = any ((select kernel.scope('groups'))::uuid[]) and by_person = (select kernel.person()));
create policy layers_change on works.layers for update to myschool_app
  using (group_id = any ((select kernel.scope('groups'))::uuid[])) with check (group_id = any ((select kernel.scope('groups'))::uuid[]));

-- Rows follow two cards made one: see kernel.keep_merges.
select kernel.keep_merges('works');
