-- Raw rows as they came, gone with the transaction. source = sourcedId of the file; lists are texts with commas.
-- A reference to classes, people or organisations is the line of the row meant; lost_… what was written when there is none.
create function pg_temp.uuid7() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;
create temp table i_orgs (line int, new_id uuid, source text, name text, short_name text, kind text, parent text, oktmo text, inn text,
  ogrn text, address text, time_zone text) on commit drop;
create temp table i_sessions (line int, new_id uuid, source text, title text, kind text, starts date, ends date, parent text) on commit drop;
create temp table i_courses (line int, new_id uuid, source text, subject text, code text) on commit drop;
create temp table i_classes (line int, new_id uuid, source text, kind text, title text, course text, school text, sessions text,
  grade smallint, letter text, shift smallint, homeroom text, part text) on commit drop;
create temp table i_users (line int, new_id uuid, source text, last_name text, first_name text, middle_name text, roles text, orgs text,
  agents text, snils_hash bytea, snils_cipher bytea) on commit drop;
-- made_source: a name for a role that came without sourcedId, which only OneRoster 1.2 wants.
create temp table i_roles (line int, new_id uuid, source text, made_source text, person int, lost_person text, role text, org int, lost_org text,
  begins date, ends date, gone boolean) on commit drop;
-- Learners of groups come to i_learners, and only those of parts of a class; what groups are whole classes i_spread says.
create temp table i_spread (line int, new_id uuid, home int, is_whole boolean) on commit drop;
create temp table i_learners (line int, new_id uuid, class int, person int, begins date, ends date, gone boolean) on commit drop;
-- school only when it is not the school of the class.
create temp table i_enrolments (line int, new_id uuid, source text, class int, lost_class text, person int, lost_person text, school text, role text,
  begins date, ends date, gone boolean) on commit drop;
create temp table i_demographics (line int, new_id uuid, source text, person int, birth_date date, gender text) on commit drop;
-- Schools the importer may write; is_limited false means all of them.
-- is_list: a list of people without ids of its own, known by names and dates.
create temp table i_scope (is_limited boolean, school_id uuid, today date, at timestamptz, actor_id uuid, is_list boolean) on commit drop;
