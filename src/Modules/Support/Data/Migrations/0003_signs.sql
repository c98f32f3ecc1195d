-- What waits, for everybody at once: as small as what waits.
create index tickets_unread on support.tickets (author_id) where has_news and author_id is not null;
create index tickets_waiting on support.tickets (unit_id) where state in ('new', 'ours');
