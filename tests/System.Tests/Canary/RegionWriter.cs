using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Kernel.Secrets;
using MySchool.System.Tests.Permissions;
using Npgsql;

namespace MySchool.System.Tests.Canary;

/// <summary>Writes a region into a database as its owner, past every wall; the school's marker goes into every text there is.</summary>
internal sealed class RegionWriter(Region region, DateOnly today, IdentifierVault vault)
{
    private readonly StringBuilder sql = new();
    private readonly short year = (short)(today.Month >= 8 ? today.Year : today.Year - 1);

    /// <summary>СНИЛС of the region's people.</summary>
    public List<string> Snils { get; } = [];

    public async Task WriteAsync(string ownerConnection)
    {
        foreach (var territory in region.Territories)
        {
            var kind = territory.Parent is null ? "country" : territory.Parent.Parent is null ? "region" : "municipality";
            AddOrganisation(territory.Id, territory.Parent, kind, territory.Name);
        }
        Add($"insert into registry.subjects (id, name, short_name) values ('{Guid.CreateVersion7()}', 'Алгебра', 'Алг')");
        foreach (var school in region.Schools) AddSchool(school);
        foreach (var resident in region.Everyone) AddResident(resident);
        AddConnection();
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync();
    }

    private void Add(FormattableString statement) => sql.Append(statement.ToString(CultureInfo.InvariantCulture)).Append(";\n");

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private void AddOrganisation(Guid id, Territory? above, string kind, string name)
    {
        var parent = above is null ? "null" : $"'{above.Id}'";
        Add($"insert into registry.organisations (id, parent_id, kind, name, short_name, address) values ('{id}', {parent}, '{kind}', '{Text(name)}', '{Text(name)}', 'улица {Text(name)}')");
        Add($"insert into registry.unit_closure values ('{id}', '{id}', 0)");
        var depth = 1;
        for (; above is not null; above = above.Parent) Add($"insert into registry.unit_closure values ('{above.Id}', '{id}', {depth++})");
    }

