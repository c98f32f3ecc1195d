using System.Text;
using MySchool.Contracts.Access;
using Npgsql;

namespace MySchool.System.Tests.Permissions;

/// <summary>Writes the world into a database as its owner, past every wall.</summary>
internal sealed class WorldWriter(World world, DateOnly today)
{
    private const short Year = 2026;
    private readonly StringBuilder sql = new();

    public async Task WriteAsync(string ownerConnection)
    {
        foreach (var territory in world.Territories) AddTerritory(territory);
        Add($"insert into registry.subjects (id, name, short_name) values ('{Guid.CreateVersion7()}', 'Предмет', 'Пр')");
        foreach (var school in world.Schools) AddSchool(school);
        AddGleb();
        foreach (var subject in world.Subjects) AddSubject(subject);
        foreach (var school in world.Schools) AddConnection(school);
        foreach (var (one, other, left, right) in world.Doubles) AddDouble(one, other, left, right);
        Add("insert into access.consent_drafts values ('diary', 'Название', 'Текст', 'Данные', 'Кому', 'Закон', 12, null, false, 'Что', 1, now(), gen_random_uuid())");
        foreach (var school in world.Schools) AddTickets(school);
        foreach (var school in world.Schools) AddVisit(school);
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync();
    }

    private void Add(string statement) => sql.Append(statement).Append(";\n");

    private void AddTerritory(Territory territory)
    {
        var kind = territory.Parent is null ? "country" : territory.Parent.Parent is null ? "region" : "municipality";
        Add($"insert into registry.organisations (id, parent_id, kind, name, short_name) values ('{territory.Id}', {Quote(territory.Parent?.Id)}, '{kind}', '{territory.Name}', '{territory.Name}')");
        AddClosure(territory.Id, territory);
    }

    private void AddClosure(Guid id, Territory? up)
    {
        var depth = up?.Id == id ? 0 : 1;
        if (depth == 1) Add($"insert into registry.unit_closure values ('{id}', '{id}', 0)");
        for (var above = up; above is not null; above = above.Parent) Add($"insert into registry.unit_closure values ('{above.Id}', '{id}', {depth++})");
    }

    private void AddSchool(School school)
    {
        Add($"insert into registry.organisations (id, parent_id, kind, name, short_name) values ('{school.Id}', '{school.Municipality.Id}', 'school', '{school.Name}', '{school.Name}')");
        AddClosure(school.Id, school.Municipality);
        Add($"insert into registry.academic_years values ('{school.Id}', {Year}, '2026-09-01', '2027-05-31')");
        Add($"insert into registry.classes (school_id, id, year, grade, letter) values ('{school.Id}', '{school.ClassA}', {Year}, 7, 'А'), ('{school.Id}', '{school.ClassB}', {Year}, 7, 'Б')");
        foreach (var learner in new[] { school.Anna, school.Boris, school.Vera })
        {
            AddPerson(learner.Id, learner.Name);
            Add($"insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) values ('{school.Id}', '{Guid.CreateVersion7()}', '{learner.Id}', '{school.ClassOf(learner)}', '2026-09-01')");
            Add($"insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at) select gen_random_uuid(), 'given', '{learner.Id}', gen_random_uuid(), purpose, version, hash, now(), now() + interval '1 year' from access.consent_texts where purpose = 'regional-diary'");
            Add($"insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by) values (gen_random_uuid(), '{learner.Id}', gen_random_uuid(), '{school.Id}', '', 'Europe/Moscow', 'withdrawn', now(), current_date)");
        }
        foreach (var learner in new[] { school.Anna, school.Boris, school.Vera }) AddFamily(school, learner);
        foreach (var learner in new[] { school.Anna, school.Boris, school.Vera }) AddFields(learner.Id);
        foreach (var group in school.Groups) AddGroup(school, group);
        foreach (var group in school.Groups) AddRemark(school, group);
        foreach (var (learner, group) in school.Attendance) AddMarks(school, learner, group);
        AddPlan(school);
        Add($"insert into journal.prints values ({Year}, '{school.Id}', gen_random_uuid(), '{school.ClassA}', '7А', 90, sha256('{school.Id}'), 90, now(), gen_random_uuid())");
        Add($"insert into journal.settings values ('{school.Id}', 14)");
        Add($"insert into journal.day_totals values ('{school.Id}', '{today:yyyy-MM-dd}', array[{string.Join(',', Above(school).Select(t => $"'{t.Id}'"))}]::uuid[], 7, 1)");
    }

