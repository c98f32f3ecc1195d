using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using MySchool.Access.Esia;
using MySchool.Kernel;
using MySchool.StandIns.Esia;
using Xunit;

namespace MySchool.Modules.Tests.Access;

/// <summary>The stand-in on a loopback port and a client of it, each dialect, as they meet in life.</summary>
public sealed class EsiaContour : IAsyncLifetime
{
    public const string Teacher = "1000000001";
    public const string Parent = "1000000002";
    public const string Stranger = "1000000004";
    public const string Child = "1000000003";
    public const string Newcomer = "1000000005";
    private readonly string folder = Directory.CreateTempSubdirectory("esia-").FullName;
    private WebApplication? server;

    internal string Callback { get; init; } = "http://localhost:5999/esia/callback";
    internal ManualClock Clock { get; init; } = new();
    internal string BaseUrl { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        GostIdentity.Create(In("key.pem"), In("certificate.pem"), Clock.Now);
        await File.WriteAllLinesAsync(In("people.jsonl"),
        [
            """{"oid":"1000000001","lastName":"Иванова","firstName":"Мария","middleName":"Петровна","birthDate":"01.02.1980","gender":"F","snils":"112-233-445 95","trusted":true,"email":"m@example.org","roles":[{"oid":"5","fullName":"МБОУ СОШ № 7","shortName":"Школа № 7","ogrn":"1027700000007"}],"kids":[],"about":"Учитель, Школа № 7","region":"Северная область","demo":true}""",
            """{"oid":"1000000002","lastName":"Ёлкина","firstName":"Анна","middleName":"","birthDate":"01.02.1985","gender":"F","snils":"112-233-446 96","trusted":true,"kids":["1000000003"],"about":"Родитель","region":"Северная область"}""",
            """{"oid":"1000000003","lastName":"Ёлкин","firstName":"Пётр","middleName":"Ильич","birthDate":"01.02.2015","gender":"M","snils":"112-233-447 97","trusted":true,"child":true,"kids":[],"about":"Ученик 5А, Школа № 7","region":"Северная область"}""",
            """{"oid":"1000000004","lastName":"Странников","firstName":"Олег","middleName":"","birthDate":"01.02.1990","gender":"M","snils":"","trusted":false,"kids":[],"about":"Никто","region":""}""",
            """{"oid":"1000000005","lastName":"Новиков","firstName":"Иван","middleName":"Иванович","birthDate":"01.02.1991","gender":"M","snils":"112-233-448 98","trusted":true,"kids":[],"about":"Ещё не в списках","region":""}""",
        ]);
        BaseUrl = $"http://localhost:{FreePort()}";
        server = EsiaStandIn.Build(
        [
            "--urls", BaseUrl, "--Esia:PublicUrl", BaseUrl, "--Esia:PeopleFile", In("people.jsonl"), "--Esia:TokenKeyFile", In("tokens.pub"),
            "--Esia:SigningKeyFile", In("tokens.key"), "--Esia:Clients:0:Mnemonic", "MYSCHOOL", "--Esia:Clients:0:CertificateFile", In("certificate.pem"),
            "--Esia:Clients:0:RedirectUris:0", Callback, "--Logging:LogLevel:Default", "Error",
        ]);
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>ЕСИА goes down in the middle of the day.</summary>
    internal Task StopAsync() => server!.StopAsync();

    internal string In(string file) => Path.Combine(folder, file);

    internal EsiaOptions Options(EsiaDialect dialect = EsiaDialect.Current) => new()
    {
        Dialect = dialect, BaseUrl = BaseUrl, RedirectUri = Callback, TimeoutSeconds = 5,
        KeyFile = In("key.pem"), CertificateFile = In("certificate.pem"), TokenKeyFile = In("tokens.pub"),
    };

    internal EsiaRequests Requests(EsiaOptions options) => new(options, new GostSigner(options), Clock);

    internal EsiaClient Client(EsiaOptions options)
    {
        var factory = new PlainFactory();
        return new(factory, Requests(options), new EsiaTokens(options, Clock), options, new EsiaHealth(factory, options, Clock), NullLogger<EsiaClient>.Instance);
    }

    /// <summary>Walks as a browser would: follows ЕСИА's redirects, chooses a person, stops at our own address.</summary>
    internal async Task<Uri> WalkAsync(string authorizeUrl, string field, string value)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        var first = await browser.GetAsync(authorizeUrl);
        if (first.Headers.Location is not { } next || IsOurs(next)) return first.Headers.Location ?? throw new InvalidOperationException(await first.Content.ReadAsStringAsync());
        var ticket = next.ToString().Split("ticket=")[1];
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, [field] = value });
        var chosen = await browser.PostAsync($"{BaseUrl}/login", form);
        if (IsOurs(chosen.Headers.Location!)) return chosen.Headers.Location!;
        var back = await browser.GetAsync(new Uri(new Uri(BaseUrl), chosen.Headers.Location!));
        return back.Headers.Location ?? throw new InvalidOperationException(await back.Content.ReadAsStringAsync());
    }

    private bool IsOurs(Uri address) => address.ToString().StartsWith(Callback, StringComparison.Ordinal);

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class PlainFactory : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(new HttpClientHandler { AllowAutoRedirect = false });
    }
}

/// <summary>A clock that starts at the present and moves by hand.</summary>
internal sealed class ManualClock : IClock
{
    private TimeSpan shift;

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + shift;

    public void Advance(TimeSpan by) => shift += by;
}
