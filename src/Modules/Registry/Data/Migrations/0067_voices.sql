-- Who may speak for a person at a moment: the person, and the representatives whom no court has restricted, by the calendar of
-- the school learnt at last. One rule for consents, copies and the look-up of ГИС РУО.
create function registry.voices_of(subject uuid, at timestamptz) returns uuid[]
  language plpgsql stable parallel safe as $$
-- Not of language sql: that one would be planned anew at each call. Every name carries its schema, so no search path is set.
begin
  return array_append(array(
    select g.guardian_id from registry.guardianships g
      left join lateral (select o.time_zone from registry.enrolments e join registry.organisations o on o.id = e.school_id
                          where e.person_id = g.learner_id order by e.starts_on desc limit 1) school on true
     where g.learner_id = subject and g.restriction is null
       and (at at time zone coalesce(school.time_zone, 'Europe/Moscow'))::date between g.starts_on and coalesce(g.ends_on, 'infinity')), subject);
end $$;
revoke execute on function registry.voices_of(uuid, timestamptz) from public;
grant execute on function registry.voices_of(uuid, timestamptz) to myschool_facts, myschool_worker;