    private void AddSchool(MarkedSchool marked)
    {
        var (school, mark) = (marked.School, Text(marked.Mark));
        AddOrganisation(school.Id, school.Municipality, "school", school.Name);
        Add($"insert into registry.academic_years values ('{school.Id}', {year}, '{Date(today.AddDays(-80))}', '{Date(today.AddDays(180))}')");
        Add($"insert into registry.terms (school_id, id, year, number, name, starts_on, ends_on) values ('{school.Id}', '{Guid.CreateVersion7()}', {year}, 1, '{mark} четверть', '{Date(today.AddDays(-60))}', '{Date(today.AddDays(60))}')");
        Add($"insert into registry.bells values ('{school.Id}', 1, 1, '08:30', '09:15')");
        Add($"insert into registry.classes (school_id, id, year, grade, letter) values ('{school.Id}', '{school.ClassA}', {year}, 7, 'А{mark}'), ('{school.Id}', '{school.ClassB}', {year}, 7, 'Б{mark}')");
        Add($"insert into journal.settings values ('{school.Id}', 14)");
        Add($"insert into journal.work_types values ('{school.Id}', 1, '{mark} работа', '{mark}', 1)");
        Add($"insert into journal.absence_codes values ('{school.Id}', 'Н', '{mark} неявка', 'unknown', 1)");
        foreach (var learner in (Learner[])[school.Anna, school.Boris, school.Vera])
        {
            AddPerson(learner.Id, learner.Name, mark, marked.Number);
            Add($"insert into registry.enrolments (school_id, id, person_id, class_id, starts_on, order_no) values ('{school.Id}', '{Guid.CreateVersion7()}', '{learner.Id}', '{school.ClassOf(learner)}', '{Date(today.AddDays(-70))}', '{mark} приказ')");
        }
        foreach (var group in school.Groups) AddGroup(marked, group);
        foreach (var (learner, group) in school.Attendance) AddCell(marked, learner, group);
        var above = new List<string>();
        for (Territory? t = school.Municipality; t is not null; t = t.Parent) above.Add($"'{t.Id}'");
        Add($"insert into journal.day_totals values ('{school.Id}', '{Date(today)}', array[{string.Join(',', above)}]::uuid[], 7, 1)");
        AddPerson(marked.Spare, "Запасной", mark, marked.Number);
        Add($"insert into registry.memberships (unit_id, id, person_id, role, position, starts_on) values ('{school.Id}', '{marked.SpareMembership}', '{marked.Spare}', 'teacher', '{mark} должность', '{Date(today.AddDays(-300))}')");
        foreach (var (person, proposal) in ((Guid, Guid)[])[(marked.Spare, marked.Proposal), (school.Anna.Id, Guid.CreateVersion7())])
        {
            Add($"insert into registry.field_changes (person_id, id, field, at, source, old_value, new_value) values ('{person}', '{Guid.CreateVersion7()}', 'last_name', now(), 'school', '{mark} прежняя', '{mark} новая')");
            Add($"insert into registry.field_proposals (person_id, id, field, source, value, at) values ('{person}', '{proposal}', 'last_name', 'import', '{mark} иная', now())");
        }
        // One СНИЛС was offered for both: the pair stands in the queue of the school.
        Add($"insert into registry.double_signals values (least('{school.Anna.Id}'::uuid, '{marked.Spare}'), greatest('{school.Anna.Id}'::uuid, '{marked.Spare}'), 'snils', now())");
        AddPerson(marked.SpareGuardian, "Запасная", mark, marked.Number);
        Add($"insert into registry.merges (id, survivor_id, former_id, state, schools, left_units, right_units, merged_by, merged_at, parted_by, parted_at) values ('{marked.Merge}', '{marked.Spare}', '{marked.SpareGuardian}', 'parted', '{{{school.Id}}}', '{{{school.Id}}}', '{{{school.Id}}}', '{marked.Spare}', now(), '{marked.Spare}', now())");
        Add($"insert into registry.guardianships values ('{school.Boris.Id}', '{marked.SpareGuardian}', 'mother', '{Date(today.AddDays(-300))}', null, null)");
        Add($"insert into access.preferences values ('{marked.Spare}', 'auto', 'none', 100, now())");
        Add($"insert into access.letter_addresses values ('{marked.Spare}', '{mark}@example.ru', now())");
        if (marked.Number == Region.Count) Add($"insert into access.consent_drafts values ('diary', 'Название', 'Текст', 'Данные', 'Кому', 'Закон', 12, null, false, 'Что', 1, now(), '{marked.Spare}')");
        AddSite(marked);
        Add($"insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, detail) values (now(), '{Guid.CreateVersion7()}', '{marked.Spare}', 'teacher', 'journal.open', '{school.Id}', '{school.Anna.Id}', '{mark}')");
        Add($"insert into journal.term_marks values ({year}, '{school.Id}', '{school.Algebra.Id}', '{school.Anna.Id}', 1, '5', '5', '{mark} сумма', 1, '{marked.Spare}', now())");
        Add($"insert into journal.term_mark_history values ({year}, '{school.Id}', '{school.Algebra.Id}', '{school.Anna.Id}', 1, 1, null, '5', now(), '{marked.Spare}')");
        Add($"insert into journal.homework_done values ({year}, '{school.Id}', '{school.Algebra.Homework}', '{school.Anna.Id}', now())");
        AddMovement(marked, mark);
        Add($"insert into journal.phrases values ('{school.Id}', '{marked.Spare}', '{Guid.CreateVersion7()}', '{mark} слова', now())");
        AddPlan(marked, mark);
        Add($"insert into journal.absence_notes (school_year, school_id, id, learner_id, group_ids, starts_on, ends_on, reason, author_id, sent_at) values ({year}, '{school.Id}', '{marked.AbsenceNote}', '{school.Anna.Id}', array['{school.Algebra.Id}']::uuid[], '{Date(today)}', '{Date(today)}', 'illness', '{marked.SpareGuardian}', now())");
        Add($"insert into journal.care_notes values ({year}, '{school.Id}', '{marked.Care}', '{school.Anna.Id}', 'talk', '{mark} разговор', now(), '{marked.Spare}')");
        Add($"insert into journal.risk_rules values ('{school.Id}', 2.5, 0.7, 21, 3, 14, 6, 30, 21)");
        Add($"insert into journal.prints values ({year}, '{school.Id}', gen_random_uuid(), '{school.ClassA}', 'А{mark}', 90, sha256('{mark}'), 90, now(), '{marked.Spare}')");
        Add($"insert into notices.settings values ('{marked.Spare}', 'now', 'digest', 'never', 1080, 1260, 480, now())");
        Add($"insert into notices.school_settings values ('{school.Id}', 10)");
        Add($"insert into notices.devices values ('{marked.Device}', '{marked.Spare}', 'https://push.example/{marked.Number}', decode(repeat('04', 65), 'hex'), decode(repeat('00', 16), 'hex'), '{mark} телефон', now())");
        Add($"insert into notices.pending values (gen_random_uuid(), '{school.Anna.Id}', '{school.Id}', gen_random_uuid(), 'mark', '{mark} предмет', current_date, '5', '{mark} слова', false, now(), now() + interval '1 day')");
        Add($"insert into notices.lines values (gen_random_uuid(), '{marked.SpareGuardian}', '{school.Anna.Id}', 'mark', 'digest', '{mark} Имя', '{mark} текст', now(), now() + interval '1 day')");
        Add($"insert into access.read_keys (id, kind, secret_hash, person_id, role, unit_id, name, created_at, expires_at) values ('{marked.ReadKey}', 'family', sha256('key {marked.Number}'), '{marked.SpareGuardian}', 'guardian', '{Guid.Empty}', '{mark} виджет', now(), now() + interval '90 days')");
        Add($"insert into access.read_key_learners values ('{marked.ReadKey}', '{marked.SpareGuardian}', '{school.Anna.Id}')");
        Add($"insert into journal.absence_words values ({year}, '{school.Id}', '{marked.AbsenceNote}', '{school.Anna.Id}', '{mark} слова семьи')");
        Add($"insert into journal.diary_views values ({year}, '{school.Id}', '{school.Anna.Id}', date_trunc('week', date '{Date(today)}'), '{marked.SpareGuardian}', now())");
        Add($"insert into registry.history values ('{Guid.CreateVersion7()}', now(), 'classes', '{school.ClassA}', '{school.Id}', '{marked.Spare}', null, '{JsonText(marked.Mark)}', '{mark} почему')");
        AddWork(marked, mark);
        AddImport(marked);
        AddTicket(marked);
    }

