using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Journal;

/// <summary>What a cell can hold beside one mark: several, a split one, a point with its day, and marks that wait to be posted.</summary>
public sealed class CellsTests : IAsyncLifetime
{
    private static readonly string Journal = $"/journal/{SampleSchool.Algebra.Id}";
    private TestHost host = null!;
    private Guid lesson;
    private DateOnly day;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private static Guid Learner => SampleSchool.Pupil.Id;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await host.ConsentAsync(SampleSchool.Mother.Id);
        lesson = await host.Database.ScalarAsync<Guid>("""
            select id from journal.lessons l where group_id = $1 and date <= '2026-11-23' and not is_cancelled
               and not exists (select from journal.marks m where m.lesson_id = l.id and m.learner_id = $2) order by date desc limit 1
            """, SampleSchool.Algebra.Id, Learner);
        day = await host.Database.ScalarAsync<DateOnly>("select date from journal.lessons where id = $1", lesson);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task Several_marks_of_a_cell_are_one_version_and_count_each()
    {
        using var teacher = await TeacherAsync();
        var version = await TypeAsync(teacher, "5 3/4", 0);
        Assert.Equal("5 3/4", await MarksAsync());
        Assert.Contains("<span class=\"m\">5</span><span class=\"m\">3/4</span>", WebUtility.HtmlDecode(await teacher.ReadAsync(Journal)), StringComparison.Ordinal);
        Assert.Contains("3/4", WebUtility.HtmlDecode(await (await MotherAsync()).ReadAsync($"/diary?date={day:yyyy-MM-dd}")), StringComparison.Ordinal);
        version = await TypeAsync(teacher, "4", version);
        Assert.Equal("4", await MarksAsync());
        Assert.Equal("5 3/4", await host.Database.ScalarAsync<string>("select old_value from journal.cell_history where lesson_id = $1 and learner_id = $2 and kind = 'mark' and version = $3", lesson, Learner, version));
    }

