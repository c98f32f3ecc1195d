-- Whether the actor is of support and reads this very school for an hour. A function, so that a statement whose rows are open by
-- other policies, as nearly all are, sets nothing up for it.
create function kernel.visits(school uuid) returns boolean
  language plpgsql stable parallel safe as $$
begin
  return school = any (kernel.scope('visited_schools'));
end $$;