    // A plan of lessons with a step of its past and a draft that waits.
    private void AddPlan(MarkedSchool marked, string mark)
    {
        var (school, row) = (marked.School, Guid.CreateVersion7());
        Add($"insert into journal.lesson_kinds values ('{school.Id}', 1, '{mark} тип', '{mark}', null, false)");
        Add($"insert into journal.plans (school_id, id, owner_id, school_year, subject_name, grade, title, changed_at) values ('{school.Id}', '{marked.Plan}', '{marked.Spare}', {year}, '{mark} предмет', 7, '{mark} план', now())");
        Add($"insert into journal.plan_rows (school_id, plan_id, id, position, is_section, title, hours, kind, homework, note) values ('{school.Id}', '{marked.Plan}', '{row}', 1, false, '{mark} тема плана', 1, 1, '{mark} задание плана', '{mark} заметка')");
        Add($"insert into journal.plan_history values ('{school.Id}', '{marked.Plan}', 1, now(), 'fill', '{JsonText(marked.Mark)}')");
        Add($"insert into journal.plan_drafts (school_id, id, plan_id, source, source_name, made_at, rows) values ('{school.Id}', '{marked.PlanDraft}', '{marked.Plan}', 'copy', '{mark} чужой план', now(), '[]')");
        Add($"insert into journal.plan_groups values ({year}, '{school.Id}', '{school.Algebra.Id}', '{marked.Plan}')");
        Add($"insert into journal.lesson_topics values ({year}, '{school.Id}', '{school.Algebra.Id}', '{school.Algebra.Lesson}', '{row}', '{marked.Plan}')");
    }