    [Fact]
    public async Task Point_is_a_debt_until_a_mark_takes_its_place()
    {
        using var teacher = await TeacherAsync();
        using var mother = await MotherAsync();
        var version = await TypeAsync(teacher, "•", 0, due: day.AddDays(20));
        Assert.Equal(day.AddDays(20), await host.Database.ScalarAsync<DateOnly>("select due_on from journal.debts where lesson_id = $1 and learner_id = $2", lesson, Learner));
        Assert.Contains("Кузнецов", WebUtility.HtmlDecode(await teacher.ReadAsync("/journal/debts")), StringComparison.Ordinal);
        Assert.Contains("Не сдано", WebUtility.HtmlDecode(await teacher.ReadAsync("/today")), StringComparison.Ordinal);
        var until = day.AddDays(20).ToString("до d MMMM", global::System.Globalization.CultureInfo.GetCultureInfo("ru-RU"));
        Assert.Contains(until, WebUtility.HtmlDecode(await mother.ReadAsync("/today")), StringComparison.Ordinal);
        await TypeAsync(teacher, "4", version);
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from journal.debts where lesson_id = $1", lesson));
        Assert.DoesNotContain(until, WebUtility.HtmlDecode(await mother.ReadAsync("/today")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Marks_that_wait_are_told_and_shown_to_nobody_at_home_before_they_are_posted()
    {
        using var teacher = await TeacherAsync();
        using var mother = await MotherAsync();
        using (var held = await teacher.SubmitAsync($"{Journal}/lessons/{lesson}", $"{Journal}/lessons/{lesson}/hold", ("holds", "true"))) Assert.Equal(HttpStatusCode.Found, held.StatusCode);
        await TypeAsync(teacher, "2 4/5", 0);
        await host.DeliveredAsync();
        Assert.DoesNotContain("4/5", await mother.ReadAsync($"/diary?date={day:yyyy-MM-dd}"), StringComparison.Ordinal);
        Assert.Equal(0, await PendingAsync());
        Assert.Equal((0, 0), (await MotherReadsAsync("journal.marks"), await MotherReadsAsync("journal.cell_history")));
        Assert.Contains("Не опубликовано", WebUtility.HtmlDecode(await teacher.ReadAsync(Journal)), StringComparison.Ordinal);

        using (var posted = await teacher.SubmitAsync($"{Journal}/lessons/{lesson}", $"{Journal}/lessons/{lesson}/post")) Assert.Equal(HttpStatusCode.Found, posted.StatusCode);
        await host.DeliveredAsync();
        Assert.Contains("4/5", await mother.ReadAsync($"/diary?date={day:yyyy-MM-dd}"), StringComparison.Ordinal);
        Assert.Equal(1, await PendingAsync());
        Assert.False(await host.Database.ScalarAsync<bool>("select had_before from notices.pending where lesson_id = $1", lesson));
        Assert.Equal(2, await MotherReadsAsync("journal.marks"));
        Assert.Equal("2 4/5", await MarksAsync());
    }

    [Fact]
    public async Task Points_by_criteria_become_a_mark_that_says_how()
    {
        using var teacher = await TeacherAsync();
        var page = $"{Journal}/lessons/{lesson}/criteria";
        using (var set = await teacher.SubmitAsync(page, page, ("version", "0"), ("criteria", "Тема 3\nГрамотность 2"), ("five", "85"), ("four", "65"), ("three", "45"))) Assert.Equal(HttpStatusCode.Found, set.StatusCode);
        using (var stale = await teacher.SubmitAsync(page, page, ("version", "7"), ("criteria", "Тема 5"), ("five", "85"), ("four", "65"), ("three", "45"))) Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        using (var over = await teacher.SubmitAsync(page, $"{page}/points", ($"p-{Learner}", "4"), ($"p-{Learner}", "2")))
            Assert.Contains("value=\"4\"", await over.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Null(await MarksAsync());
        using (var put = await teacher.SubmitAsync(page, $"{page}/points", ($"p-{Learner}", "3"), ($"p-{Learner}", "1"))) Assert.Equal(HttpStatusCode.Found, put.StatusCode);
        Assert.Equal("4", await MarksAsync());
        Assert.Equal("Тема 3 из 3, Грамотность 1 из 2. Всего 4 из 5", await host.Database.ScalarAsync<string>("select comment from journal.marks where lesson_id = $1 and learner_id = $2", lesson, Learner));
        using (var again = await teacher.SubmitAsync(page, $"{page}/points", ($"p-{Learner}", "3"), ($"p-{Learner}", "2"))) Assert.Equal(HttpStatusCode.Found, again.StatusCode);
        Assert.Equal("5", await MarksAsync());
        using (var fewer = await teacher.SubmitAsync(page, page, ("version", "1"), ("criteria", "Тема 3"), ("five", "85"), ("four", "65"), ("three", "45"))) Assert.Equal(HttpStatusCode.Conflict, fewer.StatusCode);
        using var mother = await MotherAsync();
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync(page));
    }

    [Fact]
    public async Task Words_for_comments_are_the_teachers_own()
    {
        using var teacher = await TeacherAsync();
        using (var kept = await teacher.SendJsonAsync(Journal, "/journal/phrases", new { text = " Повторить правило " })) Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        using (var again = await teacher.SendJsonAsync(Journal, "/journal/phrases", new { text = "повторить ПРАВИЛО" })) Assert.Single((await again.Content.ReadFromJsonAsync<JsonArray>(Stop))!);
        using (var empty = await teacher.SendJsonAsync(Journal, "/journal/phrases", new { text = " " })) Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        using var colleague = await host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.Equal("[]", await colleague.ReadAsync("/journal/phrases", "application/json"));
        var own = (await JsonNode.ParseAsync(new MemoryStream(global::System.Text.Encoding.UTF8.GetBytes(await teacher.ReadAsync("/journal/phrases", "application/json"))), cancellationToken: Stop))!.AsArray();
        using (var dropped = await teacher.SendJsonAsync(Journal, $"/journal/phrases/{own[0]!["id"]}", new { }, HttpMethod.Delete)) Assert.Equal(HttpStatusCode.OK, dropped.StatusCode);
        Assert.Equal("[]", await teacher.ReadAsync("/journal/phrases", "application/json"));
    }

    [Fact]
    public async Task Only_the_teacher_holds_and_posts()
    {
        using var head = await host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        foreach (var deed in (string[])["hold", "post"])
            using (var refused = await head.SubmitAsync("/today", $"{Journal}/lessons/{lesson}/{deed}", ("holds", "true"))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private Task<string?> MarksAsync() => host.Database.ScalarAsync<string>("select string_agg(value, ' ' order by slot) from journal.marks where lesson_id = $1 and learner_id = $2", lesson, Learner);

    private async Task<int> PendingAsync() => (int)await host.Database.ScalarAsync<long>("select count(*) from notices.pending where lesson_id = $1 and learner_id = $2", lesson, Learner);

    // Past the pages: what the policies alone let her read.
    private Task<int> MotherReadsAsync(string table) => host.Services.GetRequiredService<AppDb>().ReadAsync(
        new Actor(SampleSchool.Mother.Id, Guid.Empty, new Hat(Roles.Guardian, Guid.Empty), [new Tie(Relations.Guardian, new Coordinate(Places.Person, Learner))], SampleSchool.Today),
        batch => batch.Add($"select count(*)::int from {table} where school_year = 2026 and school_id = $1 and group_id = $2 and lesson_id = $3 and learner_id = $4", SampleSchool.School.Id, SampleSchool.Algebra.Id, lesson, Learner),
        (reader, token) => reader.ReadFirstAsync(row => row.GetInt32(0), token), Stop);

    private async Task<int> TypeAsync(TestBrowser teacher, string mark, int seen, DateOnly? due = null)
    {
        using var answer = await teacher.SendJsonAsync(Journal, $"{Journal}/marks", new
        {
            key = Guid.CreateVersion7(), changes = new[] { new { lesson, learner = Learner, kind = "mark", value = mark, work = (short?)null, due, @base = seen } },
        });
        var cell = (await answer.Content.ReadFromJsonAsync<JsonNode>(Stop))!["cells"]![0]!;
        Assert.Equal("saved", cell["state"]!.GetValue<string>());
        return cell["mark"]!["version"]!.GetValue<int>();
    }

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private Task<TestBrowser> MotherAsync() => host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
}
