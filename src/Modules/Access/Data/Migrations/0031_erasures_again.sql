-- An erasure that a restored copy knows nothing of is put back from the ledger outside the database. See docs/decisions/025.
alter table access.erasures
  -- When it was put back, and what stands in its way since.
  add column again_at    timestamptz null,
  add column again_waits text        null check (length(again_waits) <= 1000);
-- The number of the act stays what it was.
grant usage, select, update on sequence access.erasures_number_seq to myschool_worker;
