-- A work sent back for correction is told of too; whoever hears of homework hears of it.
alter table notices.pending drop constraint pending_kind_check;
alter table notices.pending add constraint pending_kind_check check (kind in ('mark', 'absence', 'homework', 'work'));
alter table notices.lines drop constraint lines_kind_check;
alter table notices.lines add constraint lines_kind_check check (kind in ('mark', 'absence', 'homework', 'work'));
