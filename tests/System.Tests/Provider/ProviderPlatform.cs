using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>A registered client as its owner knows it.</summary>
public sealed record Registered(Guid Id, string ClientId, string Secret);

/// <summary>The platform at a known address, with clients that the operator has registered through the pages.</summary>
public sealed partial class ProviderPlatform : IAsyncLifetime
{
    public const string Redirect = "http://127.0.0.1:9/callback";
    public const string AfterLogout = "http://127.0.0.1:9/bye";

    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        Host = await TestHost.StartAsync(settings: new Dictionary<string, string>
        {
            ["Urls"] = $"http://127.0.0.1:{port}", ["Esia:RedirectUri"] = $"http://127.0.0.1:{port}/esia/callback", ["Access:SitesMayBeInside"] = "true",
            ["Access:ErasuresFolder"] = Erasures,
        });
    }

    /// <summary>Where this platform remembers erasures.</summary>
    public string Erasures { get; } = Directory.CreateTempSubdirectory("erasures-").FullName;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Erasures, recursive: true);
    }

    public Task<TestBrowser> OperatorAsync() => Host.SignInAsync(SampleSchool.Office(Roles.Operator).Person.Id);

    /// <summary>Registers a site with every scope.</summary>
    public async Task<Registered> AddSiteAsync(string sector = "", string backChannel = "", string redirect = Redirect) => await AddAsync(
        ("kind", "site"), ("name", "Учи.Тест"), ("legalName", "ООО «Учебный тест»"), ("privacyPage", "https://site.example/privacy"), ("redirectUris", redirect),
        ("logoutUris", AfterLogout), ("backChannel", backChannel), ("sector", sector), ("scopes", "profile"), ("scopes", "role"), ("scopes", "school"), ("scopes", "class"));

    /// <summary>Registers a system that may look people up, or what else the scopes say.</summary>
    public async Task<Registered> AddSystemAsync(string units, params string[] scopes) => await AddAsync([
        ("kind", "system"), ("name", "Региональный дневник"), ("legalName", "ГБУ «Дневник»"), ("organisation", SampleSchool.School.Plan.Place.Ogrn!), ("units", units),
        ("legalBasis", "Соглашение № 7 от 01.09.2026"), .. (scopes is [] ? [ApiScopes.Ruo] : scopes).Select(scope => ("scopes", scope))]);

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<Registered> AddAsync(params (string, string)[] fields)
    {
        using var browser = await OperatorAsync();
        using var answer = await browser.SubmitAsync("/clients/new", "/clients/new", fields);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var codes = Code().Matches(html).Select(found => found.Groups[1].Value).ToList();
        Assert.True(codes.Count >= 2, html);
        var id = await Host.Database.ScalarAsync<Guid>("select id from access.clients where client_id = $1", codes[1]);
        return new(id, codes[1], codes[0]);
    }

    [GeneratedRegex("<code>([^<]+)</code>")]
    private static partial Regex Code();
}
