-- A person asks for their data to be erased: asked, decided by who answers for them, carried out module by module, acted upon.
-- See docs/decisions/021-erasure.md.

-- For how long laws and archives want rows kept, counted from the first of January after the last of them. Values are data: the
-- operator checks them against the acts and the school's own list of files, and edits them.
create table access.retention_terms (
  code        text        primary key check (code ~ '^[a-z-]{1,40}$'),
  years       smallint    not null check (years between 1 and 100),
  law         text        not null check (length(law) between 3 and 500),
  changed_at  timestamptz not null default now(),
  changed_by  uuid        null
);
insert into access.retention_terms (code, years, law) values
  ('class-journal', 5, 'Федеральный закон от 29.12.2012 № 273-ФЗ, статья 28, часть 3, пункт 11; номенклатура дел школы: классные журналы, 5 лет'),
  ('mark-summary', 25, 'Федеральный закон от 29.12.2012 № 273-ФЗ, статья 28, часть 3, пункт 11; номенклатура дел школы: сводные ведомости успеваемости, 25 лет'),
  ('enrolment-orders', 50, 'Приказ Росархива от 20.12.2019 № 236; номенклатура дел школы: приказы о зачислении, переводе и отчислении'),
  ('staff-records', 50, 'Федеральный закон от 22.10.2004 № 125-ФЗ, статья 22.1; приказ Росархива от 20.12.2019 № 236: документы по личному составу'),
  ('consents', 3, 'Приказ Росархива от 20.12.2019 № 236: согласия на обработку персональных данных, 3 года после срока согласия или отзыва'),
  ('erasure-acts', 3, 'Приказ Роскомнадзора от 28.10.2022 № 179, пункт 8: акт и выгрузка из журнала, 3 года');

create table access.erasures (
  id           uuid        primary key,
  -- What people call it by.
  number       bigint      generated always as identity (start with 101) unique,
  subject_id   uuid        not null,
  asker_id     uuid        not null,
  -- Who answers for the subject: a school, or the country.
  unit_id      uuid        not null,
  unit_name    text        not null,
  time_zone    text        not null,
  state        text        not null check (state in ('asked', 'withdrawn', 'refused', 'confirmed', 'done')),
  asked_at     timestamptz not null,
  -- Ten working days (152-ФЗ, ст. 20, ч. 1; ст. 21, ч. 5.1).
  answer_by    date        not null,
  decided_by   uuid        null,
  -- Name and office of whoever confirmed: the act wants them (приказ Роскомнадзора № 179, п. 3).
  decided_name text        null check (length(decided_name) <= 300),
  decided_role text        null,
  decided_at   timestamptz null,
  reason       text        null check (length(reason) <= 500),
  done_at      timestamptz null,
  -- Where the asker is told; gone when they have been.
  letter_to    text        null,
  check (decided_by <> asker_id and decided_by <> subject_id),
  check ((state in ('confirmed', 'done')) <= (decided_by is not null)),
  check ((state = 'refused') <= (reason is not null)),
  check ((state = 'done') = (done_at is not null))
);
create unique index erasures_open on access.erasures (subject_id) where state in ('asked', 'confirmed');
create index erasures_unit on access.erasures (unit_id, state, asked_at desc);
create index erasures_asker on access.erasures (asker_id, asked_at desc);

-- What becomes of each kind of rows: waiting, kept until a day, done. Written when the erasure begins; the log of the act.
create table access.erasure_lines (
  erasure_id   uuid        not null references access.erasures on delete cascade,
  module       text        not null,
  rule         text        not null,
  fate         text        not null check (fate in ('erased', 'anonymised', 'kept')),
  state        text        not null check (state in ('waiting', 'held', 'done')),
  rows         bigint      not null,
  law          text        null,
  until        date        null,
  done_at      timestamptz null,
  primary key (erasure_id, module, rule),
  check ((state = 'done') = (done_at is not null)),
  check ((state = 'held') <= (until is not null))
);
create index erasure_lines_due on access.erasure_lines (until) where state = 'held';

do $$
declare t text;
begin
  foreach t in array array['retention_terms', 'erasures', 'erasure_lines'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
    execute format('create policy %I on access.%I to myschool_worker using (true) with check (true)', t || '_worker', t);
    execute format('grant select, insert, update, delete on access.%I to myschool_worker', t);
    execute format('grant select on access.%I to myschool_app', t);
  end loop;
end $$;

create policy terms_all on access.retention_terms for select to myschool_app using (true);
create policy terms_operated on access.retention_terms for update to myschool_app
  using (cardinality((select kernel.scope('operated'))) > 0) with check (changed_by = (select kernel.person()));
grant update (years, law, changed_at, changed_by) on access.retention_terms to myschool_app;

-- The asker, the person themself, the other representative, and whoever answers for the unit.
create policy erasures_read on access.erasures for select to myschool_app
  using (asker_id = (select kernel.person()) or subject_id = (select kernel.person()) or subject_id = any ((select kernel.scope('wards'))::uuid[])
      or unit_id = any ((select kernel.scope('managed_schools'))::uuid[]) or unit_id = any ((select kernel.scope('operated'))::uuid[]));
create policy erasures_ask on access.erasures for insert to myschool_app
  with check (asker_id = (select kernel.person()) and state = 'asked' and (subject_id = asker_id or subject_id = any ((select kernel.scope('wards'))::uuid[])));
-- Either representative takes it back; whoever answers decides, once, and never in their own case.
create policy erasures_change on access.erasures for update to myschool_app
  using (state = 'asked')
  with check (state = 'withdrawn' and (asker_id = (select kernel.person()) or subject_id = any ((select kernel.scope('wards'))::uuid[]))
      or state in ('refused', 'confirmed') and decided_by = (select kernel.person())
         and (unit_id = any ((select kernel.scope('managed_schools'))::uuid[]) or unit_id = any ((select kernel.scope('operated'))::uuid[])));
grant insert, update (state, decided_by, decided_name, decided_role, decided_at, reason) on access.erasures to myschool_app;
create policy lines_read on access.erasure_lines for select to myschool_app using (exists (select from access.erasures e where e.id = erasure_id));

-- The worker takes away what belongs to a person. The ledger of consents goes only of somebody whose erasure is carried out.
create policy sessions_erase on access.sessions for delete to myschool_worker using (true);
create policy sessions_end on access.sessions for update to myschool_worker using (ended_at is null) with check (ended_at is not null);
grant update (ended_at) on access.sessions to myschool_worker;
create policy preferences_erase on access.preferences for delete to myschool_worker using (true);
create policy letters_erase on access.letter_addresses for delete to myschool_worker using (true);
create policy grants_erase on access.site_grants for delete to myschool_worker using (true);
grant delete on access.preferences, access.letter_addresses, access.site_grants to myschool_worker;
grant update (status) on access.client_sign_ins, access.client_tokens to myschool_worker;
create policy consents_end on access.consents for insert to myschool_worker with check (event = 'withdrawn' and address is null);
create policy consents_blank on access.consents for update to myschool_worker using (true) with check (address is null and session_id is null);
create policy consents_erase on access.consents for delete to myschool_worker
  using (exists (select from access.erasures e where e.subject_id in (consents.subject_id, consents.giver_id) and e.state = 'done'));
grant insert, delete, update (address, session_id) on access.consents to myschool_worker;
grant delete on access.consent_notices to myschool_worker;
