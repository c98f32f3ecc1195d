-- Consents in full: texts drafted and published by the operator, the age of one's own word, two equal representatives, reminders.

-- What a text says of its own processing stands apart from its prose, so that two versions can be compared. A published row never changes.
alter table access.consent_texts
  add column data_kinds   text        not null default '' check (length(data_kinds) <= 2000),
  add column recipient    text        not null default '' check (length(recipient) <= 1000),
  add column legal_basis  text        not null default '' check (length(legal_basis) <= 1000),
  -- From this age a person decides alone; null: a representative does until the child is grown up.
  add column own_age      smallint    null check (own_age between 10 and 18),
  -- The operator's choice: consents to earlier versions end when this one comes into force, or run to their own term.
  add column asks_anew    boolean     not null default false,
  add column change_note  text        not null default '' check (length(change_note) <= 1000),
  add column signed_at    timestamptz null,
  add column signed_by    uuid        null;
comment on column access.consent_texts.published_at is 'when it comes into force; signed_at is when the operator pressed the button';

-- The very characters whose SHA-256 a consent carries. The first texts had nothing but a body.
create function access.consent_document(title text, body text, data_kinds text, recipient text, legal_basis text, term_months smallint, own_age smallint) returns text
  language sql immutable parallel safe
  return case when data_kinds = '' then body
    else title || E'\n\n' || body || E'\n\n' || data_kinds || E'\n\n' || recipient || E'\n\n' || legal_basis || E'\n\n' || term_months::text || '/' || coalesce(own_age::text, '-') end;

alter table access.consent_texts drop constraint consent_texts_check;
alter table access.consent_texts add constraint consent_texts_hash
  check (hash = encode(sha256(convert_to(access.consent_document(title, body, data_kinds, recipient, legal_basis, term_months, own_age), 'UTF8')), 'hex'));
-- 14: an account of ЕСИА of one's own, and the age of most acts (ГК РФ, ст. 26). A value of the text, not of the program.
update access.consent_texts set own_age = 14 where purpose in ('outside-sites', 'regional-diary', 'notifications');

create table access.consent_drafts (
  purpose      text        primary key check (purpose ~ '^[a-z-]{1,40}$'),
  title        text        not null check (length(title) <= 200),
  body         text        not null check (length(body) <= 20000),
  data_kinds   text        not null check (length(data_kinds) <= 2000),
  recipient    text        not null check (length(recipient) <= 1000),
  legal_basis  text        not null check (length(legal_basis) <= 1000),
  term_months  smallint    not null check (term_months between 1 and 132),
  own_age      smallint    null check (own_age between 10 and 18),
  asks_anew    boolean     not null,
  change_note  text        not null check (length(change_note) <= 1000),
  revision     integer     not null,
  edited_at    timestamptz not null,
  edited_by    uuid        not null
);
alter table access.consent_drafts enable row level security;
alter table access.consent_drafts force row level security;
create policy drafts_operated on access.consent_drafts to myschool_app
  using (cardinality((select kernel.scope('operated'))::uuid[]) > 0) with check (cardinality((select kernel.scope('operated'))::uuid[]) > 0);
grant select, insert, update, delete on access.consent_drafts to myschool_app;

create policy texts_publish on access.consent_texts for insert to myschool_app
  with check (cardinality((select kernel.scope('operated'))::uuid[]) > 0 and signed_by = (select kernel.person()));
grant insert on access.consent_texts to myschool_app;
-- Whether a consent stands depends on the versions that came after it.
create policy texts_facts on access.consent_texts for select to myschool_facts using (true);
grant select on access.consent_texts to myschool_facts;

-- Both representatives and the person themself see each line; the class teacher neither sees nor gives.
drop policy consents_read on access.consents;
create policy consents_read on access.consents for select to myschool_app
  using (giver_id = (select kernel.person()) or subject_id = any ((select kernel.scope('own_learners'))::uuid[]));
drop policy consents_write on access.consents;
-- One withdraws what one can see: one's own word, though the right to speak has ended, or anything about a child one represents.
-- A function, because a policy may not ask its own table; it runs as the caller, so row-level security of reading applies within.
create function access.sees_consent(id uuid, subject_id uuid, purpose text) returns boolean
  language sql stable parallel safe
  return exists (select from access.consents g where g.id = $1 and g.event = 'given' and g.subject_id = $2 and g.purpose = $3);
create policy consents_write on access.consents for insert to myschool_app
  with check (giver_id = (select kernel.person())
    and case event when 'given' then subject_id = giver_id or subject_id = any ((select kernel.scope('own_learners'))::uuid[])
      else access.sees_consent(withdraws_id, subject_id, purpose) end);
