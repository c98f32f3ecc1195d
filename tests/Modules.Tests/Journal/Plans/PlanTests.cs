using System.Net;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Sheets;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Journal.Plans;

/// <summary>Plans of lessons from their making to the lesson that gives a topic.</summary>
public sealed partial class PlanTests : IAsyncLifetime
{
    private static readonly Guid Algebra = SampleSchool.Algebra.Id;
    private static readonly Guid School = SampleSchool.School.Id;
    private TestHost host = null!;

    public async ValueTask InitializeAsync() => host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_demo_plan_is_laid_over_the_year_and_its_topic_is_taken_in_one_tap()
    {
        using var teacher = await TeacherAsync();
        Assert.Contains("Алгебра, 7 класс", await TextAsync(teacher, "/plans"), StringComparison.Ordinal);
        var plan = await PlanAsync(Algebra);
        var page = await TextAsync(teacher, $"/plans/{plan}?group={Algebra}");
        Assert.Contains("дано", page, StringComparison.Ordinal);

        var lesson = await NextLessonAsync();
        var shown = await TextAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}");
        Assert.Contains("Взять тему и задание", shown, StringComparison.Ordinal);
        Assert.Contains("по плану:", await TextAsync(teacher, $"/journal/{Algebra}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}", $"/journal/{Algebra}/lessons/{lesson}/plan", ("take", "all"), ("version", "1")));
        var topic = await host.Database.ScalarAsync<string>("select topic from journal.lessons where id = $1", lesson);
        Assert.Equal(topic, await host.Database.ScalarAsync<string>("select r.title from journal.lesson_topics t join journal.plan_rows r on r.id = t.row_id where t.lesson_id = $1", lesson));
        Assert.StartsWith("§", await host.Database.ScalarAsync<string>("select text from journal.homework where lesson_id = $1", lesson), StringComparison.Ordinal);
        Assert.Equal(1, await host.Database.ScalarAsync<long>("select count(*) from journal.lesson_history where lesson_id = $1 and field = 'topic'", lesson));

