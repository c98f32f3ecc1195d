using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySchool.StandIns.Esia;
using MySchool.System.Tests.Canary;

namespace MySchool.System.Tests.Logs;

/// <summary>The region with a ЕСИА to sign in at, and everything the platform writes about itself kept in memory.</summary>
[SupportedOSPlatform("linux")]
public sealed class LoggedPlatform : RegionPlatform
{
    public const string Oid = "1000000077";
    private readonly ActivityListener spans;
    private WebApplication? esia;

    public LoggedPlatform()
    {
        spans = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                // The browser of the test lives in the same process; its own spans are not the platform's.
                if (span.Kind == ActivityKind.Client && span.GetTagItem("url.full") is string to && to.StartsWith(Url, StringComparison.Ordinal)) return;
                Lines.Enqueue($"span {span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} {string.Join(' ', span.Events.SelectMany(e => e.Tags).Select(tag => $"{tag.Key}={tag.Value}"))}");
            },
        };
    }

    internal ConcurrentQueue<string> Lines { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        Access.AccessModule.CreateEsiaIdentity(In("key.pem"), In("certificate.pem"));
        await File.WriteAllTextAsync(In("people.jsonl"), $$"""
            {"oid":"{{Oid}}","lastName":"Тайнов","firstName":"Секрет","middleName":"Логович","birthDate":"01.02.1990","gender":"M","snils":"112-233-445 95","trusted":true,"email":"s@example.org","roles":[],"kids":[],"about":"","region":""}
            """);
        Settle($"http://localhost:{FreePort()}");
        EsiaUrl = $"http://localhost:{FreePort()}";
        esia = EsiaStandIn.Build(
        [
            "--urls", EsiaUrl, "--Esia:PublicUrl", EsiaUrl, "--Esia:PeopleFile", In("people.jsonl"), "--Esia:TokenKeyFile", In("tokens.pub"),
            "--Esia:SigningKeyFile", In("tokens.key"), "--Esia:Clients:0:Mnemonic", "MYSCHOOL", "--Esia:Clients:0:CertificateFile", In("certificate.pem"),
            "--Esia:Clients:0:RedirectUris:0", $"{Url}/esia/callback", "--Logging:LogLevel:Default", "None",
        ]);
        await esia.StartAsync();
        await base.InitializeAsync();
        ActivitySource.AddActivityListener(spans);
    }

    public override async ValueTask DisposeAsync()
    {
        spans.Dispose();
        await base.DisposeAsync();
        if (esia is not null) await esia.DisposeAsync();
    }

    // As an operator might loosen it in a bad hour.
    private protected override IReadOnlyList<string> Arguments =>
        ["--Esia:TimeoutSeconds", "20", "--OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9", "--Logging:LogLevel:Default", "Information", "--Logging:LogLevel:Microsoft.AspNetCore", "Information", "--Logging:LogLevel:System.Net.Http", "Information", "--Logging:LogLevel:MySchool", "Debug"];

    private protected override void Configure(IServiceCollection services) => services.AddLogging(logging =>
    {
        logging.ClearProviders();
        logging.AddProvider(new Keeper(Lines));
    });

    private sealed class Keeper(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Pen(categoryName, lines);

        public void Dispose()
        {
        }
    }

    private sealed class Pen(string category, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
    }
}
