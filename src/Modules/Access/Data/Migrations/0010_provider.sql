-- The OpenID provider: sites that sign people in through the platform and systems that read it, what was issued to them,
-- and the keys it is signed with.

-- Columns without a check are OpenIddict's own; whatever it may leave out may be null.
create table access.clients (
  id               uuid        primary key,
  kind             text        not null check (kind in ('site', 'system')),
  client_id        text        null unique check (client_id ~ '^[a-z0-9-]{3,60}$'),
  -- SHA-256 of 256 random bits: there is nothing to guess, so nothing to make slow.
  client_secret    text        null check (length(client_secret) = 44),
  client_type      text        null check (client_type in ('confidential', 'public')),
  display_name     text        null check (length(display_name) between 2 and 120),
  display_names    text        null,
  application_type text        null,
  consent_type     text        null,
  concurrency_token text       null,
  json_web_key_set text        null,
  permissions      text        null,
  redirect_uris    text        null,
  post_logout_redirect_uris text null,
  properties       text        null,
  requirements     text        null,
  settings         text        null,
  legal_name       text        not null check (length(legal_name) between 2 and 300),
  privacy_page     text        not null default '' check (length(privacy_page) <= 500),
  back_channel     text        not null default '' check (length(back_channel) <= 500),
  -- Sites of one sector know a person by one id; two sectors cannot join their lists.
  sector           text        not null default '' check (length(sector) <= 255),
  -- Whose system it is, what it may read and by which law. Empty for sites, which get a person's own data from the person.
  organisation_id  uuid        null,
  unit_ids         uuid[]      not null default '{}',
  legal_basis      text        not null default '' check (length(legal_basis) <= 500),
  created_at       timestamptz not null,
  created_by       uuid        not null,
  last_used_at     timestamptz null,
  disabled_at      timestamptz null,
  check ((kind = 'system') = (organisation_id is not null)),
  check (kind = 'site' or (cardinality(unit_ids) > 0 and legal_basis <> ''))
);

create table access.client_scopes (
  id                uuid primary key,
  name              text null unique,
  description       text null,
  descriptions      text null,
  display_name      text null,
  display_names     text null,
  properties        text null,
  resources         text null,
  concurrency_token text null
);

-- One sign-in of a person at a site, or one term of work of a system: all tokens of one chain hang on it and die with it.
create table access.client_sign_ins (
  id                uuid        primary key,
  application_id    uuid        null references access.clients,
  person_id         uuid        null,
  session_id        uuid        null,
  role              text        not null default '',
  unit_id           uuid        not null default '00000000-0000-0000-0000-000000000000',
  learner_id        uuid        null,
  signed_in_at      timestamptz null,
  concurrency_token text        null,
  creation_date     timestamptz null,
  properties        text        null,
  scopes            text        null,
  status            text        null,
  subject           text        null,
  type              text        null
);
create index client_sign_ins_person on access.client_sign_ins (person_id) where person_id is not null;
create index client_sign_ins_session on access.client_sign_ins (session_id) where session_id is not null;
create index client_sign_ins_client on access.client_sign_ins (application_id);

create table access.client_tokens (
  id                uuid        primary key,
  application_id    uuid        null references access.clients,
  authorization_id  uuid        null references access.client_sign_ins,
  concurrency_token text        null,
  creation_date     timestamptz null,
  expiration_date   timestamptz null,
  payload           text        null,
  properties        text        null,
  redemption_date   timestamptz null,
  -- SHA-256 of the token that travels.
  reference_id      text        null unique,
  status            text        null,
  subject           text        null,
  type              text        null
);
create index client_tokens_sign_in on access.client_tokens (authorization_id);
create index client_tokens_client on access.client_tokens (application_id);
create index client_tokens_age on access.client_tokens (expiration_date);

-- What a person let a site have: the role worn, the child chosen, the scopes. Ended, never deleted.
create table access.site_grants (
  id          uuid        primary key,
  person_id   uuid        not null,
  client_id   uuid        not null references access.clients,
  role        text        not null,
  unit_id     uuid        not null,
  learner_id  uuid        null,
  scopes      text[]      not null,
  given_at    timestamptz not null,
  ended_at    timestamptz null
);
create unique index site_grants_open on access.site_grants (person_id, client_id, role, unit_id) where ended_at is null;

-- Keys of the provider, sealed by the keys of cookies. A signing key is shown before it signs and after it has signed.
create table access.provider_keys (
  id          uuid        primary key,
  purpose     text        not null check (purpose in ('sign', 'encrypt', 'subject')),
  secret      text        not null,
  created_at  timestamptz not null,
  signs_from  timestamptz not null,
  signs_until timestamptz null check (signs_until > signs_from)
);

