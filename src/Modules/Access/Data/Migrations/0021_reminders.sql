-- Reminders of consents that are about to end.

-- Where a person wants letters; typed by the person, asked of nobody else.
create table access.letter_addresses (
  person_id   uuid        primary key,
  address     text        not null check (length(address) between 3 and 254),
  changed_at  timestamptz not null
);

-- That a person has been reminded of the end of a consent, so that no restart and no second node does it again.
create table access.consent_notices (
  consent_id  uuid        not null references access.consents,
  days        smallint    not null check (days in (7, 30)),
  at          timestamptz not null,
  has_letter  boolean     not null,
  primary key (consent_id, days)
);

do $$
declare t text;
begin
  foreach t in array array['letter_addresses', 'consent_notices'] loop
    execute format('alter table access.%I enable row level security', t);
    execute format('alter table access.%I force row level security', t);
  end loop;
end $$;
create policy letters_own on access.letter_addresses to myschool_app
  using (person_id = (select kernel.person())) with check (person_id = (select kernel.person()));
grant select, insert, update, delete on access.letter_addresses to myschool_app;

create policy letters_worker on access.letter_addresses for select to myschool_worker using (true);
create policy notices_worker on access.consent_notices to myschool_worker using (true) with check (true);
create policy consents_worker on access.consents for select to myschool_worker using (true);
create policy texts_worker on access.consent_texts for select to myschool_worker using (true);
grant select on access.letter_addresses, access.consents, access.consent_texts to myschool_worker;
grant select, insert on access.consent_notices to myschool_worker;
create index consents_ending on access.consents (expires_at) where event = 'given';
