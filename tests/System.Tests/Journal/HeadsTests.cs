using System.Net;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Sheets;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Journal;

/// <summary>What class teachers, deputies and heads do with journals: summary, risks, meeting, reports, remarks, prints.</summary>
public sealed class HeadsTests : IAsyncLifetime
{
    private TestHost host = null!;

    private static Guid Group => SampleSchool.Algebra.Id;
    private static Guid Class => SampleSchool.Class.Id;
    private static Guid School => SampleSchool.School.Id;

    public async ValueTask InitializeAsync() => host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_class_teacher_and_those_who_run_the_school_see_the_summary_and_nobody_else()
    {
        foreach (var who in new[] { await LeaderAsync(), await DeputyAsync(), await HeadAsync() })
        {
            var page = await ReadAsync(who, $"/journal/classes/{Class}?term=1");
            Assert.Contains("Успеваемость", page, StringComparison.Ordinal);
            Assert.Contains("Кузнецов Артём", page, StringComparison.Ordinal);
            Assert.Contains($"/subjects/{Group}", page, StringComparison.Ordinal);
            who.Dispose();
        }
        using var teacher = await TeacherAsync();
        foreach (var path in (string[])["", "/risks", "/absences", "/meeting", "/report", "/report.xlsx"])
            Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync($"/journal/classes/{Class}{path}"));
        using var mother = await host.SignInAsync(SampleSchool.Mother.Id);
        await host.ConsentAsync(SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"/journal/classes/{Class}/risks"));
        using var deputy = await DeputyAsync();
        Assert.Equal(HttpStatusCode.NotFound, await deputy.StatusAsync($"/journal/classes/{SampleSchool.OtherSchool.Classes[0].Id}"));
        Assert.True(await CountAsync("select count(*) from kernel.audit where action = 'journal.read-class' and school_id = $1", School) >= 3);
    }

    [Fact]
    public async Task A_number_of_the_summary_opens_its_rows()
    {
        using var leader = await LeaderAsync();
        var learner = await host.Database.ScalarAsync<Guid>("select a.learner_id from journal.absences a join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code where a.group_id = $1 and c.category <> 'late' and a.lesson_date < '2026-10-25' limit 1", Group);
        var shown = Regex.Match(await ReadAsync(leader, $"/journal/classes/{Class}?term=1"), $@"learner={learner}"">(\d+)</a>").Groups[1].Value;
        Assert.Contains($">{shown} пропущенн", await ReadAsync(leader, $"/journal/classes/{Class}/absences?term=1&learner={learner}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await leader.StatusAsync($"/diary/{learner}/subjects/{Group}?term=1"));
        Assert.Equal(HttpStatusCode.NotFound, await leader.StatusAsync($"/journal/classes/{Class}/absences?learner={Guid.CreateVersion7()}"));
    }

    [Fact]
    public async Task A_low_average_puts_a_learner_on_the_list_and_what_was_done_is_remembered()
    {
        await RunAsync("update journal.marks set value = '2' where group_id = $1 and learner_id = $2 and lesson_date >= '2026-11-02'", Group, SampleSchool.Pupil.Id);
        await RunAsync("""
            insert into journal.marks select l.school_year, l.school_id, l.group_id, l.id, $2, 2, l.date, '2', 1, 1, null, 1, $2, now() from journal.lessons l
             where l.group_id = $1 and l.date between '2026-11-09' and '2026-11-22' and not l.is_cancelled
            """, Group, SampleSchool.Pupil.Id);
        using var leader = await LeaderAsync();
        var page = await ReadAsync(leader, $"/journal/classes/{Class}/risks");
        Assert.Contains("Алгебра: средний балл 2,00, ниже 2,50", page, StringComparison.Ordinal);
        var key = $"{Guid.CreateVersion7()}";
        (string, string)[] note = [("learner", $"{SampleSchool.Pupil.Id}"), ("kind", "family"), ("text", "Говорили с мамой о консультациях"), ("key", key)];
        for (var twice = 0; twice < 2; twice++)
            using (var sent = await leader.SubmitAsync($"/journal/classes/{Class}/risks", $"/journal/classes/{Class}/care", note)) Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
        Assert.Equal(1, await CountAsync("select count(*) from journal.care_notes where learner_id = $1", SampleSchool.Pupil.Id));
        using (var empty = await leader.SubmitAsync($"/journal/classes/{Class}/risks", $"/journal/classes/{Class}/care", [.. note.Where(field => field.Item1 != "text"), ("text", " ")]))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
            Assert.Contains("Напишите, что сделано", await BodyAsync(empty), StringComparison.Ordinal);
        }
        using var deputy = await DeputyAsync();
        Assert.Contains("Говорили с мамой", await ReadAsync(deputy, $"/journal/classes/{Class}/risks"), StringComparison.Ordinal);
        using (var notHers = await deputy.SubmitAsync($"/journal/classes/{Class}/risks", $"/journal/classes/{Class}/care", note)) Assert.Equal(HttpStatusCode.NotFound, notHers.StatusCode);
        using (var struck = await leader.SubmitAsync($"/journal/classes/{Class}/risks", $"/journal/classes/{Class}/care/{key}/strike")) Assert.Equal(HttpStatusCode.Found, struck.StatusCode);
        Assert.Contains("вычеркнуто", await ReadAsync(leader, $"/journal/classes/{Class}/risks"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_are_the_schools_and_zero_switches_one_off()
    {
        using var head = await HeadAsync();
        (string, string)[] rules = [("lowAverage", "0"), ("fallBy", "0"), ("fallDays", "21"), ("twos", "0"), ("twosDays", "14"), ("missed", "0"), ("missedDays", "30"), ("fewDays", "0")];
        using (var saved = await head.SubmitAsync("/journal/settings/risks", "/journal/settings/risks", rules)) Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        Assert.Contains("никому не нужна особая помощь", await ReadAsync(head, $"/journal/classes/{Class}/risks"), StringComparison.Ordinal);
        foreach (var (field, value) in ((string, string)[])[("lowAverage", "два"), ("fallBy", "4"), ("fallDays", "3"), ("twosDays", "0"), ("missedDays", "999"), ("fewDays", "-1")])
        {
            using var wrong = await head.SubmitAsync("/journal/settings/risks", "/journal/settings/risks", [.. rules.Where(pair => pair.Item1 != field), (field, value)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            var body = await BodyAsync(wrong);
            Assert.Contains($"f-{field}-error", body, StringComparison.Ordinal);
            Assert.Contains($"value=\"{value}\"", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_meeting_sheet_holds_one_child_and_no_other()
    {
        using var leader = await LeaderAsync();
        var page = await ReadAsync(leader, $"/journal/classes/{Class}/meeting?term=1&learner={SampleSchool.Pupil.Id}");
        var sheet = Regex.Match(page, "<article.*?</article>", RegexOptions.Singleline).Value;
        Assert.Contains("Кузнецов Артём Дмитриевич", sheet, StringComparison.Ordinal);
        var others = await host.Database.ScalarAsync<string[]>("select array_agg(distinct p.last_name) from registry.people p join registry.enrolments e on e.person_id = p.id where e.class_id = $1 and p.last_name not like 'Кузнецов%'", Class);
        Assert.All(others!, name => Assert.DoesNotContain(name, sheet, StringComparison.Ordinal));
        var all = Regex.Count(await ReadAsync(leader, $"/journal/classes/{Class}/meeting?term=1"), "<article");
        Assert.Equal(await CountAsync("select count(*) from registry.enrolments where class_id = $1 and ends_on is null", Class), all);
    }

    [Fact]
    public async Task Reports_count_marks_that_are_set_and_leave_as_a_workbook()
    {
        await RunAsync("insert into journal.term_marks select 2026, $1, $2, e.person_id, 1, case when row_number() over (order by e.person_id) <= 3 then '2' else '5' end, '5', '', 1, $3, now() from registry.enrolments e where e.class_id = $4 and e.ends_on is null",
            School, Group, SampleSchool.Teacher.Id, Class);
        var count = (int)await CountAsync("select count(*) from journal.term_marks where group_id = $1 and period = 1", Group);
        using var deputy = await DeputyAsync();
        foreach (var by in (string[])["class", "subject", "teacher"])
        {
            var page = await ReadAsync(deputy, $"/journal/classes/reports?by={by}&term=1");
            Assert.Contains($"{Math.Round(100m * (count - 3) / count, MidpointRounding.AwayFromZero):0} %", page, StringComparison.Ordinal);
            using var file = await deputy.GetAsync($"/journal/classes/reports.xlsx?by={by}&term=1");
            Assert.Equal(SheetWriter.MediaType, file.Content.Headers.ContentType!.MediaType);
        }
        Assert.Contains("Соколова", await ReadAsync(deputy, "/journal/classes/reports?by=teacher&term=1"), StringComparison.Ordinal);
        using var leader = await LeaderAsync();
        Assert.Equal(HttpStatusCode.NotFound, await leader.StatusAsync("/journal/classes/reports"));
        Assert.Contains("Неуспевающие", await ReadAsync(leader, $"/journal/classes/{Class}/report?term=1"), StringComparison.Ordinal);
        using var sheet = await leader.GetAsync($"/journal/classes/{Class}/report.xlsx?term=1");
        Assert.Equal(SheetWriter.MediaType, sheet.Content.Headers.ContentType!.MediaType);
        using var teacher = await TeacherAsync();
        using var journal = await teacher.GetAsync($"/journal/{Group}/journal.xlsx?term=1");
        Assert.Equal(SheetWriter.MediaType, journal.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_a_journal_lacks_becomes_a_remark_is_answered_returned_and_closed()
    {
        await RunAsync("update journal.lessons set topic = '' where group_id = $1 and date between '2026-11-09' and '2026-11-13'", Group);
        using var deputy = await DeputyAsync();
        Assert.Contains("без темы", await ReadAsync(deputy, "/journal/remarks?state=found&kind=topic"), StringComparison.Ordinal);
        for (var twice = 0; twice < 2; twice++)
            using (var made = await deputy.SubmitAsync("/journal/remarks", "/journal/remarks/found", ("journal", $"{Group}"), ("about", "topic"))) Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Equal(1, await CountAsync("select count(*) from journal.remarks where group_id = $1", Group));
        var remark = await host.Database.ScalarAsync<Guid>("select id from journal.remarks where group_id = $1", Group);

        using var teacher = await TeacherAsync();
        Assert.Contains($"/journal/remarks/{remark}", await ReadAsync(teacher, "/today"), StringComparison.Ordinal);
        Assert.Contains("есть замечания: 1", await ReadAsync(teacher, $"/journal/{Group}"), StringComparison.Ordinal);
        await StepAsync(teacher, remark, "answer", HttpStatusCode.UnprocessableEntity, ("text", ""), ("base", "1"));
        await StepAsync(teacher, remark, "answer", HttpStatusCode.Found, ("text", "Темы заполнены"), ("base", "1"));
        await StepAsync(teacher, remark, "decide", HttpStatusCode.NotFound, ("step", "close"), ("base", "2"));
        await StepAsync(deputy, remark, "decide", HttpStatusCode.Conflict, ("step", "close"), ("base", "1"));
        await StepAsync(deputy, remark, "decide", HttpStatusCode.Found, ("step", "return"), ("text", "Нет темы 9 ноября"), ("base", "2"));
        await StepAsync(teacher, remark, "answer", HttpStatusCode.Found, ("text", "Теперь все"), ("base", "3"));
        await StepAsync(deputy, remark, "decide", HttpStatusCode.Found, ("step", "close"), ("base", "4"));
        await StepAsync(teacher, remark, "answer", HttpStatusCode.Conflict, ("text", "Ещё слово"), ("base", "5"));
        Assert.Equal("open answer return answer close", await host.Database.ScalarAsync<string>("select string_agg(kind, ' ' order by number) from journal.remark_steps where remark_id = $1", remark));
        using var stranger = await LeaderAsync();
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusAsync($"/journal/remarks/{remark}"));
    }

    [Fact]
    public async Task A_remark_is_written_by_hand_and_bad_fields_are_explained()
    {
        using var deputy = await DeputyAsync();
        var lesson = await host.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and date < '2026-11-20' order by date desc limit 1", Group);
        Assert.Contains("Урок:", await ReadAsync(deputy, $"/journal/remarks/new?group={Group}&lesson={lesson}"), StringComparison.Ordinal);
        (string, string)[] good = [("journal", $"{Group}"), ("lesson", $"{lesson}"), ("about", "other"), ("text", "Проверьте запись темы"), ("due", "2026-11-30"), ("key", $"{Guid.CreateVersion7()}")];
        foreach (var (field, value) in ((string, string)[])[("journal", $"{Guid.Empty}"), ("about", "x"), ("text", " "), ("due", "2020-01-01")])
        {
            using var wrong = await deputy.SubmitAsync("/journal/remarks/new", "/journal/remarks", [.. good.Where(pair => pair.Item1 != field), (field, value)]);
            Assert.True(wrong.StatusCode == HttpStatusCode.UnprocessableEntity, $"{field}: {wrong.StatusCode}");
            Assert.Contains($"f-{field}-error", await BodyAsync(wrong), StringComparison.Ordinal);
        }
        for (var twice = 0; twice < 2; twice++)
            using (var made = await deputy.SubmitAsync("/journal/remarks/new", "/journal/remarks", good)) Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Equal(1, await CountAsync("select count(*) from journal.remarks where lesson_id = $1", lesson));
    }

    [Fact]
    public async Task A_class_is_printed_for_the_archive_and_its_hash_is_known()
    {
        using var deputy = await DeputyAsync();
        using (var unchosen = await deputy.SubmitAsync("/journal/classes/prints", "/journal/classes/prints", ("of", $"{Guid.Empty}"), ("period", "90"))) Assert.Equal(HttpStatusCode.UnprocessableEntity, unchosen.StatusCode);
        using var print = await deputy.SubmitAsync("/journal/classes/prints", "/journal/classes/prints", ("of", $"{Class}"), ("period", "90"), ("key", $"{Guid.CreateVersion7()}"));
        Assert.Equal("application/pdf", print.Content.Headers.ContentType!.MediaType);
        var pdf = await print.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("%PDF", global::System.Text.Encoding.ASCII.GetString(pdf, 0, 4), StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("KEEP_PRINT") is { } file) await File.WriteAllBytesAsync(file, pdf, TestContext.Current.CancellationToken);
        var hash = (await host.Database.ScalarAsync<string>("select encode(hash, 'hex') from journal.prints where class_id = $1", Class))!;
        Assert.True(await host.Database.ScalarAsync<int>("select pages from journal.prints where class_id = $1", Class) > 20);

        foreach (var typed in (string[])[hash, hash[..16], hash[..16].ToUpperInvariant() + "…"])
        {
            var known = await ReadAsync(deputy, $"/journal/classes/prints/verify?hash={Uri.EscapeDataString(typed)}");
            Assert.Contains("сделана в вашей школе", known, StringComparison.Ordinal);
            Assert.Contains("журнал не менялся", known, StringComparison.Ordinal);
        }
        await RunAsync("update journal.marks set value = case value when '5' then '4' else '5' end where ctid = (select ctid from journal.marks where group_id = $1 limit 1) and group_id = $1", Group);
        Assert.Contains("были изменения", await ReadAsync(deputy, $"/journal/classes/prints/verify?hash={hash}"), StringComparison.Ordinal);
        Assert.Contains("распечатки не делали", await ReadAsync(deputy, $"/journal/classes/prints/verify?hash={new string('0', 64)}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await deputy.StatusAsync("/journal/classes/prints/verify?hash=xyz"));
        using var leader = await LeaderAsync();
        Assert.Equal(HttpStatusCode.NotFound, await leader.StatusAsync("/journal/classes/prints"));
    }

    private static async Task StepAsync(TestBrowser who, Guid remark, string step, HttpStatusCode expected, params (string, string)[] fields)
    {
        using var answer = await who.SubmitAsync("/journal/remarks", $"/journal/remarks/{remark}/{step}", fields);
        Assert.Equal(expected, answer.StatusCode);
    }

    private Task<TestBrowser> LeaderAsync() => host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, School));

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, School));

    private Task<TestBrowser> DeputyAsync() => host.SignInAsync(SampleSchool.Staff(Roles.Deputy).Id, new Hat(Roles.Deputy, School));

    private Task<TestBrowser> HeadAsync() => host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, School));

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string sql, params object[] values) => await host.Database.ScalarAsync<long>(sql, values);

    private static async Task<string> ReadAsync(TestBrowser who, string page) => WebUtility.HtmlDecode(await who.ReadAsync(page));

    private static async Task<string> BodyAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
}
