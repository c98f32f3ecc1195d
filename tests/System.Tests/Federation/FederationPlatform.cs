using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MySchool.CommandLine.Launch;
using MySchool.Contracts.Access;
using MySchool.Federation.Asking;
using MySchool.Federation.Features;
using MySchool.Kernel;
using MySchool.StandIns.GisRuo;
using MySchool.StandIns.SetevoyGorod;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Federation;

/// <summary>A federal node, two regions of this platform, a third with a foreign journal, one that a test breaks as it likes, and ГИС РУО.</summary>
[SupportedOSPlatform("linux")]
public sealed class FederationPlatform : IAsyncLifetime
{
    public const string MotherOid = "1000777";
    public const string StrangerOid = "1000888";
    public const string Secret = "a-secret-of-a-demonstration-only";
    public static readonly Guid System = Guid.Parse("0193a000-0000-7000-8000-000000000001");
    private readonly string folder = Directory.CreateTempSubdirectory("federation-").FullName;
    private readonly List<WebApplication> standIns = [];
    private readonly List<TestDatabase> databases = [];

    public TestHost Federal { get; private set; } = null!;

    /// <summary>«Заречная область».</summary>
    public TestHost One { get; private set; } = null!;

    /// <summary>«Приморье».</summary>
    public TestHost Two { get; private set; } = null!;

    /// <summary>The third region of our dialect.</summary>
    internal BrokenRegion Broken { get; private set; } = null!;

    public string KeyOf(string name) => Path.Combine(folder, $"{name}.pem");

    public async ValueTask InitializeAsync()
    {
        var (ruo, net) = (Local(ProviderPlatform.FreePort()), Local(ProviderPlatform.FreePort()));
        var portal = PartnerSetup.EnsureKey(KeyOf("portal"));
        var keys = new Dictionary<string, string> { ["one"] = PartnerSetup.EnsureKey(KeyOf("one")), ["two"] = PartnerSetup.EnsureKey(KeyOf("two")), ["broken"] = PartnerSetup.EnsureKey(KeyOf("broken")) };
        PartnerSetup.EnsureKey(KeyOf("stranger"));
        One = await StartRegionAsync("one", portal);
        Two = await StartRegionAsync("two", portal);
        Broken = await BrokenRegion.StartAsync(KeyOf("broken"), KeyOf("stranger"));
        await StartAsync(GisRuoStandIn.Build([$"--urls={ruo}", $"--Ruo:PeopleFile={PlacesFile}", "--Ruo:ClientId=portal", $"--Ruo:Secret={Secret}", "--Logging:LogLevel:Default=Error"]));
        await StartAsync(SetevoyGorodStandIn.Build([$"--urls={net}", $"--NetSchool:StudentsFile={StudentsFile}", "--NetSchool:Login=portal", $"--NetSchool:Password={Secret}", "--Logging:LogLevel:Default=Error"]));
        var settings = new Dictionary<string, string>
        {
            ["Federation:KeyId"] = "portal-1", ["Federation:KeyFile"] = KeyOf("portal"), ["Outgoing:MayStayInside"] = "true",
            ["Federation:Ruo:Address"] = ruo, ["Federation:Ruo:ClientId"] = "portal", ["Federation:Ruo:Secret"] = Secret, ["Federation:Ruo:DeadlineMs"] = "10000",
        };
        AddRegion(settings, 0, "13000000", "Заречная область", "own", Root(One), $"one-1 {keys["one"]}");
        AddRegion(settings, 1, "25000000", "Приморье", "own", Root(Two), $"two-1 {keys["two"]}");
        AddRegion(settings, 2, "77000000", "Ломаный край", "own", Broken.Address, $"broken-1 {keys["broken"]}");
        AddRegion(settings, 3, "92000000", "Сетевая область", "netschool", net, "");
        foreach (var (address, i) in ((string[])[ruo, net, Root(One), Root(Two), Broken.Address]).Select((address, i) => (address, i)))
            settings[$"Outgoing:AllowedHosts:{i}"] = new Uri(address).Authority;
        Federal = await TestHost.StartAsync(settings: settings);
        await BindAsync(Federal);
        await Federal.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<SeedRegions>().Single().HandleAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (TestHost[])[Federal, One, Two]) await host.DisposeAsync();
        await Broken.DisposeAsync();
        foreach (var app in standIns) await app.DisposeAsync();
        foreach (var database in databases) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string PlacesFile => Path.Combine(folder, "places.json");