    // Anna was given work of her own, with a file; she has handed hers in, the teacher has drawn over it and sent it back.
    private void AddWork(MarkedSchool marked, string mark)
    {
        var (school, work) = (marked.School, Guid.CreateVersion7());
        var place = $"{year}, '{school.Id}'";
        var bytes = $"'{mark} файл.pdf', 'application/pdf', 10, '{Convert.ToHexStringLower(SHA256.HashData(work.ToByteArray()))}', '\\x00', '\\x00', 'waiting'";
        var whose = $"'{work}', '{school.Anna.Id}', '{school.Algebra.Id}'";
        Add($"update journal.homework set takes_work = true, is_chosen = true, minutes = 30, files = 1, class_id = '{school.ClassA}', subject_name = '{mark} предмет' where id = '{school.Algebra.Homework}'");
        Add($"insert into journal.homework_learners values ({place}, '{school.Algebra.Homework}', '{school.Anna.Id}', '{school.Algebra.Id}')");
        Add($"insert into journal.homework_files values ({place}, '{school.Algebra.Homework}', '{marked.WorkFile}', '{school.Algebra.Id}', 1, {bytes})");
        Add($"insert into journal.homework_norms values ('{school.Id}', 7, 100)");
        Add($"insert into works.works (school_year, school_id, id, homework_id, learner_id, group_id, subject, task, due_on, state, handed_at, changed_at) values ({place}, '{work}', '{school.Algebra.Homework}', '{school.Anna.Id}', '{school.Algebra.Id}', '{mark} предмет', '{mark} задание', '{Date(today)}', 'returned', now(), now())");
        Add($"insert into works.drafts values ({place}, '{work}', '{school.Anna.Id}', '{mark} черновик')");
        Add($"insert into works.steps values ({place}, '{work}', 1, '{school.Anna.Id}', '{school.Algebra.Id}', 1, 'returned', '{mark} исправить', '{marked.Spare}', now())");
        Add($"insert into works.files (school_year, school_id, id, work_id, learner_id, group_id, attempt, position, is_handed, name, media_type, size, address, sealed_key, digest, state) values ({place}, '{marked.WorkFile}', {whose}, 1, 1, true, {bytes})");
        Add($"insert into works.layers values ({place}, '{marked.WorkFile}', 1, {whose}, true, 1, jsonb_build_object('items', jsonb_build_array()), '{marked.Spare}', now())");
    }

    // A ticket that is with the school: what is said in it, by whom, with a picture.
    private void AddTicket(MarkedSchool marked)
    {
        var (school, mark, message) = (marked.School, Text(marked.Mark), Guid.CreateVersion7());
        // Whoever coordinates above the school sees who of support asked to read it: words of support's own, nothing of the school's.
        var open = Text(marked.OpenMark);
        Add($"insert into support.visits (id, ticket_id, ticket_no, school_id, school_name, territories, asker_id, asker_name, reason, state, asked_at, lapses_at) select '{marked.Visit}', '{marked.Ticket}', 1, '{school.Id}', '{open}', array(select ancestor_id from registry.unit_closure where descendant_id = '{school.Id}' and depth > 0 order by depth), '{marked.Spare}', '{open}', '{open} посмотреть, почему нет отметок', 'asked', now(), now() + interval '1 day'");
        Add($"insert into support.visit_approvals (visit_id, side, person_id, person_name, role, at) values ('{marked.Visit}', 'far', '{marked.SpareGuardian}', '{open}', 'operator', now())");
        Add($"insert into support.tickets (id, author_id, role, from_name, kind, title, chain, chain_names, chain_kinds, first_unit, seen_by, state, created_at, changed_at, due_at, seen_path) select '{marked.Ticket}', '{marked.Spare}', 'teacher', '', 'marks', '{mark} обращение', c, array_fill(''::text, array[cardinality(c)]), array['school'::text] || array_fill('region'::text, array[cardinality(c) - 1]), '{school.Id}', array['{school.Id}'::uuid], 'new', now(), now(), now(), '/{mark}' from (select array(select ancestor_id from registry.unit_closure where descendant_id = '{school.Id}' order by depth) as c) n");
        Add($"insert into support.authors values ('{marked.Ticket}', '{mark} Пишущий', 'writer{marked.Number}@school.example', null)");
        Add($"insert into support.messages values ('{message}', '{marked.Ticket}', 'author', '{marked.Spare}', '{mark} откуда', '{mark} рассказ', now())");
        Add($"insert into support.pictures values ('{marked.Picture}', '{marked.Ticket}', '{message}', 'image/png', 1, 1, decode('00', 'hex'))");
        Add($"insert into support.steps values ('{Guid.CreateVersion7()}', '{marked.Ticket}', now(), 'sent', '{marked.Spare}', '{mark} откуда', '{mark} куда')");
    }

