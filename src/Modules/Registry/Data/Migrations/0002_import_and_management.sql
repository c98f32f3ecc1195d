-- Import: rows are known by the id of their source within a school.
create unique index memberships_source on registry.memberships (unit_id, source_id) where source_id is not null;
create unique index terms_source on registry.terms (school_id, source_id) where source_id is not null;
create unique index classes_source on registry.classes (school_id, source_id) where source_id is not null;
create unique index enrolments_source on registry.enrolments (school_id, source_id) where source_id is not null;
create unique index teaching_groups_source on registry.teaching_groups (school_id, source_id) where source_id is not null;
create unique index teaching_assignments_source on registry.teaching_assignments (school_id, source_id) where source_id is not null;

-- Terms of a year may trade days in one statement: judged when the statement, or the import, is over.
alter table registry.terms drop constraint terms_school_id_daterange_excl;
alter table registry.terms add constraint terms_school_id_daterange_excl
  exclude using gist (school_id with =, daterange(starts_on, ends_on, '[]') with &&) deferrable;
alter table registry.terms drop constraint terms_school_id_year_number_key;
alter table registry.terms add constraint terms_school_id_year_number_key unique (school_id, year, number) deferrable;
