-- "All tables in schema" in 0001 took in the partitions, and a partition asked by its own name knows no policy of its parent.
-- Requests go through the parent only; the partitions are closed to every serving role, twice.
do $$
declare t regclass;
begin
  for t in select c.oid::regclass from pg_class c where c.relispartition and c.relkind = 'r' and c.relnamespace in ('journal'::regnamespace, 'kernel'::regnamespace) loop
    execute format('revoke all on %s from myschool_app, myschool_facts, myschool_worker', t);
    execute format('alter table %s enable row level security', t);
    execute format('alter table %s force row level security', t);
  end loop;
end $$;

-- Whoever only reads a lesson could write its history: now its teacher alone does, and signs with the own name.
drop policy lesson_history_insert on journal.lesson_history;
create policy lesson_history_insert on journal.lesson_history for insert to myschool_app with check (
  by_person = (select kernel.person())
  and exists (select from journal.lessons l where l.school_year = lesson_history.school_year and l.school_id = lesson_history.school_id
               and l.id = lesson_id and l.group_id = any ((select kernel.scope('groups'))::uuid[])));
