using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access;
using MySchool.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.Host;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Canary;

/// <summary>The region in a real database and the whole platform over it, answering on loopback.</summary>
[SupportedOSPlatform("linux")]
public class RegionPlatform : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("region-").FullName;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(20) }) { Timeout = TimeSpan.FromSeconds(30) };
    private PlatformDatabase? database;
    private WebApplication? app;

    public RegionPlatform() : this(number => $"⟦Ш{number:00}⟧", number => $"⟦О{number:00}⟧")
    {
    }

    private protected RegionPlatform(Func<int, string> mark, Func<int, string> openMark) => Region = new(mark, openMark);

    internal Region Region { get; }
    internal DateOnly Today { get; } = new SystemClock(TimeProvider.System).TodayIn("Europe/Moscow");
    internal IReadOnlyList<string> Snils { get; private set; } = [];
    internal string Url { get; private set; } = "";
    internal string EsiaUrl { get; private protected set; } = "http://127.0.0.1:9";
    internal IServiceProvider Services => app!.Services;
    internal DatabaseOptions Database => database!.Options;
    internal IReadOnlyList<Surface> Surfaces => field ??= Surface.Of(app!);

    public virtual async ValueTask InitializeAsync()
    {
        database = await PlatformDatabase.OpenAsync(DataFolder.Open(In("data")), null, default);
        database.Migrate();
        var writer = new RegionWriter(Region, Today, IdentifierVault.OpenOrCreate(In("snils.key")));
        await writer.WriteAsync(database.Options.Owner);
        Snils = writer.Snils;
        if (!File.Exists(In("certificate.pem"))) AccessModule.CreateEsiaIdentity(In("key.pem"), In("certificate.pem"));
        using (var tokens = RSA.Create(2048))
            if (!File.Exists(In("tokens.pub"))) await File.WriteAllTextAsync(In("tokens.pub"), tokens.ExportSubjectPublicKeyInfoPem());
        if (Url.Length == 0) Url = $"http://localhost:{FreePort()}";
        app = HostApp.Build(
        [
            "--urls", Url, "--Database:App", Database.App, "--Database:Facts", Database.Facts, "--Database:Worker", Database.Worker,
            "--Registry:SnilsKeyFile", In("snils.key"), "--Esia:BaseUrl", EsiaUrl, "--Esia:RedirectUri", $"{Url}/esia/callback",
            "--Esia:KeyFile", In("key.pem"), "--Esia:CertificateFile", In("certificate.pem"), "--Esia:TokenKeyFile", In("tokens.pub"), "--Esia:TimeoutSeconds", "2",
            "--Access:AccountPerMinute", "0", "--Access:SchoolPerMinute", "0", "--Access:SignInPerMinute", "0", .. Arguments,
        ], Configure);
        await app.StartAsync();
        // What the world's own writing tells is counted before anybody compares tables.
        for (var waited = 0; waited < 300 && await AskAsync("select exists (select from kernel.outbox where type = 'UnitsChanged')") == "True"; waited++) await Task.Delay(100);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        http.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        if (database is not null) await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A browser of a resident, or of nobody.</summary>
    internal Visitor Visit(Resident? resident) => new(http, Url, resident?.Token);

    /// <summary>A browser of a resident in a session opened just now, which may be lost without harm to others.</summary>
    internal async Task<Visitor> VisitAnewAsync(Resident resident)
    {
        var fresh = new Resident(resident.Subject, resident.Own);
        await AskAsync($"""
            insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, started_at, last_seen_at, expires_at)
            select '{fresh.SessionId}', sha256(convert_to($1, 'UTF8')), person_id, role, unit_id, now(), now(), now(), now() + interval '1 day' from access.sessions where id = '{resident.SessionId}'
            """, fresh.Token);
        return Visit(fresh);
    }

    internal async Task<string> AskAsync(string sql, object? value = null)
    {
        await using var connection = new NpgsqlConnection(Database.Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        if (value is not null) command.Parameters.Add(new() { Value = value });
        return (await command.ExecuteScalarAsync())?.ToString() ?? "";
    }

    internal async Task<IReadOnlyList<string>> ListAsync(string sql, object? value = null) =>
        (await AskAsync($"select string_agg(x::text, E'\\n' order by x::text) from ({sql}) q(x)", value)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private protected string In(string file) => Path.Combine(folder, file);

    private protected virtual IReadOnlyList<string> Arguments => ["--Logging:LogLevel:Default", "None"];

    private protected virtual void Configure(IServiceCollection services)
    {
    }

    private protected void Settle(string url) => Url = url;

    internal static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
