using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Journal;

/// <summary>The history of a journal: read by learner and lesson, and any line of it taken back.</summary>
public sealed class ChangesTests : IAsyncLifetime
{
    private static readonly string Journal = $"/journal/{SampleSchool.Algebra.Id}";
    private TestHost host = null!;
    private Guid lesson;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private static Guid Learner => SampleSchool.Pupil.Id;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        lesson = await host.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and date <= '2026-11-23' and not is_cancelled order by date desc limit 1", SampleSchool.Algebra.Id);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_change_is_taken_back_and_that_is_written_too()
    {
        using var teacher = await TeacherAsync();
        var version = await TypeAsync(teacher, "5", await StandingAsync());
        version = await TypeAsync(teacher, "2", version);
        var page = WebUtility.HtmlDecode(await teacher.ReadAsync($"{Journal}/changes?learner={Learner}"));
        Assert.Contains("5 → 2", page, StringComparison.Ordinal);
        Assert.Contains("Вернуть 5", page, StringComparison.Ordinal);
        using (var restored = await RestoreAsync(teacher, version, version)) Assert.Equal(HttpStatusCode.Found, restored.StatusCode);
        Assert.Equal("5", await host.Database.ScalarAsync<string>("select value from journal.marks where lesson_id = $1 and learner_id = $2 and slot = 1", lesson, Learner));
        Assert.Contains("2 → 5", WebUtility.HtmlDecode(await teacher.ReadAsync($"{Journal}/changes?lesson={lesson}")), StringComparison.Ordinal);

        // Typed over what the page showed: a colleague was there meanwhile.
        using (var stale = await RestoreAsync(teacher, version - 1, version)) Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        using (var unknown = await RestoreAsync(teacher, 999, version + 1)) Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Only_the_teacher_takes_back_and_only_while_the_cell_is_open()
    {
        using var teacher = await TeacherAsync();
        var version = await TypeAsync(teacher, "4", await StandingAsync());
        using var head = await host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        var read = WebUtility.HtmlDecode(await head.ReadAsync($"{Journal}/changes"));
        Assert.Contains("→ 4", read, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"version\"", read, StringComparison.Ordinal);
        using (var foreign = await RestoreAsync(head, version, version)) Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using var mother = await host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"{Journal}/changes"));

        host.Clock.Now = host.Clock.Now.AddDays(60);
        using var later = await TeacherAsync();
        using var locked = await RestoreAsync(later, version, version);
        Assert.Equal(HttpStatusCode.Conflict, locked.StatusCode);
        Assert.Contains("Не возвращено", WebUtility.HtmlDecode(await locked.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
    }

    private async Task<int> StandingAsync() => await host.Database.ScalarAsync<int>("select coalesce((select version from journal.marks where lesson_id = $1 and learner_id = $2 and slot = 1), 0)", lesson, Learner);

    private Task<HttpResponseMessage> RestoreAsync(TestBrowser who, int version, int standing) => who.SubmitAsync($"{Journal}/changes", $"{Journal}/changes",
        ("key", $"{Guid.CreateVersion7()}"), ("ofLesson", $"{lesson}"), ("ofLearner", $"{Learner}"), ("kind", "mark"), ("version", $"{version}"), ("base", $"{standing}"));

    private async Task<int> TypeAsync(TestBrowser teacher, string mark, int seen)
    {
        using var answer = await teacher.SendJsonAsync(Journal, $"{Journal}/marks", new
        {
            key = Guid.CreateVersion7(), changes = new[] { new { lesson, learner = Learner, kind = "mark", value = mark, work = (short?)null, @base = seen } },
        });
        var cell = (await answer.Content.ReadFromJsonAsync<JsonNode>(Stop))!["cells"]![0]!;
        Assert.Equal("saved", cell["state"]!.GetValue<string>());
        return cell["mark"]!["version"]!.GetValue<int>();
    }

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
}
