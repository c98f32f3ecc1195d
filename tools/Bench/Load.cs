using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace MySchool.Bench;

/// <summary>What a round measured.</summary>
internal sealed record Measured(int Requests, double Seconds, double CpuMs, double PostgresMs, double RoundTrips, double P50, double P99)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>Asks pages and saves marks over real HTTP, some requests at a time, for a bounded time.</summary>
internal sealed class Load(Platform platform, People people) : IDisposable
{
    private const int Workers = 8;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = System.Net.DecompressionMethods.Brotli })
    {
        BaseAddress = platform.Address,
    };

    public Task<Measured> PagesAsync(IReadOnlyList<(string Token, string Path)> pages, double seconds, CancellationToken cancel) =>
        MeasureAsync((worker, turn) => GetAsync(pages[(worker * 7919 + turn) % pages.Count], cancel), seconds, cancel);

    public Task<Measured> MarksAsync(IReadOnlyList<TeacherPerson> teachers, int cells, double seconds, CancellationToken cancel) =>
        MeasureAsync((worker, turn) => SaveAsync(teachers[(worker + turn * Workers) % teachers.Count], turn, cells, cancel), seconds, cancel);

    /// <summary>Opens each journal once: its token is what saves carry.</summary>
    public async Task ArmAsync(IReadOnlyList<TeacherPerson> teachers, CancellationToken cancel)
    {
        foreach (var teacher in teachers)
        {
            using var request = Request(HttpMethod.Get, teacher.Path, teacher.Token);
            using var answer = await http.SendAsync(request, cancel);
            var html = await answer.Content.ReadAsStringAsync(cancel);
            const string meta = "name=\"csrf\" content=\"";
            var at = html.IndexOf(meta, StringComparison.Ordinal) + meta.Length;
            teacher.Csrf = html[at..html.IndexOf('"', at)];
            teacher.AntiforgeryCookie = answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0];
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<Measured> MeasureAsync(Func<int, int, Task> one, double seconds, CancellationToken cancel)
    {
        const string transactions = "select pg_stat_clear_snapshot(), xact_commit from pg_stat_database where datname = current_database()";
        var latencies = new List<double>[Workers];
        var before = (Cpu: platform.CpuMilliseconds, Postgres: ProcessCpu.OfPostgres(platform.PostgresId), Trips: await TransactionsAsync(transactions, cancel));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var own = latencies[worker] = [];
            for (var turn = 0; watch.Elapsed.TotalSeconds < seconds; turn++)
            {
                var start = Stopwatch.GetTimestamp();
                await one(worker, turn);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }, cancel)));
        var elapsed = watch.Elapsed.TotalSeconds;
        var cpu = platform.CpuMilliseconds - before.Cpu;
        var postgres = ProcessCpu.OfPostgres(platform.PostgresId) - before.Postgres;
        // Backends report their counts to the statistics at most once a second.
        await Task.Delay(1500, cancel);
        var trips = await TransactionsAsync(transactions, cancel) - before.Trips;
        var all = latencies.SelectMany(l => l).Order().ToList();
        return new(all.Count, elapsed, cpu / all.Count, postgres / all.Count, (double)trips / all.Count, all[all.Count / 2], all[(int)(all.Count * 0.99)]);
    }

    private Task<long> TransactionsAsync(string sql, CancellationToken cancel) => people.CountAsync(sql.Replace("pg_stat_clear_snapshot(), ", "", StringComparison.Ordinal), cancel);

    private async Task GetAsync((string Token, string Path) page, CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, page.Path, page.Token);
        if (antiforgery.TryGetValue(page.Token, out var cookie)) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(request, cancel);
        // As a browser does: the cookie of the first page comes back with all others.
        if (cookie is null && answer.Headers.TryGetValues("Set-Cookie", out var set)) antiforgery[page.Token] = set.First().Split(';')[0];
        if ((int)answer.StatusCode != 200) throw new InvalidOperationException($"{page.Path} answered {(int)answer.StatusCode} {answer.Headers.Location}");
        await answer.Content.ReadAsByteArrayAsync(cancel);
    }

    private async Task SaveAsync(TeacherPerson teacher, int turn, int cells, CancellationToken cancel)
    {
        var lesson = teacher.Lessons[turn % teacher.Lessons.Length];
        var first = turn / teacher.Lessons.Length;
        var changes = Enumerable.Range(0, Math.Min(cells, teacher.Learners.Length)).Select(i => new
        {
            lesson, learner = teacher.Learners[(first + i) % teacher.Learners.Length], kind = "mark",
            value = $"{2 + (turn + i) % 4}", work = (int?)null, @base = Version(teacher, lesson, teacher.Learners[(first + i) % teacher.Learners.Length]),
        });
        using var request = Request(HttpMethod.Post, $"/journal/{teacher.GroupId}/marks", teacher.Token);
        request.Headers.Remove("Cookie");
        request.Headers.Add("Cookie", $"__Host-session={teacher.Token}; {teacher.AntiforgeryCookie}");
        request.Headers.Add("RequestVerificationToken", teacher.Csrf);
        request.Content = JsonContent.Create(new { key = Guid.CreateVersion7(), changes });
        using var answer = await http.SendAsync(request, cancel);
        if ((int)answer.StatusCode != 200) throw new InvalidOperationException($"save answered {(int)answer.StatusCode}");
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancel), cancellationToken: cancel);
        foreach (var cell in json.RootElement.GetProperty("cells").EnumerateArray())
            if (cell.GetProperty("mark") is { ValueKind: JsonValueKind.Object } mark)
                versions[(cell.GetProperty("lesson").GetGuid(), cell.GetProperty("learner").GetGuid())] = mark.GetProperty("version").GetInt32();
    }

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(Guid, Guid), int> versions = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> antiforgery = new();

    private int Version(TeacherPerson teacher, Guid lesson, Guid learner) => versions.GetValueOrDefault((lesson, learner));

    private static HttpRequestMessage Request(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", $"__Host-session={token}");
        request.Headers.Add("Accept", method == HttpMethod.Get ? "text/html" : "application/json");
        return request;
    }
}
