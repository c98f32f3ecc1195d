using System.Diagnostics;
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
    private readonly HttpLine[] lines = [.. Enumerable.Range(0, Workers).Select(_ => new HttpLine(platform.Address))];

    public Task<Measured> PagesAsync(IReadOnlyList<(string Token, string Path)> pages, double seconds, CancellationToken cancel) =>
        MeasureAsync((worker, turn) => GetAsync(lines[worker], pages[(worker * 7919 + turn) % pages.Count], cancel), seconds, cancel);

    public Task<Measured> MarksAsync(IReadOnlyList<TeacherPerson> teachers, int cells, double seconds, CancellationToken cancel) =>
        MeasureAsync((worker, turn) => SaveAsync(lines[worker], OfWorker(teachers, worker, turn), turn, cells, cancel), seconds, cancel);

    // Each worker has teachers of its own, so that no save meets another over one cell.
    private static TeacherPerson OfWorker(IReadOnlyList<TeacherPerson> teachers, int worker, int turn)
    {
        var own = teachers.Count / Workers;
        return teachers[worker * own + turn % own];
    }

    /// <summary>Opens each journal once: its token is what saves carry.</summary>
    public async Task ArmAsync(IReadOnlyList<TeacherPerson> teachers, CancellationToken cancel)
    {
        foreach (var teacher in teachers)
        {
            var answer = await lines[0].SendAsync(Head("GET", teacher.Path, teacher.Token, null), default, cancel);
            var html = System.Text.Encoding.UTF8.GetString(answer.Body);
            const string meta = "name=\"csrf\" content=\"";
            var at = html.IndexOf(meta, StringComparison.Ordinal) + meta.Length;
            teacher.Csrf = html[at..html.IndexOf('"', at)];
            teacher.AntiforgeryCookie = answer.Cookies.First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0];
        }
    }

    public void Dispose()
    {
        foreach (var line in lines) line.Dispose();
    }

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

    private async Task GetAsync(HttpLine line, (string Token, string Path) page, CancellationToken cancel)
    {
        var cookie = antiforgery.GetValueOrDefault(page.Token);
        var answer = await line.SendAsync(Head("GET", page.Path, page.Token, cookie) + "Accept-Encoding: br\r\n", default, cancel);
        if (answer.Status != 200) throw new InvalidOperationException($"{page.Path} answered {answer.Status}");
        // As a browser does: the cookie of the first page comes back with all others.
        if (cookie is null && answer.Cookies.Count > 0) antiforgery[page.Token] = answer.Cookies[0].Split(';')[0];
    }

    public static async Task SaveAsync(HttpLine line, TeacherPerson teacher, int turn, int cells, CancellationToken cancel)
    {
        var lesson = teacher.Lessons[turn % teacher.Lessons.Length];
        var first = turn / teacher.Lessons.Length;
        var changes = Enumerable.Range(0, Math.Min(cells, teacher.Learners.Length)).Select(i =>
        {
            var learner = teacher.Learners[(first + i) % teacher.Learners.Length];
            var (value, version) = teacher.Marks.GetValueOrDefault((lesson, learner), ("2", 0));
            return new { lesson, learner, kind = "mark", value = value == "5" ? "4" : "5", work = (int?)null, @base = version };
        }).ToArray();
        var body = JsonSerializer.SerializeToUtf8Bytes(new { key = Guid.CreateVersion7(), changes });
        var head = Head("POST", $"/journal/{teacher.GroupId}/marks", teacher.Token, teacher.AntiforgeryCookie)
            + $"Content-Type: application/json\r\nRequestVerificationToken: {teacher.Csrf}\r\n";
        var answer = await line.SendAsync(head, body, cancel);
        if (answer.Status != 200) throw new InvalidOperationException($"save answered {answer.Status}");
        using var json = JsonDocument.Parse(answer.Body);
        foreach (var cell in json.RootElement.GetProperty("cells").EnumerateArray())
        {
            // A conflict or a refusal writes nothing and would flatter the figure.
            if (cell.GetProperty("state").GetString() != "saved") throw new InvalidOperationException($"not saved: {cell}");
            var mark = cell.GetProperty("mark");
            teacher.Marks[(cell.GetProperty("lesson").GetGuid(), cell.GetProperty("learner").GetGuid())] =
                (mark.GetProperty("value").GetString()!, mark.GetProperty("version").GetInt32());
        }
    }

    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> antiforgery = new();

    public static string Head(string method, string path, string token, string? antiforgery) =>
        $"{method} {path} HTTP/1.1\r\nAccept: {(method == "GET" ? "text/html" : "application/json")}\r\n" +
        (token.StartsWith("Bearer ", StringComparison.Ordinal) ? $"Authorization: {token}\r\n"
            : $"Cookie: __Host-session={token}{(antiforgery is null ? "" : "; " + antiforgery)}\r\n");
}
