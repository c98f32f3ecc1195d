-- What a school's dictionaries begin with: the rows of no school. Weights are the school's own act to set; the platform's operator may
-- change these rows for schools to come.
insert into journal.work_types (school_id, number, name, short_name, weight)
select '00000000-0000-0000-0000-000000000000', number, name, short, weight
  from (values (1::smallint, 'Работа на уроке', 'УР', 1::smallint), (2::smallint, 'Домашняя работа', 'ДР', 1::smallint), (3::smallint, 'Самостоятельная работа', 'СР', 2::smallint),
               (4::smallint, 'Контрольная работа', 'КР', 3::smallint), (5::smallint, 'Проверочная работа', 'ПР', 2::smallint), (6::smallint, 'Тест', 'Тест', 2::smallint),
               (7::smallint, 'Проект', 'Проект', 2::smallint)) w(number, name, short, weight);
insert into journal.absence_codes (school_id, code, name, category, position)
select '00000000-0000-0000-0000-000000000000', code, name, category, position
  from (values ('Н', 'Отсутствовал, причина не указана', 'unknown', 1::smallint), ('Б', 'Болезнь', 'illness', 2::smallint), ('У', 'Уважительная причина', 'excused', 3::smallint),
               ('НП', 'Неуважительная причина', 'unexcused', 4::smallint), ('ОП', 'Опоздание', 'late', 5::smallint)) a(code, name, category, position);
