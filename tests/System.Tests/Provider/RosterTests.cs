using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>OneRoster 1.2 for systems: whole rosters of the schools of a registration, by scope, and what has changed since.</summary>
[SupportedOSPlatform("linux")]
public sealed class RosterTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>
{
    private const string Service = "/ims/oneroster/rostering/v1p2";
    private static readonly string Own = SampleSchool.School.Plan.Place.Ogrn!;
    private static readonly string Other = SampleSchool.OtherSchool.Plan.Place.Ogrn!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_system_reads_its_school_and_no_other()
    {
        using var system = await EnterAsync(Own, ApiScopes.Roster);
        var schools = await system.AllAsync("schools");
        Assert.Equal([SampleSchool.School.Plan.Place.Id.ToString()], schools.Select(Id));
        Assert.Equal(["national", "state", "district", "school"], (await system.AllAsync("orgs")).Select(org => Text(org, "type")).OrderBy(type => Array.IndexOf(["national", "state", "district", "school"], type)));
        Assert.Equal(SampleSchool.School.Classes.Count, (await system.AllAsync("classes?filter=classType='homeroom'")).Count);

        var pupil = (await system.OneAsync($"students/{SampleSchool.Pupil.Id}")).GetProperty("user");
        Assert.Equal((SampleSchool.Pupil.Last, SampleSchool.Pupil.First), (Text(pupil, "familyName"), Text(pupil, "givenName")));
        Assert.Contains(SampleSchool.Mother.Id.ToString(), pupil.GetProperty("agents").EnumerateArray().Select(Id));
        Assert.Contains("student", pupil.GetProperty("roles").EnumerateArray().Select(role => Text(role, "role")));

        using var stranger = await EnterAsync(Other, ApiScopes.Roster);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.AskAsync($"students/{SampleSchool.Pupil.Id}")).Status);
        Assert.Empty(await stranger.AllAsync($"schools/{SampleSchool.School.Plan.Place.Id}/students"));
        Assert.DoesNotContain(SampleSchool.Pupil.Id.ToString(), (await stranger.AllAsync("users")).Select(Id));
    }

    [Fact]
    public async Task Every_reference_leads_to_an_object()
    {
        using var system = await EnterAsync(Own, ApiScopes.Roster);
        var known = new Dictionary<string, HashSet<string>>();
        foreach (var (type, path) in ((string, string)[])[("org", "orgs"), ("academicSession", "academicSessions"), ("course", "courses"), ("class", "classes"), ("user", "users")])
            known[type] = [.. (await system.AllAsync(path)).Select(Id)];
        foreach (var path in (string[])["orgs", "academicSessions", "courses", "classes", "users", "enrollments"])
            foreach (var found in (await system.AllAsync(path)).SelectMany(References))
                Assert.Contains(Id(found), known[Text(found, "type")!]);
        var pupils = (await system.AllAsync($"classes/{SampleSchool.Class.Id}/students")).Select(Id);
        Assert.Equal(SampleSchool.School.Pupils.Count(pupil => pupil.Class == SampleSchool.Class), pupils.Count());
        Assert.NotEmpty(await system.AllAsync($"teachers/{SampleSchool.Teacher.Id}/classes"));
        Assert.Equal(await system.CountAsync("enrollments"), (await system.AllAsync("enrollments")).Select(Id).Distinct().Count());
    }

    [Fact]
    public async Task Pages_orders_filters_and_fields_are_those_of_the_standard()
    {
        using var system = await EnterAsync(Own, ApiScopes.RosterCore);
        var all = await system.AllAsync("users?sort=familyName&orderBy=desc");
        var (_, headers, page) = await system.AskAsync("users?sort=familyName&orderBy=desc&limit=7&offset=7");
        Assert.Equal(all.Skip(7).Take(7).Select(Id), page.GetProperty("users").EnumerateArray().Select(Id));
        Assert.Equal(all.Count.ToString(CultureInfo.InvariantCulture), headers.GetValues("X-Total-Count").Single());
        var links = headers.GetValues("Link").Single();
        foreach (var rel in (string[])["first", "last", "next", "prev"]) Assert.Contains($"rel=\"{rel}\"", links, StringComparison.Ordinal);

        var few = await system.AllAsync("users?fields=sourcedId,familyName");
        Assert.All(few, user => Assert.Equal(["sourcedId", "familyName"], user.EnumerateObject().Select(one => one.Name)));
        var named = await system.AllAsync($"users?filter=familyName='{SampleSchool.Pupil.Last}' AND givenName='{SampleSchool.Pupil.First}'");
        Assert.Contains(SampleSchool.Pupil.Id.ToString(), named.Select(Id));
        Assert.All(named, user => Assert.Equal(SampleSchool.Pupil.Last, Text(user, "familyName")));
        Assert.Equal(all.Count(user => Text(user, "familyName")!.Contains("ов", StringComparison.Ordinal)), await system.CountAsync("users?filter=familyName~'ов'"));
        Assert.Equal(0, await system.CountAsync("users?filter=familyName='%' OR familyName~'100%'"));
        Assert.Equal(0, await system.CountAsync("users?filter=dateLastModified>'2999-01-01T00:00:00Z'"));
        Assert.Equal(all.Count, await system.CountAsync("users?filter=dateLastModified<'2999-01-01'"));
    }

    [Theory]
    [InlineData("users?filter=familyName", "invalid_filter_field")]
    [InlineData("users?filter=snils='1'", "invalid_filter_field")]
    [InlineData("users?filter=familyName='a' AND", "invalid_filter_field")]
    [InlineData("users?filter=familyName='a';drop table x", "invalid_filter_field")]
    [InlineData("users?filter=dateLastModified>'завтра'", "invalid_filter_field")]
    [InlineData("users?filter=dateLastModified~'2026'", "invalid_filter_field")]
    [InlineData("users?filter=familyName='%00'", "invalid_filter_field")]
    [InlineData("users?fields=sourcedId,password", "invalid_selection_field")]
    [InlineData("users?sort=password", "invaliddata")]
    [InlineData("users?limit=0", "invaliddata")]
    [InlineData("users?limit=x", "invaliddata")]
    [InlineData("users?offset=-1", "invaliddata")]
    [InlineData("users?orderBy=up", "invaliddata")]
    public async Task A_question_that_cannot_be_answered_says_why(string path, string code)
    {
        using var system = await EnterAsync(Own, ApiScopes.RosterCore);
        var (status, _, body) = await system.AskAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(code, body.GetProperty("imsx_CodeMinor").GetProperty("imsx_codeMinorField")[0].GetProperty("imsx_codeMinorFieldValue").GetString());
        Assert.NotEmpty(body.GetProperty("imsx_description").GetString()!);
    }

    [Fact]
    public async Task Birth_dates_need_a_scope_of_their_own_and_a_look_up_opens_no_roster()
    {
        using var core = await EnterAsync(Own, ApiScopes.RosterCore);
        Assert.Equal(HttpStatusCode.Forbidden, (await core.AskAsync("demographics")).Status);
        using var births = await EnterAsync(Own, ApiScopes.RosterDemographics);
        Assert.Equal(HttpStatusCode.Forbidden, (await births.AskAsync("users")).Status);
        var pupil = (await births.OneAsync($"demographics/{SampleSchool.Pupil.Id}")).GetProperty("demographics");
        Assert.Equal(SampleSchool.Pupil.Birth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Text(pupil, "birthDate"));
        Assert.Equal(HttpStatusCode.NotFound, (await births.AskAsync($"demographics/{SampleSchool.Mother.Id}")).Status);
        using var ruo = await EnterAsync(Own, ApiScopes.Ruo);
        Assert.Equal(HttpStatusCode.Forbidden, (await ruo.AskAsync("users")).Status);
    }

    [Fact]
    public async Task Changes_come_once_and_in_order_with_deletions()
    {
        using var system = await EnterAsync(Own, ApiScopes.RosterCore);
        using var stranger = await EnterAsync(Other, ApiScopes.RosterCore);
        var (start, foreign) = (await system.ChangesAsync(null), await stranger.ChangesAsync(null));
        Assert.Empty(start.GetProperty("changes").EnumerateArray());

        await RunAsync("update registry.people set middle_name = middle_name || 'а' where id = $1", SampleSchool.Pupil.Id);
        var renamed = await system.ChangesAsync(Cursor(start));
        Assert.Equal([("user", SampleSchool.Pupil.Id.ToString(), "changed")], Told(renamed));
        await RunAsync("update registry.people set middle_name = middle_name where id = $1", SampleSchool.Pupil.Id);
        Assert.Empty(Told(await system.ChangesAsync(Cursor(renamed))));

        var (group, school) = (Guid.CreateVersion7(), SampleSchool.School.Plan.Place.Id);
        await RunAsync("insert into registry.classes (school_id, id, year, grade, letter) values ($1, $2, $3, 11, 'Ъ')", school, group, (short)platform.Host.Clock.Now.Year);
        await RunAsync("delete from registry.classes where school_id = $1 and id = $2", school, group);
        var both = await system.ChangesAsync(Cursor(renamed), limit: 1);
        Assert.True(both.GetProperty("hasMore").GetBoolean());
        Assert.Equal([("class", group.ToString(), "changed")], Told(both));
        Assert.Equal([("class", group.ToString(), "deleted")], Told(await system.ChangesAsync(Cursor(both))));
        Assert.Empty(Told(await stranger.ChangesAsync(Cursor(foreign))));

        await RunAsync("update registry.group_members set ends_on = ends_on where school_id = $1", school);
        await RunAsync("update registry.enrolments set order_no = 'пр. 1' where school_id = $1", school);
        var bulk = Told(await system.ChangesAsync(Cursor(both), limit: 10_000));
        Assert.Contains(bulk, change => change.Kind == "enrollment" || change.Event == "reload");
    }

    [Fact]
    public async Task A_transaction_that_ends_late_is_told_after_those_that_began_after_it()
    {
        using var system = await EnterAsync(SampleSchool.Region.Region.Oktmo!, ApiScopes.RosterCore);
        var start = await system.ChangesAsync(null);
        await using var slow = await platform.Host.Database.Owner.OpenConnectionAsync(Stop);
        await using var transaction = await slow.BeginTransactionAsync(Stop);
        // Of another school: changes of one school wait for each other anyway.
        var other = SampleSchool.OtherSchool.Memberships.First(member => !SampleSchool.School.Memberships.Any(own => own.Person == member.Person)).Person.Id;
        await using (var change = new NpgsqlCommand("update registry.people set middle_name = middle_name || 'б' where id = $1", slow) { Parameters = { new() { Value = other } } })
            await change.ExecuteNonQueryAsync(Stop);
        await RunAsync("update registry.people set middle_name = middle_name || 'в' where id = $1", SampleSchool.Pupil.Id);
        var first = await system.ChangesAsync(Cursor(start));
        Assert.Equal([SampleSchool.Pupil.Id.ToString()], Told(first).Select(change => change.Id));
        await transaction.CommitAsync(Stop);
        Assert.Equal([other.ToString()], Told(await system.ChangesAsync(Cursor(first))).Select(change => change.Id));
    }

    [Fact]
    public async Task A_cursor_of_nobody_is_refused_and_a_forgotten_one_says_so()
    {
        using var system = await EnterAsync(Own, ApiScopes.RosterCore);
        foreach (var wrong in (string[])["x", "-1", "999999999999"]) Assert.Equal(HttpStatusCode.BadRequest, (await system.AskAsync($"/api/registry/v1/changes?after={wrong}")).Status);
        var start = await system.ChangesAsync(null);
        await RunAsync("update registry.people set middle_name = middle_name || 'г' where id = $1", SampleSchool.Pupil.Id);
        await system.ChangesAsync(Cursor(start));
        await RunAsync("update registry.changes set at = at - interval '100 days'");
        await system.ChangesAsync(null);
        Assert.Equal(HttpStatusCode.Gone, (await system.AskAsync($"/api/registry/v1/changes?after={Cursor(start)}")).Status);
    }

    [Fact]
    public async Task The_administrator_takes_the_school_away_as_files_and_nobody_else_does()
    {
        using var administrator = await platform.Host.SignInAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id);
        using var answer = await administrator.GetAsync("/school/oneroster.zip");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(Stop);
        using var zip = new ZipArchive(body);
        Assert.Equal(["academicSessions.csv", "classes.csv", "courses.csv", "demographics.csv", "enrollments.csv", "manifest.csv", "orgs.csv", "roles.csv", "users.csv"], zip.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        using var users = new StreamReader(await zip.GetEntry("users.csv")!.OpenAsync(Stop));
        var lines = (await users.ReadToEndAsync(Stop)).Split("\r\n");
        Assert.StartsWith("sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,middleName,agentSourcedIds,primaryOrgSourcedId,grades", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith(SampleSchool.Pupil.Id.ToString(), StringComparison.Ordinal) && line.Contains(SampleSchool.Pupil.Last, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(SampleSchool.OtherSchool.Pupils.First().Person.Id.ToString(), StringComparison.Ordinal));
        using var teacher = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
        using var refused = await teacher.GetAsync("/school/oneroster.zip");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private async Task<Reader> EnterAsync(string units, params string[] scopes)
    {
        var site = new Site(platform, await platform.AddSystemAsync(units, scopes));
        var token = (await site.ExchangeAsync(("grant_type", "client_credentials"), ("scope", string.Join(' ', scopes)))).GetProperty("access_token").GetString()!;
        return new(site, token);
    }

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = platform.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static string Id(JsonElement found) => found.GetProperty("sourcedId").GetString()!;

    private static string? Text(JsonElement found, string name) => found.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Cursor(JsonElement page) => page.GetProperty("cursor").GetString()!;

    private static List<(string Kind, string Id, string Event)> Told(JsonElement page) =>
        [.. page.GetProperty("changes").EnumerateArray().Select(change => (Text(change, "kind")!, Id(change), Text(change, "event")!))];

    private static IEnumerable<JsonElement> References(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.Object when found.TryGetProperty("href", out _) => [found],
        JsonValueKind.Object => found.EnumerateObject().SelectMany(one => References(one.Value)),
        JsonValueKind.Array => found.EnumerateArray().SelectMany(References),
        _ => [],
    };

    /// <summary>A system with a token.</summary>
    private sealed class Reader(Site site, string token) : IDisposable
    {
        public async Task<(HttpStatusCode Status, global::System.Net.Http.Headers.HttpResponseHeaders Headers, JsonElement Body)> AskAsync(string path)
        {
            using var answer = await site.AskAsync(path.StartsWith('/') ? path : $"{Service}/{path}", token);
            var text = await answer.Content.ReadAsStringAsync(Stop);
            return (answer.StatusCode, answer.Headers, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }

        public async Task<JsonElement> OneAsync(string path)
        {
            var (status, _, body) = await AskAsync(path);
            Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {body}");
            return body;
        }

        public async Task<List<JsonElement>> AllAsync(string path)
        {
            var body = await OneAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=10000");
            return [.. body.EnumerateObject().Single().Value.EnumerateArray()];
        }

        public async Task<int> CountAsync(string path)
        {
            var (status, headers, body) = await AskAsync(path);
            Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {body}");
            return int.Parse(headers.GetValues("X-Total-Count").Single(), CultureInfo.InvariantCulture);
        }

        public Task<JsonElement> ChangesAsync(string? after, int limit = 1000) => OneAsync($"/api/registry/v1/changes?limit={limit}{(after is null ? "" : $"&after={after}")}");

        public void Dispose() => site.Dispose();
    }
}