    // Left on the tenth day before today with one mark of algebra; the papers, the order and the statement went along.
    private void AddGleb()
    {
        var (gleb, from, to) = (world.Gleb.Id, world.Left, world.Entered);
        var (old, lesson, order, someone) = (today.AddDays(-20), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var last = $"{today.AddDays(-10):yyyy-MM-dd}";
        AddPerson(gleb, world.Gleb.Name);
        Add($"insert into registry.classes (school_id, id, year, grade, letter) values ('{to.Id}', '{to.ClassV}', {Year}, 7, 'В')");
        Add($"insert into registry.enrolments (school_id, id, person_id, class_id, starts_on, ends_on) values ('{from.Id}', '{Guid.CreateVersion7()}', '{gleb}', '{from.ClassA}', '2026-09-01', '{last}'), ('{to.Id}', '{Guid.CreateVersion7()}', '{gleb}', '{to.ClassV}', '{today.AddDays(-9):yyyy-MM-dd}', null)");
        Add($"insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values ({Year}, '{from.Id}', '{lesson}', '{from.Algebra.Id}', '{old:yyyy-MM-dd}', 1, '08:30', '09:15')");
        Add($"insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by) values ({Year}, '{from.Id}', '{Guid.CreateVersion7()}', '{from.Algebra.Id}', '{lesson}', '{old:yyyy-MM-dd}', '{old.AddDays(1):yyyy-MM-dd}', 'Задание', '{someone}')");
        Add($"insert into journal.marks values ({Year}, '{from.Id}', '{from.Algebra.Id}', '{lesson}', '{gleb}', 1, '{old:yyyy-MM-dd}', '5', 1, 1, null, 1, '{someone}', now())");
        Add($"insert into journal.former_groups values ({Year}, '{from.Id}', '{gleb}', '{from.Algebra.Id}', '2026-09-01', '{last}', '{order}', '{from.Name}', '7А', 'Алгебра')");
        Add($"insert into journal.statements values ({Year}, '{from.Id}', '{order}', '{gleb}', 'Глеб', '{from.Name}', '7А', '{last}', '{to.Id}', '[]', '[]', now())");
        Add($"insert into registry.movements (school_id, id, person_id, kind, order_no, ordered_on, takes_effect_on, changes, recorded_by, recorded_at) values ('{from.Id}', '{order}', '{gleb}', 'transfer-out', '1-у', '{last}', '{last}', '[]', '{someone}', now())");
        Add($"insert into registry.transfers (id, from_school_id, to_school_id, person_id, last_name, first_name, class_name, grade, movement_id, last_day, state, sent_at) values ('{Guid.CreateVersion7()}', '{from.Id}', '{to.Id}', '{gleb}', 'Глеб', 'Имя', '7А', 7, '{order}', '{last}', 'accepted', now())");
        Add($"insert into registry.rollovers (school_id, id, from_year, state, plan, changed_by, changed_at) values ('{from.Id}', '{Guid.CreateVersion7()}', {Year}, 'draft', jsonb_build_object(), '{someone}', now())");
    }

    // The family has said that the learner does not come, and that the diary was read.
    private void AddFamily(School school, Learner learner)
    {
        var (note, week) = (Guid.CreateVersion7(), today.AddDays(-(((int)today.DayOfWeek + 6) % 7)));
        var groups = string.Join(',', school.Attendance.Where(a => a.Learner == learner).Select(a => $"'{a.Group.Id}'"));
        Add($"insert into journal.absence_notes (school_year, school_id, id, learner_id, group_ids, starts_on, ends_on, reason, author_id, sent_at) values ({Year}, '{school.Id}', '{note}', '{learner.Id}', array[{groups}]::uuid[], '{today:yyyy-MM-dd}', '{today:yyyy-MM-dd}', 'illness', gen_random_uuid(), now())");
        Add($"insert into journal.absence_words values ({Year}, '{school.Id}', '{note}', '{learner.Id}', 'Слова семьи')");
        Add($"insert into journal.care_notes values ({Year}, '{school.Id}', gen_random_uuid(), '{learner.Id}', 'talk', 'Разговор', now(), gen_random_uuid())");
        Add($"insert into journal.diary_views values ({Year}, '{school.Id}', '{learner.Id}', '{week:yyyy-MM-dd}', gen_random_uuid(), now())");
    }

    // A plan of somebody's by which algebra learns.
    private void AddPlan(School school)
    {
        var (plan, row) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Add($"insert into journal.plans (school_id, id, owner_id, school_year, subject_name, grade, title, changed_at) values ('{school.Id}', '{plan}', gen_random_uuid(), {Year}, 'Алгебра', 7, 'План', now())");
        Add($"insert into journal.plan_rows (school_id, plan_id, id, position, is_section, title, hours) values ('{school.Id}', '{plan}', '{row}', 1, false, 'Тема', 1)");
        Add($"insert into journal.plan_groups values ({Year}, '{school.Id}', '{school.Algebra.Id}', '{plan}')");
        Add($"insert into journal.lesson_topics values ({Year}, '{school.Id}', '{school.Algebra.Id}', '{school.Algebra.Lesson}', '{row}', '{plan}')");
    }

    private static IEnumerable<Territory> Above(School school)
    {
        for (Territory? above = school.Municipality; above is not null; above = above.Parent) yield return above;
    }

    private void AddGroup(School school, Group group)
    {
        var whole = school.IsWholeClass(group);
        var place = $"{Year}, '{school.Id}'";
        Add($"insert into registry.teaching_groups (school_id, id, class_id, subject_id, year, kind, name) select '{school.Id}', '{group.Id}', '{(group == school.AlgebraB ? school.ClassB : school.ClassA)}', id, {Year}, '{(whole ? "class" : "subgroup")}', '{(whole ? "" : group.Name)}' from registry.subjects limit 1");
        Add($"insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values ({place}, '{group.Lesson}', '{group.Id}', '{today:yyyy-MM-dd}', 1, '08:30', '09:15')");
        Add($"insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by) values ({place}, '{group.Homework}', '{group.Id}', '{group.Lesson}', '{today:yyyy-MM-dd}', '{today.AddDays(1):yyyy-MM-dd}', 'Задание', '{Guid.CreateVersion7()}')");
    }

    // The deputy has asked the teacher of the group to mend the journal.
    private void AddRemark(School school, Group group)
    {
        var remark = Guid.CreateVersion7();
        Add($"insert into journal.remarks (school_year, school_id, id, class_id, group_id, term, kind, text, due_on, opened_by, opened_at) values ({Year}, '{school.Id}', '{remark}', '{school.ClassA}', '{group.Id}', 1, 'topic', 'Темы', '{today:yyyy-MM-dd}', gen_random_uuid(), now())");
        Add($"insert into journal.remark_steps values ({Year}, '{school.Id}', '{remark}', 1, '{group.Id}', 'open', 'Темы', now(), gen_random_uuid())");
    }

    private void AddMarks(School school, Learner learner, Group group)
    {
        var cell = $"{Year}, '{school.Id}', '{group.Id}', '{group.Lesson}', '{learner.Id}'";
        if (!school.IsWholeClass(group))
            Add($"insert into registry.group_members values ('{school.Id}', '{group.Id}', '{learner.Id}', '2026-09-01')");
        Add($"insert into journal.marks values ({cell}, 1, '{today:yyyy-MM-dd}', '5', 1, 1, null, 1, '{Guid.CreateVersion7()}', now())");
        Add($"insert into journal.absences values ({cell}, '{today:yyyy-MM-dd}', 'Н', null, 1, '{Guid.CreateVersion7()}', now())");
        Add($"insert into journal.cell_history values ({cell}, 'mark', 1, null, '5', null, now(), '{Guid.CreateVersion7()}', null, '{Guid.CreateVersion7()}')");
        Add($"insert into journal.criteria_points values ({cell}, array[2], '{Guid.CreateVersion7()}', now())");
        Add($"insert into journal.debts values ({cell}, '{today:yyyy-MM-dd}', '{today.AddDays(14):yyyy-MM-dd}')");
        Add($"insert into journal.homework_done values ({Year}, '{school.Id}', '{group.Homework}', '{learner.Id}', now())");
        AddWork(school, learner, group);
        Add($"insert into journal.term_marks values ({Year}, '{school.Id}', '{group.Id}', '{learner.Id}', 1, '5', '5', '', 1, '{Guid.CreateVersion7()}', now())");
        Add($"insert into journal.term_mark_history values ({Year}, '{school.Id}', '{group.Id}', '{learner.Id}', 1, 1, null, '5', now(), '{Guid.CreateVersion7()}')");
    }

    // A work that was handed in and sent back, with a draft of the next.
    private void AddWork(School school, Learner learner, Group group)
    {
        var (work, file) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var place = $"{Year}, '{school.Id}'";
        var whose = $"'{learner.Id}', '{group.Id}'";
        Add($"insert into works.works (school_year, school_id, id, homework_id, learner_id, group_id, subject, task, due_on, state, handed_at, changed_at) values ({place}, '{work}', '{group.Homework}', {whose}, 'Предмет', 'Задание', '{today:yyyy-MM-dd}', 'returned', now(), now())");
        Add($"insert into works.drafts values ({place}, '{work}', '{learner.Id}', 'Черновик')");
        Add($"insert into works.steps values ({place}, '{work}', 1, {whose}, 1, 'returned', 'Исправить', '{Guid.CreateVersion7()}', now())");
        Add($"insert into works.files (school_year, school_id, id, work_id, learner_id, group_id, attempt, position, is_handed, name, media_type, size, address, sealed_key, digest, state) values ({place}, '{file}', '{work}', {whose}, 1, 1, true, 'файл.pdf', 'application/pdf', 10, repeat('a', 64), '\\x00', '\\x00', 'clean')");
        Add($"insert into works.layers values ({place}, '{file}', 1, '{work}', {whose}, false, 1, jsonb_build_object('items', jsonb_build_array()), '{Guid.CreateVersion7()}', now())");
    }

    // Support has asked to read the school; nobody has answered yet.
    private void AddVisit(School school) => Add($"""
        insert into support.visits (id, ticket_id, ticket_no, school_id, school_name, territories, asker_id, asker_name, reason, state, asked_at, lapses_at)
        values (gen_random_uuid(), gen_random_uuid(), 1, '{school.Id}', '', array[{string.Join(',', Above(school).Select(t => $"'{t.Id}'"))}]::uuid[], gen_random_uuid(), '', 'Посмотреть, почему не видно отметок', 'asked', now(), now() + interval '1 day')
        """);

    // One ticket is with the school, another has gone to its municipality.
    private void AddTickets(School school)
    {
        var above = Above(school).Select(t => $"'{t.Id}'").ToList();
        foreach (var (name, seen, step) in ((string, string, int)[])[("here", $"'{school.Id}'", 1), ("passed", $"'{school.Id}', {above[0]}", 2)])
            Add($"""
                with t as (insert into support.tickets (id, author_id, role, from_name, kind, title, chain, chain_names, chain_kinds, step, first_unit, seen_by, state, created_at, changed_at, due_at)
                  select gen_random_uuid(), gen_random_uuid(), 'guardian', '', 'marks', '{name} {school.Id}', c, array_fill(''::text, array[cardinality(c)]), array['school'::text] || array_fill('region'::text, array[cardinality(c) - 1]),
                         {step}, '{school.Id}', array[{seen}]::uuid[], 'new', now(), now(), now() from (select array['{school.Id}', {string.Join(',', above)}]::uuid[] as c) n returning id),
                a as (insert into support.authors (ticket_id, name) select id, '{name} {school.Id}' from t)
                insert into support.messages (id, ticket_id, kind, text, at) select gen_random_uuid(), id, kind, '{name} {school.Id}', now() from t, unnest(array['author', 'note']) kind
                """);
    }

    private void AddConnection(School school)
    {
        Add($"insert into connection.schools (school_id, name, short_name, territory_ids, is_demo, is_closed, missing, administrators, administrators_came, bells, terms, classes, staff, staff_came, learners, with_guardian, counted_on) values ('{school.Id}', '{school.Name}', '{school.Name}', array[{string.Join(',', Above(school).Select(t => $"'{t.Id}'"))}]::uuid[], false, false, '{{}}', 1, 0, 1, 1, 2, 9, 0, 3, 1, '{today:yyyy-MM-dd}')");
        foreach (var role in (string[])["teacher", "school-administrator"])
            Add($"insert into connection.invitations (id, unit_id, kind, territory_ids, unit_name, role, name, link_hash, code_handle, code_salt, code_hash, invited_by, created_at, expires_at) select i, '{school.Id}', 'school', '{{}}', '', '{role}', 'Приглашённый', sha256(i::text::bytea), upper(translate(left(md5(i::text), 4), '01', 'XY')), '', '', i, now(), now() + interval '1 day' from (select gen_random_uuid() as i) n");
        Add($"insert into connection.requests (id, school_id, territory_ids, unit_name, role, person_id, asker, name, created_at) select i, '{school.Id}', '{{}}', '', 'teacher', i, sha256(i::text::bytea), 'Просящий', now() from (select gen_random_uuid() as i) n");
    }

    private void AddDouble(School one, School other, Guid left, Guid right)
    {
        var schools = one == other ? $"{one.Id}" : $"{one.Id},{other.Id}";
        Add($"insert into registry.merges (id, survivor_id, former_id, state, schools, left_units, right_units, merged_by, merged_at, parted_by, parted_at) values ('{Guid.CreateVersion7()}', '{left}', '{right}', 'parted', '{{{schools}}}', '{{{Units(one)}}}', '{{{Units(other)}}}', '{left}', now(), '{left}', now())");
        Add($"insert into registry.doubles (left_id, right_id, score, reasons, left_schools, right_schools, left_units, right_units, found_at) values ('{left}', '{right}', 90, '{{SameName}}', '{{{one.Id}}}', '{{{other.Id}}}', '{{{Units(one)}}}', '{{{Units(other)}}}', now())");
    }

    private static string Units(School school) => string.Join(',', Above(school).Select(t => t.Id).Append(school.Id));

    private void AddSubject(Subject subject)
    {
        if (subject.Self is { } self)
        {
            // The learner's own row: the person was written with the school.
            Add($"update registry.people set id = id where id = '{self.Id}'");
            return;
        }
        AddPerson(subject.Id, subject.Name);
        var (from, to) = subject.IsFormer ? (today.AddYears(-1), (DateOnly?)today.AddDays(-1))
            : subject.IsFuture ? (today.AddDays(1), null) : (today.AddYears(-1), null);
        var dates = $"'{from:yyyy-MM-dd}', {(to is null ? "null" : $"'{to:yyyy-MM-dd}'")}";
        foreach (var child in subject.Children)
            Add($"insert into registry.guardianships values ('{child.Id}', '{subject.Id}', 'mother', {dates}, {(subject.IsBarred ? "'решение суда'" : "null")})");
        var unit = subject.School?.Id ?? subject.Territory?.Id;
        if (subject.Role == Roles.SupportVisitor)
            Add($"insert into registry.visits (id, person_id, school_id, starts_at, ends_at) values ('{Guid.CreateVersion7()}', '{subject.Id}', '{unit}', now() + interval '{(subject.IsFormer ? "-2 hours" : subject.IsFuture ? "1 hour" : "-10 minutes")}', now() + interval '{(subject.IsFormer ? "-1 hour" : subject.IsFuture ? "2 hours" : "45 minutes")}')");
        else if (unit is not null)
            Add($"insert into registry.memberships (unit_id, id, person_id, role, starts_on, ends_on) values ('{unit}', '{Guid.CreateVersion7()}', '{subject.Id}', '{subject.Role}', {dates})");
        foreach (var group in subject.Teaches)
            Add($"insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on, ends_on) values ('{subject.School!.Id}', '{Guid.CreateVersion7()}', '{group.Id}', '{subject.Id}', {dates})");
        if (subject.Leads is { } led)
            Add($"insert into registry.class_leaders (school_id, id, class_id, person_id, starts_on, ends_on) values ('{subject.School!.Id}', '{Guid.CreateVersion7()}', '{led}', '{subject.Id}', {dates})");
    }

    private void AddFields(Guid person)
    {
        Add($"insert into registry.field_changes (person_id, id, field, at, source, old_value, new_value) values ('{person}', '{Guid.CreateVersion7()}', 'last_name', now(), 'school', 'Было', 'Стало')");
        Add($"insert into registry.field_proposals (person_id, id, field, source, value, at) values ('{person}', '{Guid.CreateVersion7()}', 'last_name', 'import', 'Иначе', now())");
    }

    private void AddPerson(Guid id, string name) =>
        Add($"insert into registry.people (id, last_name, first_name) values ('{id}', '{name}', 'Имя')");

    private static string Quote(Guid? id) => id is null ? "null" : $"'{id}'";
}

/// <summary>Who the subject is to the platform.</summary>
internal static class SubjectIdentity
{
    public static Guid PersonId(this Subject subject) => subject.Self?.Id ?? subject.Id;

    public static Kernel.Hat Hat(this Subject subject) => new(subject.Role,
        subject.Role == Roles.Guardian ? Guid.Empty : subject.School?.Id ?? subject.Territory?.Id ?? Guid.Empty);
}
