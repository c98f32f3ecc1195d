using System.Globalization;
using MySchool.Generator;
using Spectre.Console;

namespace MySchool.Bench;

/// <summary>What to measure.</summary>
internal sealed record RunRequest(RegionSize Region, bool IsCompared, string Data, int Seconds, int Rounds, bool IsChecked, string Only);

/// <summary>The jobs, one after another, and their table.</summary>
internal sealed class Run(RunRequest request)
{
    private readonly Table table = new Table().AddColumns("job", "CPU-ms", "of it PG", "bar", "round trips", "bar", "req/s", "p50 ms", "p99 ms");
    private const string Large = "journal of 35 × 60, live";
    private const int WarmRequests = 1500;
    private const int MostWarmRounds = 12;
    private const double StillFalling = 0.97;
    private readonly List<string> misses = [];

    public async Task<int> ExecuteAsync(CancellationToken cancel)
    {
        await using var platform = await Platform.StartAsync(request.Data, request.Region, cancel);
        var people = new People(platform.Database.Owner);
        using var load = new Load(platform, people);
        var guardians = await people.GuardiansAsync(200, cancel);
        var teachers = await people.TeachersAsync(400, cancel);
        if (Large.StartsWith(request.Only, StringComparison.Ordinal)) await people.EnlargeAsync(teachers[^1], cancel);
        await load.ArmAsync(teachers, cancel);
        var marks = await people.CountAsync("select count(*) from journal.marks", cancel);
        AnsiConsole.WriteLine($"{request.Region}: {marks:N0} marks, {guardians.Count} guardians, {teachers.Count} teachers, {request.Rounds} × {request.Seconds} s a job");

        var diary = await JobAsync("diary week page", 1.5, 3, s => load.PagesAsync([.. guardians.Select(g => (g.Token, g.Path))], s, cancel));
        await JobAsync("class journal page", 2.5, 4, s => load.PagesAsync([.. teachers.Select(t => (t.Token, t.Path))], s, cancel));
        await JobAsync(Large, 3, 4, s => LiveRun.PagesAsync(platform, load, teachers[^1], s, cancel));
        var one = await JobAsync("one mark, durable", 1.2, null, s => load.MarksAsync(teachers, 1, s, cancel));
        await JobAsync("25 marks in one save", 4, null, s => load.MarksAsync(teachers, 25, s, cancel));
        var country = await ConnectionRun.PrepareAsync(platform, people, cancel);
        await JobAsync("connection of 40,000 schools", 5, 4, s => load.PagesAsync([.. country], s, cancel));
        foreach (var line in await DoublesRun.MeasureAsync(request, cancel)) Line(line.Name, line.Value, line.Bar, atLeast: false, line.Detail, isRatio: false);
        var asked = await RuoRun.PrepareAsync(people, cancel);
        await JobAsync("look-up of ГИС РУО", 1, null, s => load.PagesAsync(asked, s, cancel));
        await FederatedAsync(cancel);
        // Before thousands of streams are opened: those have a bar of their own.
        var memory = ProcessCpu.MemoryMiB(platform.HostId);
        if (LiveRun.Name.StartsWith(request.Only, StringComparison.Ordinal))
            foreach (var line in await LiveRun.MeasureAsync(platform, people, teachers, cancel)) Line(line.Name, line.Value, line.Bar, atLeast: false, line.Detail, isRatio: false);
        if (KeyRun.Name.StartsWith(request.Only, StringComparison.Ordinal) && await KeyRun.MeasureAsync(platform, teachers[0]) is { } key)
            Line(key.Name, key.Value, key.Bar, atLeast: false, key.Detail, isRatio: false);
        AnsiConsole.Write(table);
        if (diary is null || one is null) return 0;

        var pgbench = await PgBench.MarksAsync(platform, 8, request.Seconds, cancel);
        Line("one mark ÷ pgbench, same inserts, 8 clients", one.PerSecond / pgbench.PerSecond, 0.5, atLeast: true,
            $"{one.PerSecond:0} ÷ {pgbench.PerSecond:0}; the inserts alone take {N(pgbench.PostgresMs)} CPU-ms of PostgreSQL", floor: 0.15);
        Line("start to first page, s", platform.StartSeconds, 5, atLeast: false, "data loaded", isRatio: false);
        Line("memory of the app after the load, MiB", memory, 350, atLeast: false, "RSS", isRatio: false);
        if (request.IsCompared) await CompareAsync(diary, cancel);
        var (imported, took) = await ImportRun.MeasureAsync(request.Data, request.Region, cancel);
        Line("import of schools, people/s", imported / took.TotalSeconds, 10_000, atLeast: true, $"{imported:N0} people in {took.TotalSeconds:0.0} s", isRatio: false);
        foreach (var miss in misses) AnsiConsole.WriteLine($"MISSED: {miss}");
        return request.IsChecked && misses.Count > 0 ? 1 : 0;
    }

