using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.System.Tests.Canary;
using MySchool.System.Tests.Permissions;
using Xunit;

namespace MySchool.System.Tests.Hostile;

/// <summary>Every input of every route under what nobody types by accident. Read from the route table: a new route is attacked at once.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class HostileTests(HostilePlatform platform) : IClassFixture<HostilePlatform>
{
    private const int TooLong = 1_200_000;
    private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 4 };

    private static readonly string[] Texts =
    [
        "", " ", "\0", "а\0б", new('я', 1_200), "🦄", "\u202Eאב\u202C", "'; drop table registry.people; --", "\" or 1=1 --", "<script>alert(7)</script>",
        "\" onfocus=\"alert(7)", "=cmd|'/C calc'!A0", "../../etc/passwd", "-1", "99999999999999999999", "1e309", "NaN", "2026-13-45", "0001-01-01", "9999-12-31",
        "{\"a\":1}", "unknown-value", "%00%ff", "\r\nSet-Cookie: a=b", "00000000-0000-0000-0000-000000000000", "//evil.example", "\\\\evil.example",
    ];

    private static readonly string[] Jsons =
    [
        "", "{", "null", "[]", "1", "\"\\u0000\"", "{}", "{\"key\":null}", "{\"key\":\"x\",\"changes\":7}", new string('[', 5_000),
        $"{{\"a\":{new string('{', 200)}", $"[{string.Join(',', Enumerable.Repeat("0", 100_000))}]", "{\"key\":\"\\ud800\"}", "\u00ff\u00fe", "{\"key\":1e309}",
        Change("\"mark\"", "\"<script>alert(7)</script>\""), Change("\"mark\"", $"\"{new string('я', 3_000)}\""), Change("\"comment\"", "\"\\u0000\""),
        Change("99", "\"5\""), Change("\"unknown\"", "\"5\""), Change("\"mark\"", "\"5\"", "-1"), Change("\"mark\"", "\"5\"", "99999999999"), Change("\"absence\"", "\"=cmd|'/C calc'!A0\""),
        $"{{\"key\":\"{Guid.CreateVersion7()}\",\"changes\":[null]}}",
        $"{{\"key\":\"{Guid.CreateVersion7()}\",\"changes\":[{string.Join(',', Enumerable.Repeat("{}", 5_000))}]}}",
    ];

    [Fact]
    public async Task Every_input_of_every_route_is_answered_calmly()
    {
        var wrong = new ConcurrentQueue<string>();
        var visitors = new ConcurrentDictionary<Surface, Task<Visitor>>();
        var attacks = from surface in platform.Surfaces
                      from input in surface.Inputs
                      // What is no text is refused by its type: a third of the list is enough to see that.
                      from text in input.Type == typeof(string) ? Texts : Texts.Where((_, i) => i % 3 == 0)
                      where input.Source != InputSource.Path || text.Trim().Length > 0
                      select (surface, input, text);
        var asked = await Budget.SpendAsync(attacks, async attack =>
        {
            var (surface, input, text) = attack;
            var visitor = await visitors.GetOrAdd(surface, AllowedAsync);
            var values = surface.Inputs.ToDictionary(i => i.Name, i => Plausible(surface, i));
            values[input.Name] = text;
            var answer = surface.Method == "GET" ? await visitor.GetAsync(surface.Fill(values)) : await visitor.PostFormAsync(surface.Fill(values), surface.Form(values));
            // The server itself refuses an address with a zero byte, before any page could be drawn.
            if (answer.Status == 400 && input.Source == InputSource.Path && text.Contains('\0', StringComparison.Ordinal)) return;
            Judge(wrong, surface, $"{input.Name}={Short(text)}", answer);
        });
        Faults.None(wrong);
        Assert.True(asked > 100, $"only {asked} requests");
    }

    [Fact]
    public async Task Every_form_refuses_what_is_no_form()
    {
        var wrong = new ConcurrentQueue<string>();
        await Budget.SpendAsync(platform.Surfaces.Where(s => s.Method != "GET"), async surface =>
        {
            var visitor = await AllowedAsync(surface);
            var values = surface.Inputs.ToDictionary(i => i.Name, i => Plausible(surface, i));
            var path = surface.Fill(values);
            foreach (var (what, body) in Bodies(surface, values))
                using (body) Judge(wrong, surface, what, await visitor.PostAsync(path, body));
            using var bare = new FormUrlEncodedContent(surface.Form(values));
            var unsigned = await (await AllowedAsync(surface)).SendAsync(HttpMethod.Post, path, bare, "text/html");
            // Programs bring no cookie, so there is nothing that a stranger's page could use.
            if (unsigned.Status != 400 && !surface.IsForPrograms) wrong.Enqueue($"{surface} without antiforgery: {unsigned.Status}");
        });
        Faults.None(wrong);
    }

    [Fact]
    public async Task Every_json_route_refuses_what_it_cannot_mean()
    {
        var wrong = new ConcurrentQueue<string>();
        foreach (var surface in platform.Surfaces.Where(s => s.Json is not null))
        {
            var visitor = await AllowedAsync(surface);
            var path = surface.Fill(surface.Inputs.ToDictionary(i => i.Name, i => Plausible(surface, i)));
            foreach (var json in Jsons)
            {
                using var body = new StringContent(json.Replace("LESSON", $"{platform.Region.Schools[0].School.Algebra.Lesson}", StringComparison.Ordinal).Replace("LEARNER", $"{platform.Region.Schools[0].School.Boris.Id}", StringComparison.Ordinal), Encoding.UTF8, "application/json");
                Judge(wrong, surface, Short(json), await visitor.PostAsync(path, body, "application/json"));
            }
        }
        Faults.None(wrong);
    }

    [Fact]
    public async Task Stored_script_is_shown_as_text_on_every_page()
    {
        var wrong = new ConcurrentQueue<string>();
        var seen = new ConcurrentDictionary<string, bool>();
        var school = platform.Region.Schools[0];
        await Parallel.ForEachAsync(school.Residents.Concat(platform.Region.Above).Append(platform.Region.TwoSchools), Together, async (who, _) =>
            await Crawler.WalkAsync(platform.Visit(who), answer =>
            {
                if (answer.Status == 500) wrong.Enqueue($"{who}: {answer}");
                if (!answer.IsHtml) return;
                if (RawScript().IsMatch(answer.Body)) wrong.Enqueue($"{who}: {answer} runs a stored script");
                if (answer.Body.Contains("&lt;script&gt;h1", StringComparison.Ordinal)) seen[answer.Asked] = true;
            }));
        Faults.None(wrong);
        // Escaped it must be, but it must be there: the pages were truly looked at.
        Assert.True(seen.Count >= 15, $"only {seen.Count} pages showed it");
    }

    [Fact]
    public async Task Report_of_an_import_holds_no_formula()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Zip()), "file", "=cmd.zip" } };
        var visitor = platform.Visit(platform.Region.Schools[0].Of(Roles.SchoolAdministrator));
        var begun = await visitor.PostAsync("/school/import", form);
        Assert.Equal(302, begun.Status);
        var address = ReportLink().Match(begun.Headers).Value;
        while ((await visitor.GetAsync(address)).Body.Contains("Читаем файл", StringComparison.Ordinal)) await Task.Delay(100);
        var report = await visitor.GetAsync($"{address}/errors");
        Assert.Equal(200, report.Status);
        Assert.DoesNotMatch(Formula(), report.Body);
    }

    private static byte[] Zip()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in (string[])["manifest.csv", "orgs.csv", "users.csv", "=cmd.csv", "../../evil.csv"])
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write("sourcedId,name,type\n=cmd|'/C calc'!A0,=1+1,=2\n=cmd|'/C calc'!A0,@x,-1\n");
            }
        return memory.ToArray();
    }

    private static string Change(string kind, string value, string @base = "0") =>
        $"{{\"key\":\"{Guid.CreateVersion7()}\",\"changes\":[{{\"lesson\":\"LESSON\",\"learner\":\"LEARNER\",\"kind\":{kind},\"value\":{value},\"base\":{@base}}}]}}";

    private static IEnumerable<(string What, HttpContent Body)> Bodies(Surface surface, Dictionary<string, string> values)
    {
        var fields = surface.Form(values).ToList();
        yield return ("duplicate fields", new FormUrlEncodedContent([.. fields, .. fields]));
        yield return ("no fields", new FormUrlEncodedContent([]));
        yield return ("1.2 MB", new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Key, new string('x', TooLong))).DefaultIfEmpty(KeyValuePair.Create("x", new string('x', TooLong))).Take(1)));
        yield return ("thousands of fields", new FormUrlEncodedContent(Enumerable.Range(0, 5_000).Select(i => KeyValuePair.Create($"f{i}", "1"))));
        yield return ("invalid UTF-8", Typed(string.Join('&', fields.Select(f => $"{f.Key}=%FF%FE%C0%80").DefaultIfEmpty("x=%FF")), "application/x-www-form-urlencoded"));
        yield return ("plain text", Typed("hello", "text/plain"));
        yield return ("xml", Typed("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "application/xml"));
        yield return ("json", Typed("{\"a\":1}", "application/json"));
        yield return ("multipart without a boundary", Typed("--x", "multipart/form-data"));
        yield return ("multipart cut short", Typed("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../a.zip\"\r\n\r\nPK", "multipart/form-data; boundary=x"));
        yield return ("no type", Typed("x=1", ""));
    }

    private static ByteArrayContent Typed(string text, string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        if (type.Length > 0) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    /// <summary>A browser of somebody whom the gate lets through to the route, with a session of its own.</summary>
    private async Task<Visitor> AllowedAsync(Surface surface)
    {
        string[] roles = [Roles.Teacher, Roles.SchoolAdministrator, Roles.Head, Roles.Guardian, Roles.Learner];
        // Whoever stands above schools comes last: most forms are a school's.
        foreach (var who in roles.Select(platform.Region.Schools[0].Of).Concat(platform.Region.Above))
        {
            var facts = await platform.Services.GetRequiredService<IRegistry>().GetFactsAsync(who.Subject.PersonId(), who.Subject.Hat(), TimeProvider.System.GetUtcNow(), default);
            if (!Decide.CouldAllow(new Actor(who.Subject.PersonId(), who.SessionId, who.Subject.Hat(), facts!.Ties, platform.Today), surface.Action)) continue;
            // Routes that end or renew sessions are attacked too: each visitor has one to lose.
            return await platform.VisitAnewAsync(who);
        }
        return platform.Visit(null);
    }

    private string Plausible(Surface surface, Input input) => input switch
    {
        { Name: "key" } => Guid.CreateVersion7().ToString(),
        { IsId: true } => platform.Region.Schools[0].Meant(input.Name, surface.Pattern)[0].ToString(),
        { Name: "startsOn" or "endsOn" or "dueOn" } => platform.Today.ToString("yyyy-MM-dd", global::System.Globalization.CultureInfo.InvariantCulture),
        _ when input.Type == typeof(string) => "слово",
        _ when input.Type == typeof(bool?) => "true",
        _ => "1",
    };

    private static void Judge(ConcurrentQueue<string> wrong, Surface surface, string what, Answer answer)
    {
        if (answer.Status >= 500 && surface.Pattern != "/sign-in/esia" && surface.Pattern != "/health/ready") wrong.Enqueue($"{surface} {what}: {answer.Status} {Short(answer.Body)}");
        if (answer.IsHtml && (answer.Body.Contains("<script>alert(7)", StringComparison.Ordinal) || answer.Body.Contains("\" onfocus=\"alert(7)", StringComparison.Ordinal) || RawScript().IsMatch(answer.Body)))
            wrong.Enqueue($"{surface} {what}: the script would run");
        // The description of the API is for programmers, in the framework's own English, as plain text.
        if (surface.Pattern.Contains("openapi", StringComparison.Ordinal) && answer.Type.StartsWith("text/plain", StringComparison.Ordinal)) return;
        // OAuth's own errors are words for programs, in ASCII (RFC 6749, 5.2) or in a header alone (RFC 6750, 3).
        if (surface.IsForPrograms && (answer.Body.Length == 0 || answer.Body.Contains("\"error\": \"", StringComparison.Ordinal))) return;
        if (answer.Status is >= 400 and < 500 && !Russian().IsMatch(answer.Body)) wrong.Enqueue($"{surface} {what}: {answer.Status} without a Russian word: «{Short(answer.Body)}»");
        if (answer.Body.Contains("   at MySchool.", StringComparison.Ordinal) || answer.Body.Contains("Npgsql", StringComparison.Ordinal)) wrong.Enqueue($"{surface} {what}: shows its insides");
        if (answer.Headers.Contains("evil.example", StringComparison.Ordinal) && answer.Status is >= 300 and < 400 && !answer.Headers.Contains("Location: /", StringComparison.Ordinal)) wrong.Enqueue($"{surface} {what}: leads away");
    }

    private static string Short(string text) => text.Length <= 60 ? text : $"{text[..60]}… ({text.Length})";

    [GeneratedRegex("<script>h[0-9A-C]")]
    private static partial Regex RawScript();

    [GeneratedRegex("[а-яё]{4,} [а-яё]+", RegexOptions.IgnoreCase)]
    private static partial Regex Russian();

    [GeneratedRegex("/school/import/[0-9a-f-]{36}")]
    private static partial Regex ReportLink();

    [GeneratedRegex("(^|[;\\n])\"?[=+@-]", RegexOptions.Multiline)]
    private static partial Regex Formula();
}