    // A rehearsal of each school that waits for its administrator.
    private void AddImport(MarkedSchool marked)
    {
        var (school, mark, id) = (marked.School, Text(marked.Mark), Guid.CreateVersion7());
        Add($"insert into registry.imports (school_id, id, source, file_name, state, ends_absent, alive_at, made_at, made_by) values ('{school.Id}', '{id}', 'list', '{mark} файл', 'ready', false, now(), now(), '{marked.Spare}')");
        Add($"insert into registry.import_changes (school_id, import_id, number, table_name, kind, row_id, title, note, new_row) values ('{school.Id}', '{id}', 1, 'people', 'new', '{Guid.CreateVersion7()}', '{mark} новый', '{mark} заметка', '{JsonText(marked.Mark)}')");
        Add($"insert into registry.import_secrets values ('{school.Id}', '{id}', '{marked.Spare}', '\x01', '\x02')");
        Add($"insert into registry.import_mappings values ('{school.Id}', '{new string('0', 64)}', '[]', now(), '{marked.Spare}')");
    }

    // Figures as the platform will count them anew; people's rows of connection with the marker in every text.
    private void AddConnection()
    {
        foreach (var territory in region.Territories)
            Add($"insert into connection.units (unit_id, kind, name, short_name, territory_ids) select o.id, o.kind, o.name, o.short_name, array(select ancestor_id from registry.unit_closure where descendant_id = o.id and depth > 0 order by depth) from registry.organisations o where o.id = '{territory.Id}'");
        foreach (var marked in region.Schools)
        {
            var (school, mark) = (marked.School, Text(marked.Mark));
            Add($"insert into connection.schools (school_id, name, short_name, territory_ids, is_demo, is_closed, missing, administrators, administrators_came, bells, terms, classes, staff, staff_came, learners, with_guardian, counted_on) select o.id, o.name, o.short_name, array(select ancestor_id from registry.unit_closure where descendant_id = o.id and depth > 0 order by depth), false, false, '{{}}', 1, 0, 1, 1, 2, 9, 0, 3, 1, '{Date(today)}' from registry.organisations o where o.id = '{school.Id}'");
            Add($"insert into connection.invitations (id, unit_id, kind, territory_ids, unit_name, role, name, email, link_hash, code_handle, code_salt, code_hash, invited_by, created_at, expires_at) values ('{marked.Invitation}', '{school.Id}', 'school', '{{}}', '', 'teacher', '{mark} Приглашённый', 'invited{marked.Number}@school.example', sha256('{marked.Number}'), '{"ABCDEFGHJKMNPQ"[marked.Number]}AB2', '', '', '{marked.Spare}', now(), now() + interval '9 days')");
            Add($"insert into connection.requests (id, school_id, territory_ids, unit_name, role, person_id, asker, name, word, created_at) values ('{marked.Request}', '{school.Id}', '{{}}', '', 'teacher', '{marked.Spare}', sha256('{marked.Number}'), '{mark} Просящий', '{mark} слово', now())");
            Add($"insert into connection.reminders (school_id, at, territory_ids, step, letters) select '{school.Id}', now(), territory_ids, 'staff', 0 from connection.schools where school_id = '{school.Id}'");
            Add($"insert into connection.points select school_id, '{Date(today.AddDays(-1))}', territory_ids, 1, 0, 0, '{{0,0,0,0}}', 9, 0 from connection.schools where school_id = '{school.Id}'");
            Add($"insert into connection.contacts values ('{marked.Spare}', 'spare{marked.Number}@school.example')");
        }
    }

