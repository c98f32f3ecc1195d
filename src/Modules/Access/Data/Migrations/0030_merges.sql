-- Rows follow two cards made one: see kernel.keep_merges.
select kernel.keep_merges('access');

-- Of a line of the ledger only whose it is may follow the person; its text, hash, time and term nobody may touch.
create policy consents_follow on access.consents for update to myschool_worker using (true) with check (true);
grant update (subject_id, giver_id) on access.consents to myschool_worker;
-- Folded settings are taken away and put back; sessions of the card that goes are ended.
create policy preferences_follow on access.preferences to myschool_worker using (true) with check (true);
create policy letters_follow on access.letter_addresses to myschool_worker using (true) with check (true);
create policy grants_follow on access.site_grants to myschool_worker using (true) with check (true);
grant insert, update, delete on access.preferences, access.letter_addresses, access.site_grants to myschool_worker;
create policy sessions_follow on access.sessions for update to myschool_worker using (true) with check (ended_at is not null);
grant update (ended_at) on access.sessions to myschool_worker;
