-- Doubled ids are reported; only the first row of each goes on, so that everything else wrong is found in the same run.
delete from i_orgs where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_orgs) d where n > 1);
delete from i_orgs where line in (select line from (select line, row_number() over (partition by ogrn order by line) as n from i_orgs where ogrn is not null) d where n > 1);
delete from i_sessions where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_sessions) d where n > 1);
delete from i_courses where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_courses) d where n > 1);
delete from i_classes where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_classes) d where n > 1);
delete from i_users where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_users) d where n > 1);
update i_users set snils_hash = null, snils_cipher = null where line in (
  select line from (select line, row_number() over (partition by snils_hash order by line) as n from i_users where snils_hash is not null) d where n > 1);
delete from i_demographics where line in (select line from (select line, row_number() over (partition by source order by line) as n from i_demographics) d where n > 1);