    private string StudentsFile => Path.Combine(folder, "students.json");

    /// <summary>Says where a person's family is, as ГИС РУО tells it.</summary>
    public void Place(string oid, params string[] codes) => File.WriteAllText(PlacesFile, JsonSerializer.Serialize(new Dictionary<string, object>
    {
        [oid] = codes.Select(code => new { region = code, regionCode = code, school = new { id = Guid.Empty, name = "Школа" }, role = "guardian" }).ToArray(),
    }));

    /// <summary>Students of the foreign journal.</summary>
    public void Students(params object[] students) => File.WriteAllText(StudentsFile, JsonSerializer.Serialize(students));

    /// <summary>The mother, signed in at the federal node; whatever was kept or had failed before is forgotten.</summary>
    public async Task<TestBrowser> MotherAsync(params string[] codes)
    {
        Place(MotherOid, codes);
        await RunAsync(Federal, "truncate federation.copies, federation.places");
        // A new version begins with a fresh breaker.
        await RunAsync(Federal, "update federation.regions set version = version + 1");
        Federal.Services.GetRequiredService<RegionBook>().Refresh();
        return await Federal.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
    }

    /// <summary>The mother's consent for a child in a region; null for each child.</summary>
    public static Task ConsentAsync(TestHost region, Guid? child = null) => RunAsync(region, """
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
        select gen_random_uuid(), 'given', g.learner_id, $1, t.purpose, t.version, t.hash, $2, $2 + interval '1 year'
          from registry.guardianships g cross join access.consent_texts t where g.guardian_id = $1 and t.purpose = 'federal-diary' and ($3::uuid = '00000000-0000-0000-0000-000000000000' or g.learner_id = $3)
        """, SampleSchool.Mother.Id, region.Clock.Now, child ?? Guid.Empty);

    public static Task ForgetConsentsAsync(TestHost region) => RunAsync(region, "truncate access.consents cascade");

    public static async Task RunAsync(TestHost host, string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static string Root(TestHost host) => host.Address.ToString().TrimEnd('/');

    private static string Local(int port) => $"http://127.0.0.1:{port}";

    private async Task StartAsync(WebApplication app)
    {
        standIns.Add(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task<TestHost> StartRegionAsync(string name, string portalKey)
    {
        var database = await TestDatabase.CreateAsync();
        databases.Add(database);
        await PartnerSetup.RegisterSystemAsync(database.Options.Owner, System, "system-portal", Secret, ApiScopes.Diary, "Федеральный портал", TestContext.Current.CancellationToken);
        var port = ProviderPlatform.FreePort();
        var region = await TestHost.StartAsync(database, settings: new Dictionary<string, string>
        {
            ["Urls"] = Local(port), ["Esia:RedirectUri"] = $"{Local(port)}/esia/callback", ["Federation:KeyId"] = $"{name}-1", ["Federation:KeyFile"] = KeyOf(name),
            ["Federation:Callers:0:System"] = System.ToString(), ["Federation:Callers:0:KeyId"] = "portal-1", ["Federation:Callers:0:PublicKey"] = portalKey,
        });
        await BindAsync(region);
        return region;
    }

    private static Task BindAsync(TestHost host) => RunAsync(host, "update registry.identities set esia_oid = $1 where person_id = $2", MotherOid, SampleSchool.Mother.Id);

    private static void AddRegion(Dictionary<string, string> settings, int i, string code, string name, string dialect, string address, string keys)
    {
        foreach (var (key, value) in ((string, string)[])[("Code", code), ("Name", name), ("Dialect", dialect), ("Address", address), ("Account", dialect == "own" ? "system-portal" : "portal"),
            ("Secret", Secret), ("PublicKeys", keys), ("ConsentPage", $"{address}/account/consents"), ("DeadlineMs", "10000")])
            settings[$"Federation:Regions:{i}:{key}"] = value;
    }
}
