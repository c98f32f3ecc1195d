using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using MySchool.Contracts.Access;
using Xunit;

namespace MySchool.System.Tests.Canary;

/// <summary>Twelve schools, every text with its school's marker: nobody meets a marker of a school that is not theirs.</summary>
[SupportedOSPlatform("linux")]
public sealed class CanaryTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    private static readonly ParallelOptions Together = new() { MaxDegreeOfParallelism = 4 };

    /// <summary>Everybody of a school, some of another region's, who is above them, and nobody.</summary>
    private IReadOnlyList<Resident?> Visitors =>
    [
        .. platform.Region.Schools[0].Residents, platform.Region.Schools[8].Of(Roles.Guardian), platform.Region.Schools[8].Of(Roles.Teacher),
        platform.Region.Schools[8].Of(Roles.SchoolAdministrator), platform.Region.TwoSchools, .. platform.Region.Above, null,
    ];

    /// <summary>Of the same municipality, of the same region, of another one; nobody of theirs signs in here.</summary>
    private IReadOnlyList<MarkedSchool> Foreign => [platform.Region.Schools[1], platform.Region.Schools[4], platform.Region.Schools[11]];

    [Fact]
    public async Task Links_lead_nobody_to_a_foreign_school()
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Visitors, Together, async (who, _) =>
        {
            var visitor = platform.Visit(who);
            var hasOwn = false;
            var pages = await Crawler.WalkAsync(visitor, answer =>
            {
                Check(wrong, who, answer);
                hasOwn |= who is not null && Markers.HasOwn(who, answer.Whole);
            });
            // A crawl that sees nothing proves nothing: whoever has a school must have met its marker.
            if (who is { Own.Count: > 0, Subject.IsActive: true } && !hasOwn) wrong.Enqueue($"{who} met no marker of the own school on {pages} pages");
        });
        Faults.None(wrong);
    }

    [Fact]
    public async Task Foreign_ids_open_nothing_and_look_like_absent_ones()
    {
        var wrong = new ConcurrentQueue<string>();
        var asked = 0;
        var work = from who in Visitors from surface in platform.Surfaces where surface.Method == "GET" && surface.Inputs.Any(i => i.IsId) select (who, surface);
        await Budget.SpendAsync(work, async pair =>
        {
            var (who, surface) = pair;
            var visitor = platform.Visit(who);
            // What is absent answers alike whichever id is absent: asked once for each mixture of own and foreign.
            var nothing = new Dictionary<(int, string), string>();
            foreach (var (foreign, absent, bits) in Values(surface, who))
                foreach (var accept in (string[])(nothing.Count == 0 ? ["text/html", "application/json"] : ["text/html"]))
                {
                    if (!nothing.TryGetValue((bits, accept), out var shape))
                        nothing[(bits, accept)] = shape = Markers.Shape(await visitor.GetAsync(surface.Fill(absent), accept));
                    var closed = await visitor.GetAsync(surface.Fill(foreign), accept);
                    Interlocked.Increment(ref asked);
                    Check(wrong, who, closed);
                    if (Markers.Shape(closed) != shape) wrong.Enqueue($"{Name(who)}: {closed} is told from an absent one: {Difference(Markers.Shape(closed), shape)}");
                }
        });
        Faults.None(wrong);
        Assert.True(asked > 100, $"only {asked} foreign addresses");
    }

    [Fact]
    public async Task Every_other_route_shows_no_foreign_marker()
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Visitors, Together, async (who, _) =>
        {
            var visitor = platform.Visit(who);
            foreach (var surface in platform.Surfaces.Where(s => s.Method == "GET" && s.Inputs.All(i => i.Source != InputSource.Path)))
                foreach (var accept in (string[])["text/html", "application/json"]) Check(wrong, who, await visitor.GetAsync(surface.Pattern, accept));
            foreach (var odd in (string[])["/openapi/v1.json", "/openapi/v2.json", "/nothing", "/school/nothing", "/people/1", "/journal/1/live"])
                Check(wrong, who, await visitor.GetAsync(odd));
        });
        Faults.None(wrong);
    }

    [Fact]
    public async Task Search_finds_own_markers_only()
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Visitors.OfType<Resident>(), Together, async (who, _) =>
        {
            var visitor = platform.Visit(who);
            foreach (var common in (string[])["⟦Ш", "Школа", "Алгебра", "7А", "Имя"])
                foreach (var path in (string[])["/search?q=", "/search/suggest?q=", "/school?staff=", "/school/staff/new?q="])
                    Check(wrong, who, await visitor.GetAsync(path + Uri.EscapeDataString(common)));
            // The page repeats what was typed, so a foreign marker must bring the very page that a marker of no school brings.
            foreach (var school in Foreign)
                foreach (var path in (string[])["/search?q=", "/search/suggest?q="])
                {
                    var (theirs, nobodys) = (await visitor.GetAsync(path + Uri.EscapeDataString(school.Mark)), await visitor.GetAsync(path + Uri.EscapeDataString("⟦Ш99⟧")));
                    var shape = global::System.Net.WebUtility.HtmlDecode(Markers.Shape(theirs)).Replace(school.Mark, "⟦Ш99⟧", StringComparison.Ordinal);
                    if (shape != global::System.Net.WebUtility.HtmlDecode(Markers.Shape(nobodys))) wrong.Enqueue($"{who}: {theirs} finds something");
                }
        });
        Faults.None(wrong);
    }

    [Fact]
    public async Task Posts_with_foreign_ids_write_nothing_and_look_like_absent_ones()
    {
        var wrong = new ConcurrentQueue<string>();
        var before = await PrintAsync();
        var work = from who in Visitors.OfType<Resident>() from surface in platform.Surfaces where surface.Method != "GET" && surface.Inputs.Any(i => i.IsId) select (who, surface);
        await Budget.SpendAsync(work, async pair =>
        {
            var (who, surface) = pair;
            var visitor = platform.Visit(who);
            var absents = new Dictionary<int, string>();
            foreach (var (foreign, absent, bits) in Values(surface, who))
            {
                var closed = await PostAsync(visitor, surface, foreign);
                if (!absents.TryGetValue(bits, out var nothing)) absents[bits] = nothing = Markers.Shape(await PostAsync(visitor, surface, absent));
                Check(wrong, who, closed);
                if (closed.Status < 400 && surface.Inputs.Any(i => i.Source == InputSource.Path)) wrong.Enqueue($"{who}: {closed} was let through");
                if (Markers.Shape(closed) != nothing)
                    wrong.Enqueue($"{who}: {closed} ({string.Join(' ', surface.Form(foreign))}) is told from an absent one: {Difference(Markers.Shape(closed), nothing)}");
            }
        });
        Faults.None(wrong);
        Assert.Equal(before, await PrintAsync());
    }

    private void Check(ConcurrentQueue<string> wrong, Resident? who, Answer answer)
    {
        if (answer.Status >= 500 && !(answer.Status == 503 && answer.Asked.Contains("/sign-in/esia", StringComparison.Ordinal))) wrong.Enqueue($"{Name(who)}: {answer}");
        if (Markers.Foreign(platform.Region, who, answer.Whole) is { Count: > 0 } met) wrong.Enqueue($"{Name(who)}: {answer} shows {string.Join(' ', met)}");
    }

    private static string Name(Resident? who) => who?.ToString() ?? "nobody";

    /// <summary>Every way to put a foreign id where an own one belongs, beside the same with ids that exist nowhere.</summary>
    private IEnumerable<(Dictionary<string, string> Foreign, Dictionary<string, string> Absent, int Bits)> Values(Surface surface, Resident? who)
    {
        var ids = surface.Inputs.Where(i => i.IsId).ToList();
        // Pages of connection and of visits are about the schools of one's own territory: only those beyond it are foreign there.
        foreach (var school in Foreign.Where(school => !(surface.Pattern.StartsWith("/connection", StringComparison.Ordinal) || surface.Pattern.StartsWith("/support/access", StringComparison.Ordinal))
            || who?.Subject.Territory is not { } territory || !school.School.Municipality.IsWithin(territory)))
            // A bit for each id: foreign or own. Without a school of one's own all are foreign.
            for (var bits = who is { Own.Count: > 0 } ? 1 : (1 << ids.Count) - 1; bits < 1 << ids.Count; bits++)
            {
                // Mixtures of own and foreign are tried with one school, whole foreignness with each.
                if (school != Foreign[0] && bits != (1 << ids.Count) - 1) continue;
                // An «id» might be read as any kind of thing: of one school every kind is tried.
                var choices = surface.Inputs is [{ Name: "id" }, ..] && surface.Method == "GET" && school == Foreign[0] ? school.Everything.Count : 1;
                for (var choice = 0; choice < choices; choice++)
                {
                    var foreign = surface.Inputs.Where(i => !i.IsId).ToDictionary(i => i.Name, Plausible);
                    var absent = new Dictionary<string, string>(foreign);
                    for (var i = 0; i < ids.Count; i++)
                    {
                        var isForeign = (bits >> i & 1) == 1;
                        var meant = isForeign ? choices > 1 ? school.Everything[choice] : school.Meant(ids[i].Name, surface.Pattern)[0] : who!.Own[0].Meant(ids[i].Name, surface.Pattern)[0];
                        foreign[ids[i].Name] = meant.ToString();
                        absent[ids[i].Name] = (isForeign ? Guid.CreateVersion7() : meant).ToString();
                    }
                    yield return (foreign, absent, bits);
                }
            }
    }

    private static string Difference(string one, string other)
    {
        var at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"«{one[Math.Max(0, at - 40)..Math.Min(one.Length, at + 60)]}» and «{other[Math.Max(0, at - 40)..Math.Min(other.Length, at + 60)]}»";
    }

    private string Plausible(Input input) => input.Name switch
    {
        "role" => Roles.Teacher,
        "kinship" => "mother",
        "purpose" => "diary",
        "startsOn" or "endsOn" or "dueOn" => platform.Today.ToString("yyyy-MM-dd", global::System.Globalization.CultureInfo.InvariantCulture),
        "value" => "4",
        "done" => "true",
        _ when input.Type == typeof(string) => "",
        _ => "1",
    };

    private static Task<Answer> PostAsync(Visitor visitor, Surface surface, Dictionary<string, string> values)
    {
        // Each request is a new one: a key met before would bring the earlier answer.
        values["key"] = Guid.CreateVersion7().ToString();
        if (surface.Json is null) return visitor.PostFormAsync(surface.Fill(values), surface.Form(values));
        var change = new { lesson = Guid.CreateVersion7(), learner = Guid.CreateVersion7(), kind = "mark", value = "2", @base = 0 };
        var body = JsonSerializer.Serialize(new { key = Guid.CreateVersion7(), changes = new[] { change } });
        return visitor.PostAsync(surface.Fill(values), new StringContent(body, Encoding.UTF8, "application/json"), "application/json");
    }

    /// <summary>Everything stored that speaks of the foreign schools or their people.</summary>
    private async Task<string> PrintAsync()
    {
        var ids = string.Join('|', Foreign.SelectMany(school => school.Everything.Concat(school.Residents.Select(r => r.SessionId)).Append(school.School.Boris.Id)).Distinct());
        var tables = await platform.ListAsync("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel') and tablename not like '%\\_20%' and tablename <> 'idempotency'");
        var print = new StringBuilder();
        foreach (var table in tables)
            print.Append(table).Append(' ').Append(await platform.AskAsync($"select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t where t::text ~ $1", ids)).Append('\n');
        return print.ToString();
    }
}