do $$
declare t text;
begin
  foreach t in array array['clients', 'client_scopes', 'client_sign_ins', 'client_tokens', 'site_grants', 'provider_keys'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
  end loop;
  -- Codes and tokens come without a person: the authoriser keeps them.
  foreach t in array array['clients', 'client_scopes', 'client_sign_ins', 'client_tokens', 'provider_keys', 'site_grants'] loop
    execute format('create policy provider_facts on access.%I to myschool_facts using (true) with check (true)', t);
  end loop;
end $$;
grant select, update (last_used_at, concurrency_token) on access.clients to myschool_facts;
grant select on access.client_scopes, access.site_grants to myschool_facts;
grant select, insert, update, delete on access.client_sign_ins, access.client_tokens to myschool_facts;
grant select, insert on access.provider_keys to myschool_facts;

-- The operator registers; a person sees the sites they let in, and no other.
create policy clients_operated on access.clients to myschool_app
  using (cardinality((select kernel.scope('operated'))::uuid[]) > 0) with check (cardinality((select kernel.scope('operated'))::uuid[]) > 0);
create policy clients_let_in on access.clients for select to myschool_app
  using (exists (select from access.site_grants g where g.client_id = clients.id and g.person_id = (select kernel.person())));
grant select, insert, update on access.clients to myschool_app;

create policy grants_own on access.site_grants to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
grant select, insert, update (ended_at) on access.site_grants to myschool_app;

-- A person ends what was issued in their name and nothing else.
create policy sign_ins_own on access.client_sign_ins to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
create policy tokens_own on access.client_tokens to myschool_app
  using (exists (select from access.client_sign_ins s where s.id = authorization_id and s.person_id = (select kernel.person())))
  with check (true);
grant select, update (status) on access.client_sign_ins to myschool_app;
grant select, update (status) on access.client_tokens to myschool_app;

-- The worker tells sites of ended sessions and forgets what has expired.
create policy provider_worker on access.clients for select to myschool_worker using (true);
create policy sign_ins_worker on access.client_sign_ins to myschool_worker using (true);
create policy tokens_worker on access.client_tokens to myschool_worker using (true);
create policy grants_worker on access.site_grants for select to myschool_worker using (true);
create policy keys_worker on access.provider_keys for select to myschool_worker using (true);
grant select on access.clients, access.provider_keys to myschool_worker;
grant select, delete on access.client_sign_ins, access.client_tokens to myschool_worker;

insert into access.consent_texts (purpose, version, title, body, hash, is_needed, term_months, published_at)
select purpose, 1, title, body, encode(sha256(convert_to(body, 'UTF8')), 'hex'), is_needed, term_months, '2026-09-01T00:00:00+03'
from (values
  ('outside-sites', 'Согласие на вход ребёнка на внешние образовательные сайты', false, 12::smallint,
$text$Я, законный представитель ребёнка, даю оператору платформы «Моя школа» согласие передавать персональные данные ребёнка внешним образовательным сайтам, на которые ребёнок или я входим через платформу (Федеральный закон от 27.07.2006 № 152-ФЗ, статьи 6 и 9).

Какие данные: имя, отчество и фамилия, роль, школа, класс и номер, под которым сайт узнаёт ребёнка. У каждого сайта этот номер свой, поэтому два сайта не могут сопоставить свои списки. СНИЛС, дату рождения и отметки не передают.

Кому и когда: только сайту, на который входят, и только то, что показано на экране перед входом. Сайты подключает оператор платформы; их список и кнопка «Отключить» есть на странице «Моя страница».

Наименование и адрес оператора указаны под этим текстом.

Срок: один год со дня согласия. Согласие можно отозвать в любую минуту на странице «Мои согласия»: ребёнок младше 14 лет больше не сможет входить на сайты, а выданные им пропуска перестанут действовать.$text$),
  ('regional-diary', 'Согласие на передачу сведений о школе и классе государственным системам', false, 12::smallint,
$text$Я даю оператору платформы «Моя школа» согласие передавать сведения о школе, классе и роли информационной системе, которой они нужны, чтобы показать дневник или оказать услугу (Федеральный закон от 27.07.2006 № 152-ФЗ, статья 9). Если я законный представитель, согласие относится к ребёнку.

Какие данные: регион, название, адрес и ОГРН школы, класс, роль. Имя, СНИЛС, дату рождения и отметки по этому согласию не передают.

Кому: системам органов власти и организаций, которым оператор открыл доступ с указанием правового основания. Каждый запрос записывается и виден на странице «Кто видел данные».

Наименование и адрес оператора указаны под этим текстом.

Срок: один год со дня согласия. Согласие можно отозвать в любую минуту на странице «Мои согласия»: со следующего запроса система получит тот же ответ, что и о неизвестном ей человеке.$text$)
) as text (purpose, title, is_needed, term_months, body);
