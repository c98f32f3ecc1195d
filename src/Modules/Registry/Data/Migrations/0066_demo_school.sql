-- A small school to try everything in: three classes of twelve, their families, five teachers, a deputy and a head. Ids follow
-- from the school's own; names come from lists that go round with different steps, so that no two people of it are alike.
-- group_ids: five subjects of each class. The opener leads the first class and teaches it everything.
create function registry.fill_demo_school(of_school uuid, of_year smallint, opener uuid, class_ids uuid[], group_ids uuid[]) returns void
  language plpgsql as $$
declare
  -- Opened in August, it is there to be tried in August.
  begins constant date := least(make_date(of_year, 9, 1), current_date);
  subject_names constant text[] := array['Русский язык', 'Математика', 'История', 'Английский язык', 'Физическая культура'];
begin
  insert into registry.academic_years (school_id, year, starts_on, ends_on) values (of_school, of_year, make_date(of_year, 9, 1), make_date(of_year + 1, 5, 31));

  insert into registry.terms (school_id, id, year, number, name, starts_on, ends_on)
  select of_school, md5(of_school::text || 'term' || n)::uuid, of_year, n, n || '-я четверть', s, e
    from (values (1::smallint, make_date(of_year, 9, 1), make_date(of_year, 10, 24)), (2::smallint, make_date(of_year, 11, 2), make_date(of_year, 12, 30)),
                 (3::smallint, make_date(of_year + 1, 1, 11), make_date(of_year + 1, 3, 20)), (4::smallint, make_date(of_year + 1, 3, 29), make_date(of_year + 1, 5, 31))) t(n, s, e);

  -- An hour apart, as the journal lays lessons of such a school.
  insert into registry.bells (school_id, shift, number, starts_at, ends_at)
  select of_school, 1, n, time '08:30' + (n - 1) * interval '1 hour', time '09:15' + (n - 1) * interval '1 hour' from generate_series(1, 6) n;

  insert into registry.classes (school_id, id, year, grade, letter)
  select of_school, c.id, of_year, (3 + 2 * c.n)::smallint, 'А' from unnest(class_ids) with ordinality c(id, n);

  -- Learners 0–35, their mothers 36–71, teachers 72–76, a deputy 77 and a head 78.
  insert into registry.people (id, last_name, first_name, middle_name, birth_date, gender)
  select md5(of_school::text || 'person' || n)::uuid, last || case when is_female then 'а' else '' end,
         case when is_female then (array['Анна','Дарья','Мария','Софья','Вера','Полина','Ксения','Алиса','Елена','Ирина','Ольга','Татьяна','Нина'])[1 + (n * 5) % 13]
              else (array['Артём','Борис','Глеб','Данил','Егор','Иван','Кирилл','Лев','Максим','Никита','Олег','Павел','Роман'])[1 + (n * 5) % 13] end,
         case when is_female then (array['Андреевна','Борисовна','Викторовна','Денисовна','Ивановна','Олеговна','Павловна'])[1 + k % 7]
              else (array['Андреевич','Борисович','Викторович','Денисович','Иванович','Олегович','Павлович'])[1 + k % 7] end,
         case when n < 36 then make_date(of_year - 11 - 2 * (n / 12), 1, 1) + (('x' || substr(md5(of_school::text || n), 1, 7))::bit(28)::int % 360) end,
         case when is_female then 'female' else 'male' end
    from (select n, n % 36 as k, n >= 36 and n <> 75 or n < 36 and n % 2 = 0 as is_female,
                 (array['Абрикосов','Берёзов','Васильков','Грушев','Дубов','Ежевикин','Жасминов','Земляникин','Ирисов','Калинин','Липин','Малинин','Орехов','Полевой',
                        'Рябинин','Сиренев','Тополев','Черёмухин'])[1 + (n % 36) % 18] as last
            from generate_series(0, 78) n) p;

  insert into registry.enrolments (school_id, id, person_id, class_id, starts_on)
  select of_school, md5(of_school::text || 'enrolment' || n)::uuid, md5(of_school::text || 'person' || n)::uuid, class_ids[1 + n / 12], begins from generate_series(0, 35) n;

  insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on)
  select md5(of_school::text || 'person' || n)::uuid, md5(of_school::text || 'person' || n + 36)::uuid, 'mother', begins from generate_series(0, 35) n;

  insert into registry.memberships (unit_id, id, person_id, role, starts_on)
  select of_school, md5(of_school::text || 'membership' || n)::uuid, md5(of_school::text || 'person' || n)::uuid, case n when 77 then 'deputy' when 78 then 'head' else 'teacher' end, begins
    from generate_series(72, 78) n
  union all select of_school, md5(of_school::text || 'membership')::uuid, opener, 'teacher', begins;

  insert into registry.class_leaders (school_id, id, class_id, person_id, starts_on)
  select of_school, md5(of_school::text || 'leader' || c.n)::uuid, c.id, case c.n when 1 then opener else md5(of_school::text || 'person' || 70 + c.n)::uuid end, begins
    from unnest(class_ids) with ordinality c(id, n);

  insert into registry.subjects (id, name, short_name)
  select gen_random_uuid(), wanted.name, wanted.name from unnest(subject_names) wanted(name)
   where not exists (select from registry.subjects s where s.name = wanted.name);

  insert into registry.teaching_groups (school_id, id, class_id, subject_id, year, kind)
  select of_school, g.id, class_ids[1 + (g.n::int - 1) / 5],
         (select id from registry.subjects s where s.name = subject_names[1 + (g.n::int - 1) % 5] order by id limit 1),
         of_year, 'class'
    from unnest(group_ids) with ordinality g(id, n);

  insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on)
  select of_school, md5(of_school::text || 'assignment' || g.n)::uuid, g.id, case when g.n <= 5 then opener else md5(of_school::text || 'person' || 72 + (g.n - 1) % 5)::uuid end, begins
    from unnest(group_ids) with ordinality g(id, n);
end $$;
revoke execute on function registry.fill_demo_school from public;
grant execute on function registry.fill_demo_school to myschool_worker;
