-- What is known of the platform: articles that the operator writes and everybody reads.
-- Words mistyped are found by trigrams where the extension is at hand; without it the rest of the search works.
do $$
begin
  create extension if not exists pg_trgm with schema public;
exception when undefined_file or insufficient_privilege or feature_not_supported then
  raise notice 'pg_trgm is not here: mistyped words will not be found';
end $$;

create table support.articles (
  id            uuid primary key,
  slug          text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  section       text not null check (section in ('sign-in', 'family', 'journal', 'school', 'connection', 'consents', 'trouble')),
  -- Whom it is for; empty: everybody.
  roles         text[] not null default '{}',
  title         text not null check (length(title) between 3 and 160),
  -- Words that people call it by and that the text does not say.
  keywords      text not null default '' check (length(keywords) <= 500),
  body          text not null check (length(body) between 1 and 20000),
  is_published  boolean not null default false,
  version       integer not null default 1,
  helped        integer not null default 0,
  not_helped    integer not null default 0,
  changed_at    timestamptz not null,
  changed_by    uuid null,
  search        tsvector generated always as (
    setweight(to_tsvector('russian'::regconfig, title), 'A') || setweight(to_tsvector('russian'::regconfig, keywords), 'B')
    || setweight(to_tsvector('russian'::regconfig, body), 'C')) stored
);
create index articles_search on support.articles using gin (search) where is_published;

-- Every version that was ever saved. What is read is the version last published.
create table support.article_versions (
  article_id    uuid not null references support.articles (id),
  version       integer not null,
  section       text not null,
  roles         text[] not null,
  title         text not null check (length(title) between 3 and 160),
  keywords      text not null check (length(keywords) <= 500),
  body          text not null check (length(body) between 1 and 20000),
  saved_at      timestamptz not null,
  saved_by      uuid null,
  published_at  timestamptz null,
  primary key (article_id, version)
);

-- One opinion a reader and article; who the reader is nobody can tell from it.
create table support.article_votes (
  article_id    uuid not null references support.articles (id),
  voter         bytea not null check (octet_length(voter) = 32),
  has_helped    boolean not null,
  at            timestamptz not null,
  primary key (article_id, voter)
);

create function support.count_votes() returns trigger language plpgsql as $$
begin
  update support.articles a set helped = n.helped, not_helped = n.not_helped
    from (select count(*) filter (where has_helped) as helped, count(*) filter (where not has_helped) as not_helped from support.article_votes where article_id = new.article_id) n
   where a.id = new.article_id;
  return null;
end $$;
create trigger article_votes_count after insert or update on support.article_votes for each row execute function support.count_votes();

-- How much a title or its other names look like the words typed: 0 to 1.
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    execute 'create function support.likeness(typed text, words text) returns real language sql immutable parallel safe as ''select public.word_similarity(lower(typed), lower(words))''';
  else
    execute 'create function support.likeness(typed text, words text) returns real language sql immutable parallel safe as ''select 0::real''';
  end if;
end $$;

do $$
declare t text;
begin
  foreach t in array array['articles', 'article_versions', 'article_votes'] loop
    execute format('alter table support.%I enable row level security', t);
    execute format('alter table support.%I force row level security', t);
    execute format('create policy worker_all on support.%I to myschool_worker using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on support.%I to myschool_worker', t);
  end loop;
end $$;
grant select, insert on support.articles, support.article_versions to myschool_app;
grant update (section, roles, title, keywords, body, is_published, version, changed_at, changed_by) on support.articles to myschool_app;
grant update (published_at) on support.article_versions to myschool_app;

-- What is published is everybody's; drafts and versions are the operator's.
create policy articles_read on support.articles for select to myschool_app using (is_published or cardinality((select kernel.scope('operated'))) > 0);
create policy articles_add on support.articles for insert to myschool_app with check (cardinality((select kernel.scope('operated'))) > 0 and changed_by = (select kernel.person()));
create policy articles_change on support.articles for update to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (changed_by = (select kernel.person()));
create policy versions_read on support.article_versions for select to myschool_app using (cardinality((select kernel.scope('operated'))) > 0);
create policy versions_add on support.article_versions for insert to myschool_app with check (cardinality((select kernel.scope('operated'))) > 0 and saved_by = (select kernel.person()));
create policy versions_publish on support.article_versions for update to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (cardinality((select kernel.scope('operated'))) > 0);