        // A second topic at the same lesson, and both taken off again.
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}", $"/journal/{Algebra}/lessons/{lesson}/plan", ("take", "join"), ("version", "2"),
            ("topic", $"{await host.Database.ScalarAsync<Guid>("select id from journal.plan_rows where plan_id = $1 and kind = 9", plan)}")));
        Assert.Equal($"{topic}; Резервное время", await host.Database.ScalarAsync<string>("select topic from journal.lessons where id = $1", lesson));
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}", $"/journal/{Algebra}/lessons/{lesson}/plan", ("take", "drop")));
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from journal.lesson_topics where lesson_id = $1", lesson));
        // Over a colleague's version nothing is written.
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}", $"/journal/{Algebra}/lessons/{lesson}/plan", ("take", "topic"), ("version", "1"),
            ("topic", $"{await host.Database.ScalarAsync<Guid>("select id from journal.plan_rows where plan_id = $1 and kind = 9", plan)}")));
    }

    [Fact]
    public async Task Saving_the_lesson_by_hand_takes_the_topic_that_stood_in_the_field()
    {
        using var teacher = await TeacherAsync();
        var lesson = await NextLessonAsync(until: SampleSchool.Today);
        var page = await teacher.ReadAsync($"/journal/{Algebra}/lessons/{lesson}");
        var planned = Planned().Match(page).Groups[1].Value;
        Assert.NotEmpty(planned);
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/journal/{Algebra}/lessons/{lesson}", $"/journal/{Algebra}/lessons/{lesson}",
            ("version", "1"), ("topic", "Своими словами"), ("work", "1"), ("planned", planned)));
        Assert.Equal("Своими словами", await host.Database.ScalarAsync<string>("select topic from journal.lessons where id = $1", lesson));
        Assert.Equal(Guid.Parse(planned), await host.Database.ScalarAsync<Guid>("select row_id from journal.lesson_topics where lesson_id = $1", lesson));
    }

    [Fact]
    public async Task A_file_is_rehearsed_explained_applied_and_taken_back()
    {
        using var teacher = await TeacherAsync();
        var plan = await NewPlanAsync(teacher, "Свой план");
        using var file = new MemoryStream();
        SheetWriter.Write(file, new Sheet("Лист", [new("Номер"), new("Что проходим"), new("Сколько"), new("Тип урока")],
            [["", "Раздел 1. Дроби (3 ч)", null, null], [1, "Доли", 1, "УНЗ"], [2, "Проценты", 2, "к/р"]]));
        using var content = new ByteArrayContent(file.ToArray());
        using var sent = await teacher.UploadAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/file", "file", content);
        var draft = sent.Headers.Location!.ToString();
        var shown = await TextAsync(teacher, draft);
        Assert.Contains("Укажите, в каком столбце тема урока", shown, StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(plan));

        Assert.Equal((HttpStatusCode)422, await PostAsync(teacher, draft, $"{draft}/columns", ("c0", "Title"), ("c1", "Title")));
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, draft, $"{draft}/columns", ("c0", "Number"), ("c1", "Title"), ("c2", "Hours"), ("c3", "Kind")));
        shown = await TextAsync(teacher, draft);
        Assert.Contains("Проценты", shown, StringComparison.Ordinal);
        Assert.Contains("Контрольная работа", shown, StringComparison.Ordinal);
        Assert.Equal(0, await RowsAsync(plan));

        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, draft, $"{draft}/apply", ("seen", "1"), ("how", "replace")));
        Assert.Equal("Раздел 1. Дроби 0|Доли 1|Проценты 2", await host.Database.ScalarAsync<string>("select string_agg(title || ' ' || hours, '|' order by position) from journal.plan_rows where plan_id = $1", plan));
        // Applied once: the draft is gone, and the step is taken back.
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync(draft));
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/plans/{plan}", $"/plans/{plan}/rows", ("deed", "undo"), ("version", "2")));
        Assert.Equal(0, await RowsAsync(plan));
    }

    [Fact]
    public async Task What_was_shown_is_what_is_written()
    {
        using var teacher = await TeacherAsync();
        var plan = await NewPlanAsync(teacher, "Копия");
        using var sent = await teacher.SubmitAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/copy", ("from", $"{await PlanAsync(Algebra)}"));
        var draft = sent.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/plans/{plan}", $"/plans/{plan}/rows", ("deed", "topic"), ("version", "1"), ("title", "Вводный урок"), ("hours", "1")));
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(teacher, draft, $"{draft}/apply", ("seen", "1"), ("how", "append")));
        Assert.Equal(1, await RowsAsync(plan));
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, draft, $"{draft}/apply", ("seen", "2"), ("how", "append")));
        Assert.Equal(1 + await RowsAsync(await PlanAsync(Algebra)), await RowsAsync(plan));
    }

    [Fact]
    public async Task A_programme_is_laid_on_the_lessons_of_the_group()
    {
        using var teacher = await TeacherAsync();
        var plan = await NewPlanAsync(teacher, "По программе", Algebra);
        using var sent = await teacher.SubmitAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/programme", ("programme", "7|Алгебра"));
        var draft = sent.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, draft, $"{draft}/apply", ("seen", "1"), ("how", "replace")));
        Assert.Equal(await host.Database.ScalarAsync<long>("select count(*) from journal.lessons where group_id = $1 and not is_cancelled", Algebra),
            await host.Database.ScalarAsync<long>("select sum(hours)::bigint from journal.plan_rows where plan_id = $1", plan));
        // The plan came in the middle of the year: lessons held are linked in order, their own words stay.
        var before = await host.Database.ScalarAsync<string>("select string_agg(topic, '|' order by date) from journal.lessons where group_id = $1 and topic <> ''", Algebra);
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, $"/plans/{plan}", $"/journal/{Algebra}/plan/past"));
        Assert.Equal(before, await host.Database.ScalarAsync<string>("select string_agg(topic, '|' order by date) from journal.lessons where group_id = $1 and topic <> ''", Algebra));
        Assert.Equal(await host.Database.ScalarAsync<long>("select count(*) from journal.lessons where group_id = $1 and date < $2", Algebra, SampleSchool.Today),
            await host.Database.ScalarAsync<long>("select count(*) from journal.lesson_topics where plan_id = $1", plan));
    }

    [Fact]
    public async Task Only_the_owner_changes_a_plan_and_only_staff_see_it()
    {
        var plan = await PlanAsync(Algebra);
        using var colleague = await host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, School));
        Assert.Equal(HttpStatusCode.OK, await colleague.StatusAsync($"/plans/{plan}"));
        Assert.Equal(HttpStatusCode.NotFound, await colleague.StatusAsync($"/plans/{plan}/fill"));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(colleague, "/plans", $"/plans/{plan}/rows", ("deed", "topic"), ("version", "1"), ("title", "Чужая"), ("hours", "1")));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(colleague, "/plans", $"/plans/{plan}/groups", ("without", $"{Algebra}")));
        using var mother = await host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"/plans/{plan}"));
        using var other = await host.SignInAsync(SampleSchool.OtherSchool.Memberships.First(m => m.Role == Roles.Teacher).Person.Id);
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync($"/plans/{plan}"));
    }

    [Fact]
    public async Task The_deputy_sees_who_is_behind_first_and_keeps_the_kinds()
    {
        using var deputy = await host.SignInAsync(SampleSchool.Staff(Roles.Deputy).Id, new Hat(Roles.Deputy, School));
        var page = await TextAsync(deputy, "/plans/progress?show=lag");
        Assert.Contains("Геометрия", page, StringComparison.Ordinal);
        Assert.Contains("2 часа", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await PostAsync(deputy, "/plans/kinds", "/plans/kinds", ("name", "Урок-игра"), ("shortName", "Игра")));
        Assert.Contains("Урок-игра", await TextAsync(deputy, "/plans/kinds"), StringComparison.Ordinal);
        using var teacher = await TeacherAsync();
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync("/plans/progress"));
        Assert.Contains("Отстаёте на 2 часа", await TextAsync(teacher, $"/plans/{await PlanAsync(SampleSchool.Group("geometry").Id)}?group={SampleSchool.Group("geometry").Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_line_keeps_what_was_typed_and_files_come_back_as_they_went()
    {
        using var teacher = await TeacherAsync();
        var plan = await NewPlanAsync(teacher, "Черновик");
        using var answer = await teacher.SubmitAsync($"/plans/{plan}", $"/plans/{plan}/rows", ("deed", "topic"), ("version", "1"), ("title", "Половина урока"), ("hours", "0,5"));
        Assert.Equal((HttpStatusCode)422, answer.StatusCode);
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Половина урока", text, StringComparison.Ordinal);
        Assert.Contains("целое число от 1 до 40", text, StringComparison.Ordinal);
        using var template = await teacher.GetAsync("/plans/template");
        using var sent = await teacher.UploadAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/file", "file", new ByteArrayContent(await template.Content.ReadAsByteArrayAsync()));
        var draft = sent.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Found, await PostAsync(teacher, draft, $"{draft}/apply", ("seen", "1"), ("how", "replace")));
        Assert.Equal(4, await RowsAsync(plan));
        using var out1 = await teacher.GetAsync($"/plans/{plan}/xlsx");
        using var again = await teacher.UploadAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/file", "file", new ByteArrayContent(await out1.Content.ReadAsByteArrayAsync()));
        Assert.Contains("менять нечего", await TextAsync(teacher, again.Headers.Location!.ToString()), StringComparison.Ordinal);
        using var broken = await teacher.UploadAsync($"/plans/{plan}/fill", $"/plans/{plan}/fill/file", "file", new ByteArrayContent("это не таблица"u8.ToArray()));
        Assert.Equal((HttpStatusCode)422, broken.StatusCode);
    }

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, School));

    private static async Task<string> TextAsync(TestBrowser browser, string page) => WebUtility.HtmlDecode(await browser.ReadAsync(page));

    private static async Task<HttpStatusCode> PostAsync(TestBrowser browser, string page, string action, params (string, string)[] fields)
    {
        using var answer = await browser.SubmitAsync(page, action, fields);
        return answer.StatusCode;
    }

    private async Task<Guid> NewPlanAsync(TestBrowser teacher, string title, Guid? group = null)
    {
        using var made = await teacher.SubmitAsync("/plans/new", "/plans/new", ("subject", "Алгебра"), ("grade", "7"), ("title", title), ("start", "empty"), ("for", $"{group}"));
        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        return Guid.Parse(made.Headers.Location!.ToString().Split('/')[2]);
    }

    private Task<Guid> PlanAsync(Guid group) => host.Database.ScalarAsync<Guid>("select plan_id from journal.plan_groups where group_id = $1", group);

    private Task<long> RowsAsync(Guid plan) => host.Database.ScalarAsync<long>("select count(*) from journal.plan_rows where plan_id = $1", plan);

    private Task<Guid> NextLessonAsync(DateOnly? until = null) =>
        until is null ? host.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and topic = '' and date >= $2 order by date, number limit 1", Algebra, SampleSchool.Today)
            : EmptiedAsync(until.Value);

    // The last lesson held, as if its teacher had written nothing.
    private async Task<Guid> EmptiedAsync(DateOnly until)
    {
        var lesson = await host.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and date < $2 order by date desc limit 1", Algebra, until);
        await host.Database.ScalarAsync<long>("with gone as (delete from journal.lesson_topics where lesson_id = $1 returning 1), bare as (update journal.lessons set topic = '' where id = $1 returning 1) select count(*) from gone, bare", lesson);
        return lesson;
    }

    [GeneratedRegex("name=\"planned\" value=\"([0-9a-f-]{36})\"")]
    private static partial Regex Planned();
}
