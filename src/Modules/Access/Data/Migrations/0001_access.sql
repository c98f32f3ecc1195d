-- Sessions, preferences, consents and the keys of cookies. Every table is under row-level security, the owner's included.
create schema access;
grant usage on schema access to myschool_app, myschool_facts, myschool_worker;

-- A session is found by the hash of its token; the token itself is only in the browser.
create table access.sessions (
  id            uuid        primary key,
  token_hash    bytea       not null unique check (octet_length(token_hash) = 32),
  person_id     uuid        not null,
  role          text        not null default '',
  unit_id       uuid        not null default '00000000-0000-0000-0000-000000000000',
  is_child      boolean     not null default false,
  authenticated_at timestamptz not null,
  methods       text        not null default '' check (length(methods) <= 100),
  started_at    timestamptz not null,
  last_seen_at  timestamptz not null,
  expires_at    timestamptz not null check (expires_at > started_at),
  ended_at      timestamptz null,
  address       inet        null,
  user_agent    text        not null default '' check (length(user_agent) <= 300)
) with (fillfactor = 80);
-- Without last_seen_at, which changes every minute of use: such updates then touch no index.
create index sessions_person on access.sessions (person_id) where ended_at is null;

-- States of sign-ins already completed: a callback is good once, even with the cookie saved.
create table access.sign_in_states (
  state_hash    bytea       primary key check (octet_length(state_hash) = 32),
  used_at       timestamptz not null
);
create index sign_in_states_age on access.sign_in_states (used_at);

create table access.preferences (
  person_id     uuid        primary key,
  theme         text        not null check (theme in ('auto', 'light', 'dark')),
  contrast      text        not null check (contrast in ('none', 'black-white', 'white-black', 'blue', 'beige', 'green')),
  text_scale    smallint    not null check (text_scale between 100 and 200),
  changed_at    timestamptz not null
);

-- One document a purpose (152-ФЗ, ст. 9, ч. 1 in force since 01.09.2025); a new wording is a new version, old ones stay.
create table access.consent_texts (
  purpose       text        not null check (purpose ~ '^[a-z-]{1,40}$'),
  version       smallint    not null check (version > 0),
  title         text        not null,
  body          text        not null,
  hash          text        not null check (hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
  is_needed     boolean     not null,
  term_months   smallint    not null check (term_months between 1 and 132),
  published_at  timestamptz not null,
  primary key (purpose, version)
);

-- Append-only: nobody is granted update or delete. A withdrawal is a row of its own that names what it withdraws.
create table access.consents (
  id            uuid        primary key,
  event         text        not null check (event in ('given', 'withdrawn')),
  subject_id    uuid        not null,
  giver_id      uuid        not null,
  purpose       text        not null,
  text_version  smallint    not null,
  text_hash     text        not null,
  at            timestamptz not null,
  expires_at    timestamptz null,
  withdraws_id  uuid        null unique references access.consents (id),
  session_id    uuid        null,
  address       inet        null,
  foreign key (purpose, text_version) references access.consent_texts (purpose, version),
  check ((event = 'given') = (expires_at is not null)),
  check ((event = 'withdrawn') = (withdraws_id is not null))
);
create index consents_giver on access.consents (giver_id, at);
create index consents_subject on access.consents (subject_id, at);

create table access.data_protection_keys (
  id            uuid        primary key,
  name          text        not null,
  xml           text        not null,
  created_at    timestamptz not null
);

do $$
declare t text;
begin
  foreach t in array array['sessions', 'sign_in_states', 'preferences', 'consent_texts', 'consents', 'data_protection_keys'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
  end loop;
end $$;

-- The authoriser reads before it knows who asks; of all this it may only touch the time a session was last seen.
create policy sessions_facts on access.sessions to myschool_facts using (true) with check (true);
create policy states_facts on access.sign_in_states to myschool_facts using (true) with check (true);
create policy preferences_facts on access.preferences for select to myschool_facts using (true);
create policy consents_facts on access.consents for select to myschool_facts using (true);
create policy keys_facts on access.data_protection_keys to myschool_facts using (true) with check (true);
grant select, update (last_seen_at, address) on access.sessions to myschool_facts;
grant select, insert, delete on access.sign_in_states to myschool_facts;
grant select on access.preferences, access.consents to myschool_facts;
grant select, insert on access.data_protection_keys to myschool_facts;

-- A person's own rows, and nobody else's.
create policy sessions_own on access.sessions to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
create policy preferences_own on access.preferences to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
create policy texts_read on access.consent_texts for select to myschool_app using (true);
create policy consents_read on access.consents for select to myschool_app using (giver_id = (select kernel.person()));
-- Consent is given for oneself or for a child one represents today; withdrawn even after that has ended.
create policy consents_write on access.consents for insert to myschool_app
  with check (giver_id = (select kernel.person())
    and (event = 'withdrawn' or subject_id = giver_id or subject_id = any ((select kernel.scope('learners'))::uuid[])));
grant select, insert, update (token_hash, role, unit_id, ended_at) on access.sessions to myschool_app;
grant select, insert, update on access.preferences to myschool_app;
grant select on access.consent_texts to myschool_app;
grant select, insert on access.consents to myschool_app;

-- Old sessions and states are swept by the worker.
create policy sessions_worker on access.sessions to myschool_worker using (ended_at is not null or expires_at < now());
grant select, delete on access.sessions to myschool_worker;

insert into access.consent_texts (purpose, version, title, body, hash, is_needed, term_months, published_at)
select purpose, 1, title, body, encode(sha256(convert_to(body, 'UTF8')), 'hex'), is_needed, term_months, '2026-09-01T00:00:00+03'
from (values
  ('diary', 'Согласие на показ электронного дневника ребёнка', true, 60::smallint,
$text$Я, законный представитель ребёнка, даю оператору платформы «Моя школа» согласие обрабатывать персональные данные ребёнка, чтобы показывать мне его электронный дневник (Федеральный закон от 27.07.2006 № 152-ФЗ, статьи 6 и 9).

Какие данные: фамилия, имя и отчество, дата рождения, СНИЛС, школа и класс, расписание уроков, домашние задания, отметки и средние баллы, отсутствия с причинами, замечания и комментарии учителя.

Что с ними делают: получают из журнала школы, хранят, систематизируют, показывают мне после входа через Госуслуги и удаляют. Обработка ведётся с использованием средств автоматизации. Третьим лицам данные не передают, решений на основании только автоматической обработки не принимают.

Наименование и адрес оператора указаны под этим текстом.

Срок: пять лет со дня согласия либо до окончания обучения, если оно наступит раньше. Согласие можно отозвать в любую минуту на странице «Мои согласия». После отзыва дневник перестанет открываться при следующем переходе; школа продолжит вести журнал, потому что этого требует закон об образовании.$text$),
  ('notifications', 'Согласие на уведомления об учёбе', false, 12::smallint,
$text$Я даю оператору платформы «Моя школа» согласие обрабатывать персональные данные, чтобы присылать мне уведомления об учёбе (Федеральный закон от 27.07.2006 № 152-ФЗ, статья 9).

Какие данные: адрес электронной почты и номер телефона, подтверждённые на Госуслугах; сведения об отметках, отсутствиях и домашних заданиях в тексте уведомления.

Что с ними делают: хранят, используют для отправки уведомлений и удаляют. Рекламы в уведомлениях нет, третьим лицам данные не передают.

Наименование и адрес оператора указаны под этим текстом.

Срок: один год со дня согласия. Согласие можно отозвать в любую минуту на странице «Мои согласия»; всё остальное будет работать как прежде.$text$)
) as text (purpose, title, is_needed, term_months, body);
