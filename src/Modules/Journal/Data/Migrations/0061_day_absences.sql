-- Absence of a day: the class teacher for the class led, head and deputies for any, put a code into empty cells and take back what
-- they have put themselves. They overwrite nothing: there is no right to update here. Named to be asked after the teacher's policies.
create policy absences_day on journal.absences for insert to myschool_app with check (
  recorded_by = (select kernel.person())
  and (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
    or school_id = any ((select kernel.scope('journal_schools'))::uuid[])));
create policy absences_day_back on journal.absences for delete to myschool_app using (
  recorded_by = (select kernel.person())
  and (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
    or school_id = any ((select kernel.scope('journal_schools'))::uuid[])));
create policy cell_history_day on journal.cell_history for insert to myschool_app with check (
  kind = 'absence' and (old_value is null) <> (new_value is null) and by_person = (select kernel.person())
  and (learner_id = any ((select kernel.scope('led_learners'))::uuid[]) and school_id = any ((select kernel.scope('member_schools'))::uuid[])
    or school_id = any ((select kernel.scope('journal_schools'))::uuid[])));
