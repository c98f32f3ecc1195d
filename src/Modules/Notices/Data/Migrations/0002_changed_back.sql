-- What stood there before the first change of the window: what is changed and changed back has never been.
alter table notices.pending add column was text null, add column was_detail text null;
