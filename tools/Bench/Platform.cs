using System.Diagnostics;
using System.Net.Sockets;
using MySchool.CommandLine.Launch;
using MySchool.CommandLine.Postgres;
using MySchool.Generator;
using MySchool.Generator.Load;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;

namespace MySchool.Bench;

/// <summary>The published platform over a loaded region, each in processes of its own.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private readonly PostgresCluster cluster;
    private readonly DataFolder data;
    private Process? host;

    private Platform(DataFolder data, PostgresCluster cluster, DatabaseOptions database)
    {
        this.data = data;
        this.cluster = cluster;
        Database = database;
    }

    public DatabaseOptions Database { get; }

    public Uri Address { get; private set; } = new("http://localhost");

    /// <summary>From the start of the process to the first page, seconds.</summary>
    public double StartSeconds { get; private set; }

    public int HostId => host!.Id;

    public int PostgresId => cluster.ServerId!.Value;

    public double CpuMilliseconds => ProcessCpu.Of(HostId) + ProcessCpu.OfPostgres(PostgresId);

    public static async Task<Platform> StartAsync(
        string folder, RegionSize size, CancellationToken cancel, string? name = null, IReadOnlyDictionary<string, string>? further = null)
    {
        var data = DataFolder.Open(Path.Combine(folder, name ?? size.ToString().ToLowerInvariant()));
        data.Hold();
        var cluster = new PostgresCluster(data);
        await cluster.StartAsync(cancel);
        var database = await cluster.PrepareDatabaseAsync(cancel: cancel);
        Migrator.Migrate(database.Owner, CommandLine.PlatformDatabase.Modules);
        var platform = new Platform(data, cluster, database);
        await platform.LoadAsync(size, cancel);
        await platform.StartHostAsync(further ?? new Dictionary<string, string>(), cancel);
        return platform;
    }

    public async ValueTask DisposeAsync()
    {
        if (host is { HasExited: false })
        {
            host.Kill();
            await host.WaitForExitAsync();
        }
        await cluster.DisposeAsync();
        data.Dispose();
    }

    private async Task LoadAsync(RegionSize size, CancellationToken cancel)
    {
        await using var owner = Npgsql.NpgsqlDataSource.Create(Database.Owner);
        if (await new DemoState(owner).ReadAsync(cancel) == LoadState.Loaded) return;
        Console.WriteLine($"Loading {size}…");
        var vault = IdentifierVault.OpenOrCreate(Path.Combine(data.Secrets, "snils.key"));
        var today = new SystemClock(TimeProvider.System).TodayIn("Europe/Moscow");
        var watch = Stopwatch.StartNew();
        var result = await new RegionLoader(Database.Owner).LoadAsync(
            new LoadRequest(size, today, snils => (vault.Hash(snils), vault.Encrypt(snils))), cancel);
        Console.WriteLine($"Loaded {result.Marks:N0} marks, {result.Lessons:N0} lessons, {result.People:N0} people in {watch.Elapsed.TotalSeconds:0} s");
    }

    private async Task StartHostAsync(IReadOnlyDictionary<string, string> further, CancellationToken cancel)
    {
        var port = FreePort();
        Address = new Uri($"http://localhost:{port}");
        var app = Path.Combine(AppContext.BaseDirectory, "../../../../../artifacts/app/host");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = app, RedirectStandardOutput = true };
        start.ArgumentList.Add("MySchool.Host.dll");
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Urls"] = Address.ToString(), ["Database__App"] = Database.App, ["Database__Facts"] = Database.Facts, ["Database__Worker"] = Database.Worker,
            ["Access__AccountPerMinute"] = "0", ["Access__SchoolPerMinute"] = "0", ["Registry__SnilsKeyFile"] = Path.Combine(data.Secrets, "snils.key"),
            ["Logging__LogLevel__Default"] = "Warning", ["ASPNETCORE_ENVIRONMENT"] = "Production",
        }.Concat(ServerRuntime.Settings).Concat(further)) start.Environment[key] = value;
        var watch = Stopwatch.StartNew();
        host = Process.Start(start)!;
        host.BeginOutputReadLine();
        using var http = new HttpClient { BaseAddress = Address };
        while (true)
        {
            try
            {
                using var page = await http.GetAsync(new Uri("/sign-in", UriKind.Relative), cancel);
                if (page.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromMinutes(1) && !host.HasExited) { }
            await Task.Delay(20, cancel);
        }
        StartSeconds = watch.Elapsed.TotalSeconds;
    }

    internal static int FreePort()
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }
}
