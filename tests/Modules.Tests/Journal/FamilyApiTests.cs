using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>Keys for the family's own programs, and what they read.</summary>
public sealed partial class FamilyApiTests : IAsyncLifetime
{
    private const string Children = "/api/family/v1/children";
    private static readonly Guid Child = SampleSchool.Pupil.Id;
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await host.ConsentAsync(SampleSchool.Mother.Id);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_key_reads_the_children_it_names_and_no_other()
    {
        using var mother = await MotherAsync();
        var token = await IssueAsync(mother, "90", Child);
        var (status, children) = await AskAsync(token, Children);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Child, Assert.Single(children.EnumerateArray()).GetProperty("id").GetGuid());

        var (_, week) = await AskAsync(token, $"{Children}/{Child}/diary?week={SampleSchool.Today:yyyy-MM-dd}");
        Assert.Equal($"{SampleSchool.Today:yyyy-MM-dd}", week.GetProperty("week").GetString());
        Assert.True(week.GetProperty("days").EnumerateArray().Sum(day => day.GetProperty("lessons").GetArrayLength()) > 20);
        var (_, marks) = await AskAsync(token, $"{Children}/{Child}/marks?from=2026-11-01&to={SampleSchool.Today:yyyy-MM-dd}");
        Assert.Equal(await host.Database.ScalarAsync<long>("select count(*) from journal.marks where learner_id = $1 and lesson_date between '2026-11-01' and $2", Child, SampleSchool.Today), marks.GetArrayLength());
        Assert.True((await AskAsync(token, $"{Children}/{Child}/homework")).Body.GetArrayLength() > 0);

        var sibling = await host.Database.ScalarAsync<Guid>("select learner_id from registry.guardianships where guardian_id = $1 and learner_id <> $2 limit 1", SampleSchool.Mother.Id, Child);
        foreach (var path in (string[])["diary", "marks", "homework"]) Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(token, $"{Children}/{sibling}/{path}")).Status);
        Assert.Equal(3, await host.Database.ScalarAsync<long>("select count(*) from kernel.audit where action = 'journal.family-api' and subject_id = $1 and actor_id = $2", Child, SampleSchool.Mother.Id));
        Assert.Contains("Последний раз читал", WebUtility.HtmlDecode(await mother.ReadAsync("/account/keys")), StringComparison.Ordinal);
        Assert.DoesNotContain(token, await mother.ReadAsync("/account/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_opens_nothing_but_the_families_routes()
    {
        using var mother = await MotherAsync();
        var token = await IssueAsync(mother, "30", Child);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(token, "/api/ruo/v1/persons/1")).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await AskAsync(token, $"/diary?learner={Child}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(token, $"/calendar/{token[4..]}.ics")).Status);
        foreach (var wrong in (string?[])[null, "", "mys_", token + "x", token[..^1], new string('a', 5000)]) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(wrong, Children)).Status);
        // A session is no key.
        using var page = await mother.GetAsync(Children, "application/json");
        Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);
    }

    [Fact]
    public async Task A_key_ends_with_its_term_its_revocation_its_consent_and_the_guardianship()
    {
        using var mother = await MotherAsync();
        var token = await IssueAsync(mother, "30", Child);
        var path = $"{Children}/{Child}/marks";
        await RunAsync("update access.consents set expires_at = $1 where giver_id = $2", host.Clock.Now.AddSeconds(-1), SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(token, path)).Status);
        await host.ConsentAsync(SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(token, path)).Status);
        await RunAsync("update registry.guardianships set ends_on = $3 where guardian_id = $1 and learner_id = $2", SampleSchool.Mother.Id, Child, SampleSchool.Today.AddDays(-1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(token, path)).Status);
        await RunAsync("update registry.guardianships set ends_on = null where guardian_id = $1 and learner_id = $2", SampleSchool.Mother.Id, Child);
        host.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(token, path)).Status);
        host.Clock.Advance(TimeSpan.FromDays(-31));
        using var revoked = await mother.SubmitAsync("/account/keys", "/account/keys/revoke", ("id", (await host.Database.ScalarAsync<Guid>("select id from access.read_keys")).ToString()));
        Assert.Equal(HttpStatusCode.Found, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(token, path)).Status);
    }

    [Theory]
    [InlineData("", "30", true)]
    [InlineData("Виджет", "366", true)]
    [InlineData("Виджет", "x", true)]
    [InlineData("Виджет", "30", false)]
    public async Task A_key_wants_a_name_a_term_of_the_list_and_a_child(string name, string days, bool hasChild)
    {
        using var mother = await MotherAsync();
        (string, string)[] fields = [("name", name), ("days", days), .. hasChild ? [("learners", Child.ToString())] : Array.Empty<(string, string)>()];
        using var answer = await mother.SubmitAsync("/account/keys", "/account/keys/tokens", fields);
        Assert.True((int)answer.StatusCode is 400 or 422, $"{answer.StatusCode}");
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from access.read_keys"));
    }

    [Fact]
    public async Task Days_that_are_none_are_refused_and_never_a_fault()
    {
        using var mother = await MotherAsync();
        var token = await IssueAsync(mother, "30", Child);
        foreach (var query in (string[])["diary?week=завтра", "marks?from=2026-13-01", "marks?from=2026-11-20&to=2026-11-01", "marks?from=2024-01-01&to=2026-11-01", "homework?from=0001-01-01"])
            Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(token, $"{Children}/{Child}/{query}")).Status);
        Assert.Contains("/api/family/v1/children/{child}/diary", await mother.ReadAsync("/openapi/v1.json", "application/json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_asks_too_often_waits_while_pages_go_on()
    {
        await using var limited = await TestHost.StartAsync(settings: new Dictionary<string, string> { ["Access:KeyPerMinute"] = "60" });
        await limited.ConsentAsync(SampleSchool.Mother.Id);
        using var mother = await limited.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        var token = await IssueAsync(mother, "30", Child);
        using var http = new HttpClient { BaseAddress = limited.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 15; i++)
        {
            using var answer = await http.GetAsync(Children);
            answers.Add(answer.StatusCode);
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, answers[0]);
        Assert.Equal(HttpStatusCode.OK, await mother.StatusAsync("/today"));
    }

    private Task<TestBrowser> MotherAsync() => host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));

    private static async Task<string> IssueAsync(TestBrowser browser, string days, Guid child)
    {
        using var answer = await browser.SubmitAsync("/account/keys", "/account/keys/tokens", ("name", "Виджет"), ("days", days), ("learners", child.ToString()));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Token().Match(await answer.Content.ReadAsStringAsync()).Value;
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(string? token, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        if (token is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonDocument.Parse(text).RootElement : default);
    }

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"mys_[\w-]{43}")]
    private static partial Regex Token();
}