    private void AddMovement(MarkedSchool marked, string mark)
    {
        var (school, order, last) = (marked.School, Guid.CreateVersion7(), Date(today.AddDays(-40)));
        Add($"insert into registry.movements (school_id, id, person_id, kind, order_no, ordered_on, takes_effect_on, note, transfer_id, changes, recorded_by, recorded_at) values ('{school.Id}', '{order}', '{school.Boris.Id}', 'home-schooling', '{mark} приказ', '{last}', '{last}', '{mark} примечание', null, '[]', '{marked.Spare}', now())");
        Add($"insert into registry.transfers (id, from_school_id, to_place, person_id, last_name, first_name, class_name, grade, movement_id, last_day, state, sent_at) values ('{Guid.CreateVersion7()}', '{school.Id}', '{mark} лицей', '{school.Boris.Id}', '{mark} Борис', 'Имя{mark}', '7А{mark}', 7, '{order}', '{last}', 'sent', now())");
        Add($"insert into registry.rollovers (school_id, id, from_year, state, plan, changed_by, changed_at) values ('{school.Id}', '{Guid.CreateVersion7()}', {year - 1}, 'draft', jsonb_build_object('mark', '{mark}'), '{marked.Spare}', now())");
        Add($"insert into journal.former_groups values ({year}, '{school.Id}', '{school.Boris.Id}', '{school.EnglishOne.Id}', '{Date(today.AddDays(-70))}', '{last}', '{order}', '{mark} школа', '7А{mark}', '{mark} предмет')");
        Add($"insert into journal.statements values ({year}, '{school.Id}', '{order}', '{school.Boris.Id}', '{mark} Борис', '{mark} школа', '7А{mark}', '{last}', null, '[]', '[]', now())");
    }

    // What outside sites hold of the school's people. The names are the site's own and carry no marker.
    private void AddSite(MarkedSchool marked)
    {
        var (client, signIn) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var school = marked.School;
        Add($"insert into access.clients (id, kind, client_id, client_type, display_name, legal_name, organisation_id, unit_ids, legal_basis, created_at, created_by) values ('{client}', 'system', 'system-{marked.Number}', 'confidential', 'Дневник', 'Владелец', '{school.Id}', array['{school.Id}']::uuid[], 'Соглашение № 7', now(), '{marked.Spare}')");
        Add($"insert into federation.regions (id, code, name, dialect, address, changed_at, changed_by) values ('{Guid.CreateVersion7()}', '{10 + marked.Number}', 'Регион {marked.Number}', 'own', 'https://{school.Id}.example', now(), '{marked.Spare}')");
        Add($"insert into access.site_grants (id, person_id, client_id, role, unit_id, scopes, given_at) values ('{Guid.CreateVersion7()}', '{marked.Spare}', '{client}', 'teacher', '{school.Id}', array['role'], now())");
        Add($"insert into access.client_sign_ins (id, application_id, person_id, role, unit_id, status, subject) values ('{signIn}', '{client}', '{marked.Spare}', 'teacher', '{school.Id}', 'valid', '{marked.Spare}')");
        Add($"insert into access.client_tokens (id, application_id, authorization_id, status, subject) values ('{Guid.CreateVersion7()}', '{client}', '{signIn}', 'valid', '{marked.Spare}')");
    }

    private static string JsonText(string mark) => Text($$"""{"letter": {{JsonSerializer.Serialize(mark)}}}""");

