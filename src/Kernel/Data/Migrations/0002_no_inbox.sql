-- An event is handled and taken off the outbox in one transaction: there is nothing left for a second list to tell.
drop table kernel.inbox;
