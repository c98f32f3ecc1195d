using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MySchool.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Host;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Xunit;

namespace MySchool.Modules.Tests.Access;

/// <summary>The whole platform on loopback with a real database and the ЕСИА stand-in; only the registry and the clock are ours.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AccessPlatform : IAsyncLifetime
{
    public static readonly AppAction Teach = AppAction.For("test.teach", Relations.Teaches);
    public static readonly AppAction ReadChild = AppAction.For("test.read-child", Relations.Guardian);
    private static readonly ConsentFlow Probed = new(ConsentPurposes.Diary, "test.probe", "");
    private readonly string folder = Directory.CreateTempSubdirectory("access-").FullName;
    private PlatformDatabase? database;
    private WebApplication? app;

    internal ManualClock Clock { get; } = new();
    internal FakeRegistry Registry { get; } = new();
    internal EsiaContour Esia { get; private set; } = null!;
    internal string Url { get; private set; } = "";
    internal DatabaseOptions Database => database!.Options;
    internal IServiceProvider Services => app!.Services;

    public async ValueTask InitializeAsync()
    {
        database = await PlatformDatabase.OpenAsync(DataFolder.Open(folder), null, default);
        database.Migrate();
        Url = $"http://localhost:{EsiaContour.FreePort()}";
        Esia = new EsiaContour { Callback = $"{Url}/esia/callback", Clock = Clock };
        await Esia.InitializeAsync();
        app = HostApp.Build(
        [
            "--applicationName", "MySchool.Host", "--urls", Url, "--Database:App", Database.App, "--Database:Facts", Database.Facts, "--Database:Worker", Database.Worker,
            "--Esia:BaseUrl", Esia.BaseUrl, "--Esia:RedirectUri", Esia.Callback, "--Esia:KeyFile", Esia.In("key.pem"), "--Esia:TimeoutSeconds", "5",
            "--Esia:CertificateFile", Esia.In("certificate.pem"), "--Esia:TokenKeyFile", Esia.In("tokens.pub"), "--Logging:LogLevel:Default", "Error",
            "--Registry:SnilsKeyFile", Esia.In("snils.key"), "--Access:AccountPerMinute", "0", "--Access:SignInPerMinute", "0",
        ], services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IClock>(Clock));
            services.Replace(ServiceDescriptor.Singleton<IRegistry>(Registry));
            services.Replace(ServiceDescriptor.Singleton<IPersonFields>(Registry));
        });
        Probe(app);
        await app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        if (Esia is not null) await Esia.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Signs in as a browser does and lands where the platform sends it.</summary>
    internal async Task<HttpResponseMessage> SignInAsync(Browser browser, string oid, string back = "/account")
    {
        var start = await browser.GetAsync($"{Url}/sign-in/esia?return={Uri.EscapeDataString(back)}");
        var callback = await Esia.WalkAsync(start.Headers.Location!.ToString(), "oid", oid);
        return await browser.GetAsync(callback.ToString());
    }

    // Routes of no module, to look at the gate from outside.
    private static void Probe(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/probe/teach", () => "taught").Allow(Teach);
        routes.MapGet("/probe/unnamed", () => "open");
        routes.MapPost("/probe/post", () => "posted").Allow(Teach);
        routes.MapGet("/probe/consent", (HttpContext http, IConsents consents) =>
            consents.Stands(http.RequireActor(), Probed, FakeRegistry.Child).ToString()).Allow(ReadChild);
    }
}