    private void AddGroup(MarkedSchool marked, Group group)
    {
        var (school, mark) = (marked.School, Text(marked.Mark));
        var whole = school.IsWholeClass(group);
        var at = $"{year}, '{school.Id}'";
        Add($"insert into registry.teaching_groups (school_id, id, class_id, subject_id, year, kind, name) select '{school.Id}', '{group.Id}', '{(group == school.AlgebraB ? school.ClassB : school.ClassA)}', id, {year}, '{(whole ? "class" : "subgroup")}', '{(whole ? "" : mark + " подгруппа")}' from registry.subjects limit 1");
        Add($"insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at, room, topic) values ({at}, '{group.Lesson}', '{group.Id}', '{Date(today)}', 1, '08:30', '09:15', '{mark} каб', '{mark} тема')");
        Add($"insert into journal.weekly_lessons values ('{school.Id}', '{Guid.CreateVersion7()}', '{group.Id}', 1, 1, '08:30', '09:15', '{mark} каб')");
        Add($"insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by) values ({at}, '{group.Homework}', '{group.Id}', '{group.Lesson}', '{Date(today)}', '{Date(today.AddDays(1))}', '{mark} задание', '{marked.Spare}')");
        Add($"insert into journal.closed_terms values ({at}, '{Guid.CreateVersion7()}', 1, now(), '{marked.Spare}', '{mark} замечание')");
        Add($"insert into journal.reopenings (school_year, school_id, id, class_id, group_id, term, asked_by, asked_at, reason) values ({at}, '{Guid.CreateVersion7()}', '{Guid.CreateVersion7()}', '{group.Id}', 1, '{marked.Spare}', now(), '{mark} просьба открыть')");
        var remark = group == school.Algebra ? marked.Remark : Guid.CreateVersion7();
        Add($"insert into journal.remarks (school_year, school_id, id, class_id, group_id, term, kind, text, due_on, opened_by, opened_at) values ({at}, '{remark}', '{school.ClassA}', '{group.Id}', 1, 'topic', '{mark} замечание', '{Date(today)}', '{marked.Spare}', now())");
        Add($"insert into journal.remark_steps values ({at}, '{remark}', 1, '{group.Id}', 'open', '{mark} замечание', now(), '{marked.Spare}')");
        Add($"insert into journal.lesson_history values ({at}, '{group.Lesson}', 1, 'topic', '{mark} была', '{mark} тема', now(), '{marked.Spare}')");
    }

    private void AddCell(MarkedSchool marked, Learner learner, Group group)
    {
        var (school, mark) = (marked.School, Text(marked.Mark));
        var cell = $"{year}, '{school.Id}', '{group.Id}', '{group.Lesson}', '{learner.Id}'";
        if (!school.IsWholeClass(group))
            Add($"insert into registry.group_members values ('{school.Id}', '{group.Id}', '{learner.Id}', '{Date(today.AddDays(-70))}')");
        Add($"insert into journal.marks values ({cell}, 1, '{Date(today)}', '5', 1, 1, '{mark} комментарий', 1, '{marked.Spare}', now())");
        Add($"insert into journal.criteria values ({year}, '{school.Id}', '{group.Lesson}', '{group.Id}', array['{mark} критерий'], array[3], 85, 65, 45, 1, '{marked.Spare}', now()) on conflict do nothing");
        Add($"insert into journal.criteria_points values ({cell}, array[2], '{marked.Spare}', now())");
        Add($"insert into journal.debts values ({cell}, '{Date(today)}', '{Date(today.AddDays(14))}')");
        Add($"insert into journal.absences values ({cell}, '{Date(today)}', 'Н', '{mark} причина', 1, '{marked.Spare}', now())");
        Add($"insert into journal.cell_history values ({cell}, 'comment', 1, '{mark} было', '{mark} стало', '{mark} почему', now(), '{marked.Spare}', null, '{Guid.CreateVersion7()}')");
    }

