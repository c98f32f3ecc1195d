using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Journal;

/// <summary>The end of a term: proposed and set by the teacher, closed by the deputy, opened again by the head's word.</summary>
public sealed class ClosingTests : IAsyncLifetime
{
    private TestHost host = null!;
    private Guid lesson;
    private Guid[] learners = [];

    private static Guid Group => SampleSchool.Algebra.Id;
    private static Guid Class => SampleSchool.Class.Id;
    private static string Sheet(int term) => string.Create(CultureInfo.InvariantCulture, $"/journal/{Group}/results?term={term}");

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await RunAsync("insert into journal.settings (school_id, edit_window_days) values ($1, 100) on conflict (school_id) do update set edit_window_days = 100", SampleSchool.School.Id);
        lesson = await host.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and date < '2026-10-20' and not is_cancelled order by date desc limit 1", Group);
        learners = (await host.Database.ScalarAsync<Guid[]>("select array_agg(e.person_id order by e.person_id) from registry.enrolments e join registry.teaching_groups t on t.class_id = e.class_id where t.id = $1 and e.ends_on is null", Group))!;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Proposed_marks_are_set_changed_and_remembered()
    {
        using var teacher = await TeacherAsync();
        var page = await ReadAsync(teacher, Sheet(1));
        Assert.Contains("Поставить предложенные", page, StringComparison.Ordinal);
        Assert.Contains("÷", page, StringComparison.Ordinal);
        using (var filled = await SubmitAsync(teacher, 1, [.. learners.Select(learner => (learner, 1, "", 0))], fills: true)) Assert.Equal(HttpStatusCode.Found, filled.StatusCode);
        var set = await CountAsync("select count(*) from journal.term_marks where group_id = $1 and period = 1 and value = proposed and basis like '%÷%'", Group);
        Assert.True(set > learners.Length / 2, $"{set} of {learners.Length}");

        var (learner, value) = (await host.Database.ScalarAsync<Guid>("select learner_id from journal.term_marks where group_id = $1 and period = 1 order by learner_id limit 1", Group), "осв");
        using (var changed = await SubmitAsync(teacher, 1, [(learner, 1, value, 1)])) Assert.Equal(HttpStatusCode.Found, changed.StatusCode);
        using (var stale = await SubmitAsync(teacher, 1, [(learner, 1, "2", 1)]))
        {
            Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
            Assert.Contains("сейчас там «осв»", await BodyAsync(stale), StringComparison.Ordinal);
        }
        using (var cleared = await SubmitAsync(teacher, 1, [(learner, 1, "", 2)])) Assert.Equal(HttpStatusCode.Found, cleared.StatusCode);
        using (var again = await SubmitAsync(teacher, 1, [(learner, 1, "5", 0)])) Assert.Equal(HttpStatusCode.Found, again.StatusCode);
        Assert.Equal("1 2 3 4", await host.Database.ScalarAsync<string>("select string_agg(version::text, ' ' order by version) from journal.term_mark_history where learner_id = $1 and group_id = $2 and period = 1", learner, Group));
        Assert.Contains("осв → —", await ReadAsync(teacher, Sheet(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_and_the_rest_is_saved()
    {
        using var teacher = await TeacherAsync();
        using (var mixed = await SubmitAsync(teacher, 1, [(learners[0], 1, "7", 0), (learners[1], 1, "4", 0)]))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, mixed.StatusCode);
            var shown = await BodyAsync(mixed);
            Assert.Contains("«7» у ученика", shown, StringComparison.Ordinal);
            Assert.Contains("value=\"7\"", shown, StringComparison.Ordinal);
        }
        Assert.Equal(1, await CountAsync("select count(*) from journal.term_marks where group_id = $1 and period = 1", Group));
        using (var ahead = await SubmitAsync(teacher, 4, [(learners[0], 4, "5", 0)])) Assert.Equal(HttpStatusCode.UnprocessableEntity, ahead.StatusCode);
        using (var stranger = await SubmitAsync(teacher, 1, [(SampleSchool.Teacher.Id, 1, "5", 0)])) Assert.Equal(HttpStatusCode.UnprocessableEntity, stranger.StatusCode);
        using (var broken = await teacher.SubmitAsync(Sheet(1), Sheet(1), ("learner", "x"), ("period", "1"), ("value", "5"), ("base", "0"))) Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using var head = await HeadAsync();
        using var foreign = await head.SubmitAsync("/closing", Sheet(1), ("learner", $"{learners[0]}"), ("period", "1"), ("value", "5"), ("base", "0"));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    [Fact]
    public async Task A_closed_term_is_locked_and_the_head_opens_it_for_one_group_for_three_days()
    {
        using var teacher = await TeacherAsync();
        using var deputy = await host.SignInAsync(SampleSchool.Staff(Roles.Deputy).Id, new Hat(Roles.Deputy, SampleSchool.School.Id));
        Assert.Contains(SampleSchool.Class.Name, await ReadAsync(deputy, "/closing?term=1"), StringComparison.Ordinal);
        using (var bare = await deputy.SubmitAsync("/closing", "/closing?term=1", ("class", $"{Class}")))
        {
            Assert.Equal(HttpStatusCode.Conflict, bare.StatusCode);
            Assert.Contains("есть замечания", await BodyAsync(bare), StringComparison.Ordinal);
        }
        using (var closed = await deputy.SubmitAsync("/closing", "/closing?term=1", ("class", $"{Class}"), ("note", "Каникулы, доделаем приказом"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);

        Assert.Equal("refused", await TypeAsync(teacher, "5"));
        using (var late = await SubmitAsync(teacher, 1, [(learners[0], 1, "5", 0)])) Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("период закрыт", await ReadAsync(teacher, Sheet(1)), StringComparison.Ordinal);
        using (var hasty = await teacher.SubmitAsync(Sheet(1), $"/journal/{Group}/reopening?term=1", ("reason", "надо"))) Assert.Equal(HttpStatusCode.UnprocessableEntity, hasty.StatusCode);
        using (var asked = await teacher.SubmitAsync(Sheet(1), $"/journal/{Group}/reopening?term=1", ("reason", "Не поставлена контрольная 12 октября"))) Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        using (var twice = await teacher.SubmitAsync(Sheet(1), $"/journal/{Group}/reopening?term=1", ("reason", "Не поставлена контрольная 12 октября"))) Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);

        var request = await host.Database.ScalarAsync<Guid>("select id from journal.reopenings where group_id = $1", Group);
        using (var notHers = await deputy.SubmitAsync("/closing", $"/closing/requests/{request}", ("decision", "open"))) Assert.Equal(HttpStatusCode.NotFound, notHers.StatusCode);
        using var head = await HeadAsync();
        Assert.Contains("Не поставлена контрольная", await ReadAsync(head, "/closing?term=1"), StringComparison.Ordinal);
        using (var opened = await head.SubmitAsync("/closing", $"/closing/requests/{request}", ("decision", "open"))) Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        using (var again = await head.SubmitAsync("/closing", $"/closing/requests/{request}", ("decision", "refuse"), ("answer", "Передумал открывать"))) Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        Assert.Equal("saved", await TypeAsync(teacher, "5"));
        using (var now = await SubmitAsync(teacher, 1, [(learners[0], 1, "5", 0)])) Assert.Equal(HttpStatusCode.Found, now.StatusCode);
        host.Clock.Now = host.Clock.Now.AddDays(4);
        using var later = await TeacherAsync();
        Assert.Equal("refused", await TypeAsync(later, "4"));
    }

    [Fact]
    public async Task The_head_opens_a_whole_class_with_a_reason()
    {
        using var head = await HeadAsync();
        using (var closed = await head.SubmitAsync("/closing", "/closing?term=1", ("class", $"{Class}"), ("note", "Закрываем как есть"))) Assert.Equal(HttpStatusCode.Found, closed.StatusCode);
        using (var bare = await head.SubmitAsync("/closing", $"/closing/{Class}/open?term=1", ("reason", ""))) Assert.Equal(HttpStatusCode.UnprocessableEntity, bare.StatusCode);
        using (var opened = await head.SubmitAsync("/closing", $"/closing/{Class}/open?term=1", ("reason", "Ошибка в датах четверти"))) Assert.Equal(HttpStatusCode.Found, opened.StatusCode);
        using (var already = await head.SubmitAsync("/closing", $"/closing/{Class}/open?term=1", ("reason", "Ошибка в датах четверти"))) Assert.Equal(HttpStatusCode.Conflict, already.StatusCode);
        Assert.Equal(1, await CountAsync("select count(*) from kernel.audit where action = 'journal.decide-reopening' and detail like '%Ошибка в датах четверти%'"));
    }

    [Fact]
    public async Task The_regulation_is_the_schools_and_bad_numbers_are_explained()
    {
        using var head = await HeadAsync();
        (string, string)[] good = [("editWindowDays", "10"), ("fiveFrom", "4,6"), ("fourFrom", "3.6"), ("threeFrom", "2,6"), ("minMarks", "4"), ("yearBy", "marks")];
        using (var saved = await head.SubmitAsync("/journal/settings", "/journal/settings", good)) Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        Assert.Equal("4.60 3.60 2.60 4 marks 10", await host.Database.ScalarAsync<string>("select concat_ws(' ', five_from, four_from, three_from, min_marks, year_by, edit_window_days) from journal.settings where school_id = $1", SampleSchool.School.Id));
        foreach (var (field, value) in ((string, string)[])[("fiveFrom", "пять"), ("fourFrom", "4,7"), ("threeFrom", "1"), ("minMarks", "0"), ("editWindowDays", "-1")])
        {
            using var wrong = await head.SubmitAsync("/journal/settings", "/journal/settings", [.. good.Where(pair => pair.Item1 != field), (field, value)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            Assert.Contains($"f-{field}-error", await BodyAsync(wrong), StringComparison.Ordinal);
        }
        using (var work = await head.SubmitAsync("/journal/settings", "/journal/settings/works", ("number", ""), ("name", "Диктант"), ("shortName", "Дикт"), ("weight", "4"))) Assert.Equal(HttpStatusCode.Found, work.StatusCode);
        using (var heavy = await head.SubmitAsync("/journal/settings", "/journal/settings/works", ("number", "1"), ("name", "Ответ"), ("shortName", "О"), ("weight", "101"))) Assert.Equal(HttpStatusCode.UnprocessableEntity, heavy.StatusCode);
        Assert.Equal(4, await host.Database.ScalarAsync<short>("select weight from journal.work_types where school_id = $1 and name = 'Диктант'", SampleSchool.School.Id));
    }

    private async Task<string> TypeAsync(TestBrowser teacher, string mark)
    {
        var learner = learners[^1];
        var seen = await host.Database.ScalarAsync<int>("select coalesce((select version from journal.marks where lesson_id = $1 and learner_id = $2 and slot = 1), 0)", lesson, learner);
        using var answer = await teacher.SendJsonAsync($"/journal/{Group}?term=1", $"/journal/{Group}/marks", new
        {
            key = Guid.CreateVersion7(), changes = new[] { new { lesson, learner, kind = "mark", value = mark, work = (short?)null, @base = seen } },
        });
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["cells"]![0]!["state"]!.GetValue<string>();
    }

    private static Task<HttpResponseMessage> SubmitAsync(TestBrowser who, int term, (Guid Learner, int Period, string Value, int Base)[] rows, bool fills = false) =>
        who.SubmitAsync(Sheet(term), Sheet(term),
            [.. rows.SelectMany(row => new[] { ("learner", $"{row.Learner}"), ("period", $"{row.Period}"), ("value", row.Value), ("base", $"{row.Base}") }), .. fills ? [("fill", "true")] : Array.Empty<(string, string)>()]);

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private Task<TestBrowser> HeadAsync() => host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));

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
