using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Features;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>Erasure: shown beforehand, asked, decided by somebody else, carried out module by module, acted upon; what a law keeps goes on its day.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class ErasureTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>
{
    private const string Place = "/account/erasure";
    private const string Mark = "Опознаваев";
    private static readonly Guid Mother = SampleSchool.Mother.Id;
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private static readonly DateOnly Yesterday = SampleSchool.Today.AddDays(-1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private ConsentPages Pages => new(platform);

    [Fact]
    public async Task A_child_who_learns_is_not_erased_and_the_page_says_what_to_do()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        var plan = await ReadAsync(mother, $"{Place}/{Son}");
        Assert.Contains("Сейчас удалить нельзя", plan, StringComparison.Ordinal);
        Assert.Contains("Попросите после отчисления", plan, StringComparison.Ordinal);
        Assert.Contains("Федеральный закон от 29.12.2012 № 273-ФЗ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"sure\"", plan, StringComparison.Ordinal);
        using var refused = await mother.SubmitAsync(Place, Place, ("subject", Son.ToString()), ("sure", "true"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var own = await ReadAsync(mother, $"{Place}/{Mother}");
        Assert.Contains("представляет ребёнка, который учится", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_children_and_whoever_is_not_sure_ask_in_vain()
    {
        var (child, mother) = await LeaverAsync("Перволюб");
        using var parent = await Pages.GuardianAsync(mother);
        foreach (var subject in (Guid[])[SampleSchool.Teacher.Id, Son, Guid.CreateVersion7()])
        {
            Assert.Equal(HttpStatusCode.NotFound, await parent.StatusAsync($"{Place}/{subject}"));
            using var stranger = await parent.SubmitAsync(Place, Place, ("subject", subject.ToString()), ("sure", "true"));
            Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
        }
        using var unsure = await parent.SubmitAsync(Place, Place, ("subject", child.ToString()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsure.StatusCode);
        Assert.Contains("Отметьте, что понимаете", WebUtility.HtmlDecode(await unsure.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        using var son = await Pages.LearnerAsync(Son);
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        Assert.Equal(HttpStatusCode.NotFound, await son.StatusAsync($"{Place}/{Son}"));
        Assert.Equal(0, await CountAsync("select count(*) from access.erasures where subject_id = any($1)", new[] { child, Son }));
    }

    [Fact]
    public async Task It_is_decided_by_the_administrator_of_the_school_and_by_nobody_else()
    {
        var (child, mother) = await LeaverAsync("Второлюб");
        using var parent = await Pages.GuardianAsync(mother);
        var id = await AskAsync(parent, child);
        using (var again = await parent.SubmitAsync(Place, Place, ("subject", child.ToString()), ("sure", "true"))) Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        foreach (var who in (TestBrowser[])[parent, await HeadAsync(SampleSchool.School), await AdministratorAsync(SampleSchool.OtherSchool), await platform.OperatorAsync()])
        {
            Assert.Equal(HttpStatusCode.NotFound, await who.StatusAsync($"/erasures/{id}"));
            using var foreign = await who.SubmitAsync("/account", $"/erasures/{id}", ("decision", "confirm"));
            Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        }
        using var administrator = await AdministratorAsync(SampleSchool.School);
        Assert.Contains($"{Mark} Второлюб", await ReadAsync(administrator, $"/erasures/{id}"), StringComparison.Ordinal);
        using (var bare = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "refuse"), ("reason", "нет"))) Assert.Equal(HttpStatusCode.UnprocessableEntity, bare.StatusCode);
        using (var refused = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "refuse"), ("reason", "Сначала верните учебники в библиотеку."))) Assert.Equal(HttpStatusCode.Found, refused.StatusCode);
        Assert.Contains("верните учебники", await ReadAsync(parent, Place), StringComparison.Ordinal);
        using var late = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "confirm"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal(1, await CountAsync("select count(*) from kernel.audit where action = 'access.decide-erasure' and subject_id = $1", child));
    }

    [Fact]
    public async Task The_second_representative_takes_it_back_and_a_stranger_does_not()
    {
        var (child, mother) = await LeaverAsync("Третьелюб");
        await Pages.RunAsync("insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on) values ($1, $2, 'father', $3)", child, ConsentPages.Father, Yesterday);
        using var parent = await Pages.GuardianAsync(mother);
        var id = await AskAsync(parent, child);
        using var stranger = await Pages.GuardianAsync(Mother);
        using (var refused = await stranger.SubmitAsync(Place, $"{Place}/take-back", ("id", id.ToString()))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        using (var taken = await father.SubmitAsync(Place, $"{Place}/take-back", ("id", id.ToString()))) Assert.Equal(HttpStatusCode.Found, taken.StatusCode);
        Assert.Equal("withdrawn", await StateAsync(id));
        await Pages.RunAsync("update registry.guardianships set ends_on = $3 where learner_id = $1 and guardian_id = $2", child, ConsentPages.Father, Yesterday);
    }

    /// <summary>The whole way: nothing that named the child is left anywhere, what a law wants stays without a name until its day, and then goes too.</summary>
    [Fact]
    public async Task A_confirmed_erasure_leaves_no_trace_but_what_a_law_keeps_and_that_goes_on_its_day()
    {
        var (child, mother) = await LeaverAsync("Четверолюб");
        await FillAsync(child, mother, "Четверолюб");
        using var pupil = await platform.Host.SignInAsync(child, new Hat(Roles.Learner, SampleSchool.School.Id));
        using var parent = await Pages.GuardianAsync(mother);
        var id = await AskAsync(parent, child);
        Assert.NotEmpty(await TracesAsync("Четверолюб"));
        using var administrator = await AdministratorAsync(SampleSchool.School);
        using (var confirmed = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "confirm"))) Assert.Equal(HttpStatusCode.Found, confirmed.StatusCode);
        await UntilAsync(id, "done");

        Assert.Empty(await TracesAsync("Четверолюб"));
        Assert.Equal(0, await CountAsync("select count(*) from access.sessions where person_id = $1", child));
        Assert.Equal(0, await CountAsync("select count(*) from registry.identities where person_id = $1", child));
        Assert.Equal(0, await Pages.StandingAsync(ConsentPurposes.Diary, child));
        Assert.Equal(1, await CountAsync("select count(*) from journal.marks where learner_id = $1 and comment is null", child));
        Assert.Contains("Данные удалены", await ReadAsync(administrator, $"/people/{child}"), StringComparison.Ordinal);
        Assert.DoesNotContain($"/people/{child}", await ReadAsync(administrator, "/search?q=Данные"), StringComparison.Ordinal);
        Assert.Equal("deleted", await platform.Host.Database.ScalarAsync<string>("select event from registry.changes where object_id = $1 and kind = 'user' order by id desc limit 1", child.ToString()));

        using var nobody = platform.Host.Browse();
        var act = await ReadAsync(nobody, await LinkAsync(parent));
        Assert.Contains("Акт об уничтожении персональных данных", act, StringComparison.Ordinal);
        Assert.Contains("Приказ Росархива", act, StringComparison.Ordinal);
        Assert.Contains(SampleSchool.Staff(Roles.SchoolAdministrator).FullName, act, StringComparison.Ordinal);
        Assert.DoesNotContain("Четверолюб", act, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("select count(*) from registry.kept_names where person_id = $1", child));

        await Pages.RunAsync("update access.erasure_lines set until = $2 where erasure_id = $1 and state = 'held'", id, Yesterday);
        Assert.Equal(1, await platform.Host.Services.GetRequiredService<CarryOutErasures>().HandleAsync(Stop));
        while (await CountAsync("select count(*) from access.erasure_lines where erasure_id = $1 and state <> 'done'", id) > 0) await Task.Delay(50, Stop);
        foreach (var table in (string[])["journal.marks where learner_id", "journal.cell_history where learner_id", "registry.enrolments where person_id", "registry.kept_names where person_id", "access.consents where subject_id"])
            Assert.Equal(0, await CountAsync($"select count(*) from {table} = $1", child));
    }

    [Fact]
    public async Task A_module_that_fails_is_tried_again_and_those_before_it_are_not_done_twice()
    {
        var (child, mother) = await LeaverAsync("Пятолюб");
        await FillAsync(child, mother, "Пятолюб");
        using var parent = await Pages.GuardianAsync(mother);
        var id = await AskAsync(parent, child);
        // The registry's step meets a row it cannot touch; the steps before it stay done.
        await Pages.RunAsync("create function registry.stumble() returns trigger language plpgsql as 'begin raise exception ''stumbled''; end'");
        await Pages.RunAsync("create trigger stumble before delete on registry.identities for each row execute function registry.stumble()");
        using var administrator = await AdministratorAsync(SampleSchool.School);
        using (var confirmed = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "confirm"))) Assert.Equal(HttpStatusCode.Found, confirmed.StatusCode);
        while (await CountAsync("select count(*) from kernel.outbox where type = 'ErasureOrdered' and attempts > 0") == 0) await Task.Delay(50, Stop);
        var before = await CountAsync("select count(*) from access.erasure_lines where erasure_id = $1 and module = 'journal' and state = 'done'", id);
        Assert.True(before > 0);
        Assert.Equal("confirmed", await StateAsync(id));
        Assert.Equal(1, await CountAsync("select count(*) from registry.people where id = $1 and erased_at is null", child));
        await Pages.RunAsync("drop trigger stumble on registry.identities");
        await Pages.RunAsync("update kernel.outbox set due_at = $1 where type = 'ErasureOrdered'", platform.Host.Clock.Now);
        await UntilAsync(id, "done");
        Assert.Equal(before, await CountAsync("select count(*) from access.erasure_lines where erasure_id = $1 and module = 'journal' and state = 'done'", id));
        Assert.Equal(0, await CountAsync("select count(*) from registry.people where last_name = $1 and first_name = 'Пятолюб'", Mark));
    }

    /// <summary>A copy from before the request is restored: name, mark and enrolment are back, and nobody in the database knows why they should not be.</summary>
    [Fact]
    public async Task An_older_copy_does_not_bring_anybody_back()
    {
        var (child, mother) = await LeaverAsync("Шестолюб");
        using var parent = await Pages.GuardianAsync(mother);
        var id = await AskAsync(parent, child);
        using var administrator = await AdministratorAsync(SampleSchool.School);
        using (var confirmed = await administrator.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "confirm"))) Assert.Equal(HttpStatusCode.Found, confirmed.StatusCode);
        await UntilAsync(id, "done");
        var number = await NumberAsync(id);
        Assert.DoesNotContain("Шестолюб", await File.ReadAllTextAsync(Path.Combine(platform.Erasures, $"{id:N}.erased"), Stop), StringComparison.Ordinal);

        await BringBackAsync(id, child, "Шестолюб");
        // The copy is from before the expulsion.
        await Pages.RunAsync("update registry.enrolments set ends_on = null where person_id = $1", child);
        var again = platform.Host.Services.GetRequiredService<CarryOutErasures>();
        await again.HandleAsync(Stop);
        while (await CountAsync("select count(*) from access.erasures where id = $1 and again_waits is not null", id) == 0) await Task.Delay(50, Stop);
        Assert.Equal(number, await NumberAsync(id));
        var shown = await ReadAsync(administrator, $"/erasures/{id}");
        Assert.Contains("База восстановлена из прежней копии", shown, StringComparison.Ordinal);
        Assert.Contains("Попросите после отчисления", shown, StringComparison.Ordinal);

        await Pages.RunAsync("update registry.enrolments set ends_on = $2 where person_id = $1", child, Yesterday);
        Assert.Equal(1, await again.HandleAsync(Stop));
        await UntilAsync(id, "done");
        Assert.Empty(await TracesAsync("Шестолюб"));
        Assert.Equal(0, await again.HandleAsync(Stop));
        var next = await AskAsync(parent, (await LeaverAsync("Седьмолюб", mother)).Child);
        Assert.True(await NumberAsync(next) > number);
    }

    [Fact]
    public async Task Somebody_without_a_role_asks_the_operator_who_decides_by_the_number()
    {
        var person = Guid.CreateVersion7();
        await Pages.RunAsync("insert into registry.people (id, last_name, first_name, birth_date) values ($1, 'Прежняя', 'Одиночка', '1980-01-01')", person);
        await Pages.RunAsync("insert into registry.identities (person_id, esia_oid) values ($1, $1::text)", person);
        await Pages.RunAsync("insert into access.letter_addresses values ($1, 'alone@example.ru', $2)", person, platform.Host.Clock.Now);
        using var alone = await platform.Host.SignInAsync(person);
        using (var asked = await alone.SubmitAsync($"{Place}/{person}", Place, ("subject", person.ToString()), ("sure", "true"))) Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        var id = await platform.Host.Database.ScalarAsync<Guid>("select id from access.erasures where subject_id = $1", person);
        var link = await LinkAsync(alone);
        using var office = await platform.OperatorAsync();
        var shown = await ReadAsync(office, $"/erasures/{id}");
        Assert.Contains("Имя скрыто", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Одиночка", shown, StringComparison.Ordinal);
        using (var confirmed = await office.SubmitAsync("/erasures", $"/erasures/{id}", ("decision", "confirm"))) Assert.Equal(HttpStatusCode.Found, confirmed.StatusCode);
        await UntilAsync(id, "done");
        Assert.Equal(HttpStatusCode.Found, await alone.StatusAsync("/account"));
        Assert.Equal(0, await CountAsync("select count(*) from access.letter_addresses where person_id = $1", person));
        // Nothing is kept of somebody who left nothing behind: no name either.
        Assert.Equal(0, await CountAsync("select count(*) from registry.kept_names where person_id = $1", person));
        using var nobody = platform.Host.Browse();
        Assert.Contains("Акт об уничтожении", await ReadAsync(nobody, link), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await nobody.StatusAsync("/erasure?key=чужой"));
    }

    [Fact]
    public async Task Terms_are_the_operators_to_set()
    {
        using var office = await platform.OperatorAsync();
        using (var wrong = await office.SubmitAsync("/erasures/terms", "/erasures/terms", ("code", "class-journal"), ("years", "0"), ("law", "Номенклатура дел школы"))) Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using (var unknown = await office.SubmitAsync("/erasures/terms", "/erasures/terms", ("code", "cellar"), ("years", "5"), ("law", "Номенклатура дел школы"))) Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using (var saved = await office.SubmitAsync("/erasures/terms", "/erasures/terms", ("code", "mark-summary"), ("years", "30"), ("law", "Номенклатура дел школы, ведомости"))) Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        Assert.Equal((short)30, await platform.Host.Database.ScalarAsync<short>("select years from access.retention_terms where code = 'mark-summary'"));
        using var administrator = await AdministratorAsync(SampleSchool.School);
        Assert.Equal(HttpStatusCode.NotFound, await administrator.StatusAsync("/erasures/terms"));
    }

    // A learner of 7А who left yesterday, with a mother of their own: no other test's rows are touched.
    private async Task<(Guid Child, Guid Mother)> LeaverAsync(string name, Guid? of = null)
    {
        var (child, mother, school) = (Guid.CreateVersion7(), of ?? Guid.CreateVersion7(), SampleSchool.School.Id);
        await Pages.RunAsync("insert into registry.people (id, last_name, first_name, middle_name, birth_date) values ($1, $2, $3, $2 || 'ич', '2013-03-04')", child, Mark, name);
        await Pages.RunAsync("insert into registry.people (id, last_name, first_name) values ($1, 'Матушкина', 'Матрёна') on conflict do nothing", mother);
        await Pages.RunAsync("insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on) values ($1, $2, 'mother', '2026-09-01')", child, mother);
        await Pages.RunAsync("insert into registry.identities (person_id, esia_oid) values ($1, $1::text)", child);
        var (ofClass, group) = (await platform.Host.Database.ScalarAsync<Guid>("select class_id from registry.enrolments where person_id = $1", Son), await platform.Host.Database.ScalarAsync<Guid>("select group_id from journal.marks where learner_id = $1 limit 1", Son));
        await Pages.RunAsync("insert into registry.enrolments (school_id, id, person_id, class_id, starts_on, ends_on) values ($1, gen_random_uuid(), $2, $3, '2026-09-01', $4)", school, child, ofClass, Yesterday);
        await Pages.RunAsync("""
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, value, work_type, weight, comment, version, recorded_by, recorded_at)
            select school_year, school_id, group_id, lesson_id, $1, lesson_date, '5', work_type, weight, $3, 1, recorded_by, recorded_at from journal.marks where learner_id = $2 and group_id = $4 limit 1
            """, child, Son, name, group);
        return (child, mother);
    }

    // Something with the name in every module.
    private async Task FillAsync(Guid child, Guid mother, string word)
    {
        var (school, now) = (SampleSchool.School.Id, platform.Host.Clock.Now);
        await Pages.RunAsync("insert into registry.history (id, at, table_name, row_id, school_id, actor_id, new_row) values (gen_random_uuid(), $3, 'people', $1, $2, $1, jsonb_build_object('last_name', $4::text))", child, school, now, word);
        await Pages.RunAsync("insert into registry.movements (school_id, id, person_id, kind, order_no, ordered_on, takes_effect_on, note, changes, recorded_by, recorded_at) values ($1, gen_random_uuid(), $2, 'leaving', '7', $3, $3, $4, '[]', $2, $5)", school, child, Yesterday, word, now);
        await Pages.RunAsync("""
            insert into support.tickets (id, author_id, role, from_name, kind, title, chain, chain_names, chain_kinds, first_unit, seen_by, state, created_at, changed_at)
            values ($1, $1, 'learner', 'Школа', 'other', $3, array[$2::uuid], array['Школа'], array['school'], $2, array[$2::uuid], 'new', $4, $4)
            """, child, school, word, now);
        await Pages.RunAsync("insert into support.authors (ticket_id, name) values ($1, $2)", child, word);
        await Pages.RunAsync("insert into support.messages (id, ticket_id, kind, by_person, text, at) values ($1, $1, 'author', $1, $2, $3)", child, word, now);
        await Pages.RunAsync("insert into connection.contacts (person_id, email) values ($1, $2)", child, $"{word}@example.ru");
        await Pages.RunAsync("insert into access.letter_addresses values ($1, $2, $3)", child, $"{word}@example.ru", now);
        await Pages.RunAsync("insert into kernel.audit (at, id, actor_id, role, action, subject_id, address) values ($2, gen_random_uuid(), $1, 'learner', 'journal.diary', $1, '203.0.113.9')", child, now);
        await platform.Host.ConsentAsync(mother);
    }

    // Every row of every table that still says the name, or from where the child came.
    private async Task<List<string>> TracesAsync(string word)
    {
        await using var find = platform.Host.Database.Owner.CreateCommand("""
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel') and c.relkind in ('r', 'p') and not c.relispartition
            """);
        List<string> tables;
        await using (var reader = await find.ExecuteReaderAsync(Stop)) tables = await reader.ReadAllAsync(row => row.GetString(0), Stop);
        Assert.True(tables.Count > 50, $"only {tables.Count} tables");
        var traces = new List<string>();
        foreach (var table in tables)
            if (await CountAsync($"select count(*) from {table} x where x::text like $1 or x::text like '%203.0.113.9%'", $"%{word}%") > 0) traces.Add(table);
        return traces;
    }

    // As an older copy has them: the person, an open request of theirs, and no word of the erasure.
    private async Task BringBackAsync(Guid id, Guid child, string name)
    {
        await Pages.RunAsync("delete from access.erasures where id = $1", id);
        await Pages.RunAsync("update registry.people set last_name = $2, first_name = $3, middle_name = $3, birth_date = '2013-03-04', erased_at = null where id = $1", child, Mark, name);
        await Pages.RunAsync("""
            insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by)
            values (gen_random_uuid(), $1, $1, $2, 'Школа', 'Europe/Moscow', 'asked', $3, $4)
            """, child, SampleSchool.School.Id, platform.Host.Clock.Now, Yesterday);
    }

    private Task<long> NumberAsync(Guid id) => platform.Host.Database.ScalarAsync<long>("select number from access.erasures where id = $1", id);

    private async Task<Guid> AskAsync(TestBrowser who, Guid subject)
    {
        Assert.Contains("Останется по закону", await ReadAsync(who, $"{Place}/{subject}"), StringComparison.Ordinal);
        using var asked = await who.SubmitAsync($"{Place}/{subject}", Place, ("subject", subject.ToString()), ("sure", "true"));
        Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        return await platform.Host.Database.ScalarAsync<Guid>("select id from access.erasures where subject_id = $1 and state = 'asked'", subject);
    }

    private async Task UntilAsync(Guid id, string state)
    {
        while (await StateAsync(id) != state) await Task.Delay(50, Stop);
    }

    private async Task<string> LinkAsync(TestBrowser who)
    {
        var found = Link().Match(await ReadAsync(who, Place));
        Assert.True(found.Success);
        return found.Groups[1].Value;
    }

    private async Task<string> StateAsync(Guid id) => (await platform.Host.Database.ScalarAsync<string>("select state from access.erasures where id = $1", id))!;

    private Task<TestBrowser> AdministratorAsync(Generator.People.School school) =>
        platform.Host.SignInAsync(school.Memberships.First(m => m.Role == Roles.SchoolAdministrator).Person.Id, new Hat(Roles.SchoolAdministrator, school.Id));

    private Task<TestBrowser> HeadAsync(Generator.People.School school) => platform.Host.SignInAsync(school.Memberships.First(m => m.Role == Roles.Head).Person.Id, new Hat(Roles.Head, school.Id));

    private async Task<long> CountAsync(string sql, params object[] values) => await platform.Host.Database.ScalarAsync<long>(sql, values);

    private static async Task<string> ReadAsync(TestBrowser who, string page) => WebUtility.HtmlDecode(await who.ReadAsync(page));

    [GeneratedRegex("href=\"(/erasure\\?key=[^\"]+)\"")]
    private static partial Regex Link();
}
