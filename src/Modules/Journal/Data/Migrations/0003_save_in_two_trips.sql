-- A save looks without locking and writes in one trip. Two saves over the same look give a cell the same next version, and
-- the history keeps one line a version: the later of the two fails, looks again and lets the rules speak.
-- A comment belongs to the mark and shares its versions.
alter table journal.cell_history drop constraint cell_history_pkey;
create unique index cell_history_version on journal.cell_history (school_year, school_id, lesson_id, learner_id, (kind = 'absence'), version);

-- By learner before lesson, and with what a grid shows: a journal's term or a learner's average is one range of the index,
-- where the rows themselves lie a page each, as the days brought them.
alter table journal.marks drop constraint marks_pkey;
alter table journal.marks add primary key (school_year, school_id, group_id, learner_id, lesson_id, slot)
  include (lesson_date, value, work_type, weight, comment, version);
alter table journal.absences drop constraint absences_pkey;
alter table journal.absences add primary key (school_year, school_id, group_id, learner_id, lesson_id);

-- A learner is in one school, which the planner cannot know: with the school in it the index promises a row where it has
-- hundreds, and wins the search for a cell from the primary key.
drop index journal.marks_learner;
create index marks_learner on journal.marks (school_year, learner_id, lesson_date);
drop index journal.absences_learner;
create index absences_learner on journal.absences (school_year, learner_id, lesson_date);

-- Reading the index alone needs pages known to be visible to all; by default a year of marks would wait for a fifth of itself.
do $$
declare t regclass;
begin
  for t in select c.oid::regclass from pg_class c where c.relispartition and c.relkind = 'r' and c.relnamespace = 'journal'::regnamespace loop
    execute format('alter table %s set (autovacuum_vacuum_insert_scale_factor = 0.01)', t);
  end loop;
end $$;
