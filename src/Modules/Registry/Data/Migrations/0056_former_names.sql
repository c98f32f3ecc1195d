-- A hand that wrote under a card that is no more is called by the name of the card that stayed.
create policy former_ids_facts on registry.former_ids for select to myschool_facts using (true);
grant select on registry.former_ids to myschool_facts;
