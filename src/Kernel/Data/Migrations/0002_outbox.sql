-- An event is handled and taken off the outbox in one transaction: there is nothing left for a second list to tell.
drop table kernel.inbox;

-- In the order of delivery: the next batch is the head of the index, read in order, which also lets the entries of
-- delivered events be skipped. The table is a queue that is empty most of the time: its dead rows go early.
drop index kernel.outbox_due;
create index outbox_due on kernel.outbox (due_at, id);
alter table kernel.outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