    private async Task<Measured?> JobAsync(string name, double cpuBar, double? tripBar, Func<double, Task<Measured>> job)
    {
        if (!name.StartsWith(request.Only, StringComparison.Ordinal)) return null;
        await WarmAsync(() => job(request.Seconds));
        var rounds = new List<Measured>();
        for (var i = 0; i < request.Rounds; i++) rounds.Add(await job(request.Seconds));
        var median = rounds.OrderBy(r => r.CpuMs).ElementAt(rounds.Count / 2);
        table.AddRow(name, N(median.CpuMs), N(median.PostgresMs), $"≤ {N(cpuBar)}", N(median.RoundTrips), tripBar is null ? "" : $"≤ {tripBar}", $"{median.PerSecond:0}", N(median.P50), N(median.P99));
        if (tripBar is { } bar && median.RoundTrips > bar + 0.2) misses.Add($"{name}: {median.RoundTrips:0.0} round trips");
        return median;
    }

    // A method runs many times dearer until the compiler has seen it often enough, and compiling takes CPU of its own.
    private static async Task WarmAsync(Func<Task<Measured>> job)
    {
        var (last, requests) = (double.MaxValue, 0);
        for (var round = 0; round < MostWarmRounds; round++)
        {
            var now = await job();
            requests += now.Requests;
            if (requests >= WarmRequests && now.CpuMs > last * StillFalling) return;
            last = now.CpuMs;
        }
    }

    // Two regions that answer, then one of them that takes questions and never answers.
    private async Task FederatedAsync(CancellationToken cancel)
    {
        if (!FederationRun.Name.StartsWith(request.Only, StringComparison.Ordinal)) return;
        await using var federation = await FederationRun.StartAsync(request, cancel);
        await JobAsync(FederationRun.Name, 2.5, null, s => federation.PagesAsync(s, cancel));
        federation.IsSecondSilent = true;
        if (await JobAsync($"{FederationRun.Name}, a region dead", 2.5, null, s => federation.PagesAsync(s, cancel)) is { } dead)
            Line("p99 of the page with a region dead, ms", dead.P99, FederationRun.DeadlineMs * 1.1, atLeast: false, $"deadline {FederationRun.DeadlineMs} ms", isRatio: false);
    }

    private async Task CompareAsync(Measured diary, CancellationToken cancel)
    {
        await using var small = await Platform.StartAsync(request.Data, RegionSize.Small, cancel);
        var people = new People(small.Database.Owner);
        using var load = new Load(small, people);
        var pages = (await people.GuardiansAsync(200, cancel)).Select(g => (g.Token, g.Path)).ToList();
        await WarmAsync(() => load.PagesAsync(pages, request.Seconds, cancel));
        var rounds = new List<Measured>();
        for (var i = 0; i < request.Rounds; i++) rounds.Add(await load.PagesAsync(pages, request.Seconds, cancel));
        var median = rounds.OrderBy(r => r.CpuMs).ElementAt(rounds.Count / 2);
        Line("diary page, this region ÷ small region", diary.CpuMs / median.CpuMs, 1.15, atLeast: false, $"{N(diary.CpuMs)} ÷ {N(median.CpuMs)}");
    }

    private void Line(string name, double value, double bar, bool atLeast, string detail, bool isRatio = true, double? floor = null)
    {
        var isMet = atLeast ? value >= bar : value <= bar;
        AnsiConsole.WriteLine($"{name}: {N(value)} ({(atLeast ? "≥" : "≤")} {N(bar)}; {detail}) {(isMet ? "ok" : "MISSED")}");
        // Where the bar is still ahead of us, --check holds the ground that has been won.
        if (isRatio && (floor is { } won ? value < won : !isMet)) misses.Add(name);
    }

    private static string N(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
