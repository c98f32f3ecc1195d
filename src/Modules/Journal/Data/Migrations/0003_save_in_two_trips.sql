-- A save looks without locking and writes in one trip. Two saves over the same look give a cell the same next version, and
-- the history keeps one line a version: the later of the two fails, looks again and lets the rules speak.
-- A comment belongs to the mark and shares its versions.
alter table journal.cell_history drop constraint cell_history_pkey;
create unique index cell_history_version on journal.cell_history (school_year, school_id, lesson_id, learner_id, (kind = 'absence'), version);

-- By learner before lesson: the average of a learner in a group is one range.
alter table journal.marks drop constraint marks_pkey;
alter table journal.marks add primary key (school_year, school_id, group_id, learner_id, lesson_id, slot);
alter table journal.absences drop constraint absences_pkey;
alter table journal.absences add primary key (school_year, school_id, group_id, learner_id, lesson_id);