    private void AddResident(Resident resident)
    {
        var subject = resident.Subject;
        // A person of two schools is known by name in both.
        var mark = resident.Own.Count == 1 ? Text(resident.Own[0].Mark) : "";
        if (subject.Self is null) AddPerson(subject.Id, subject.Name, mark, resident.Own.Count == 0 ? 99 : resident.Own[0].Number);
        var ends = subject.IsFormer ? $"'{Date(today.AddDays(-1))}'" : "null";
        var dates = $"'{Date(today.AddDays(-300))}', {ends}";
        foreach (var child in subject.Children) AddChild(resident, child, mark, dates);
        if (subject.Role == Roles.SupportVisitor)
            Add($"insert into registry.visits (id, person_id, school_id, starts_at, ends_at) values ('{Guid.CreateVersion7()}', '{subject.Id}', '{subject.School!.Id}', now(), now() + interval '1 hour')");
        else if (subject.Self is null && (subject.School?.Id ?? subject.Territory?.Id) is { } unit)
            Add($"insert into registry.memberships (unit_id, id, person_id, role, position, starts_on, ends_on) values ('{unit}', '{Guid.CreateVersion7()}', '{subject.Id}', '{subject.Role}', '{mark} должность', {dates})");
        foreach (var group in subject.Teaches)
            Add($"insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on, ends_on) values ('{subject.School!.Id}', '{Guid.CreateVersion7()}', '{group.Id}', '{subject.Id}', {dates})");
        if (subject.Leads is { } led)
            Add($"insert into registry.class_leaders (school_id, id, class_id, person_id, starts_on, ends_on) values ('{subject.School!.Id}', '{Guid.CreateVersion7()}', '{led}', '{subject.Id}', {dates})");
        AddSession(resident, mark);
    }

    private void AddChild(Resident resident, Learner child, string mark, string dates)
    {
        var subject = resident.Subject;
        Add($"insert into registry.guardianships values ('{child.Id}', '{subject.Id}', 'mother', {dates}, {(subject.IsBarred ? $"'{mark} решение суда'" : "null")})");
        var consent = subject.Role == Roles.Guardian && !subject.IsBarred && resident.Own.Count == 1 && child == resident.Own[0].School.Anna
            ? resident.Own[0].Consent : Guid.CreateVersion7();
        Add($"insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at) select '{consent}', 'given', '{child.Id}', '{subject.Id}', purpose, version, hash, now(), now() + interval '1 year' from access.consent_texts where purpose = 'diary'");
        if (resident.Own.Count != 1 || consent != resident.Own[0].Consent) return;
        Add($"insert into access.copies (id, subject_id, asker_id, state, asked_at, ready_until) values ('{resident.Own[0].Copy}', '{child.Id}', '{subject.Id}', 'ready', now(), now() + interval '3 days')");
        Add($"insert into access.copy_files (copy_id, name, sealed) values ('{resident.Own[0].Copy}', 'index.html', '{mark}')");
        var school = resident.Own[0];
        Add($"insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by) values ('{school.Erasure}', '{child.Id}', '{subject.Id}', '{school.School.Id}', '{mark}', 'Europe/Moscow', 'asked', now(), current_date + 14)");
        Add($"insert into access.erasure_lines (erasure_id, module, rule, fate, state, rows, law, until) values ('{school.Erasure}', 'journal', 'marks', 'kept', 'held', 5, '{mark} закон', '2031-12-31')");
    }

    private void AddSession(Resident resident, string mark)
    {
        var hat = resident.Subject.Hat();
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(resident.Token)));
        Add($"insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, methods, started_at, last_seen_at, expires_at, user_agent) values ('{resident.SessionId}', '\\x{hash}', '{resident.Subject.PersonId()}', '{hat.Role}', '{hat.UnitId}', now(), 'PWD', now(), now(), now() + interval '1 day', '{mark}')");
    }

    private void AddPerson(Guid id, string name, string mark, int school)
    {
        Add($"insert into registry.people (id, last_name, first_name, middle_name, birth_date) values ('{id}', '{mark} {name}', 'Имя{mark}', 'Отчество{mark}', '2013-03-04')");
        var snils = string.Create(CultureInfo.InvariantCulture, $"777{school:00}{Snils.Count:0000}55");
        Snils.Add(snils);
        Add($"insert into registry.identities (person_id, snils_hash, snils_cipher) values ('{id}', '\\x{Convert.ToHexString(vault.Hash(snils))}', '\\x{Convert.ToHexString(vault.Encrypt(snils))}')");
    }
}
