using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.ResponseCompression;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;
using MySchool.Ui;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Configuration;
using Orleans.Serialization;

namespace MySchool.Host;

/// <summary>Services that belong to no module.</summary>
internal static class PlatformServices
{
    public static void AddPlatform(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 1024 * 1024;
            server.Limits.MaxConcurrentConnections = 20_000;
        });
        // These two write whole addresses: ЕСИА's code, names searched for, ids of children. However loud an operator makes the log, they stay silent.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning).AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.AddOrleans();
        var services = builder.Services;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        services.AddSingleton(builder.Configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IClock, SystemClock>();
        services.AddSingleton<IScopeTable, ScopeTable>();
        services.AddSingleton<AppDb>();
        services.AddSingleton<FactsDb>();
        services.AddSingleton<WorkerDb>();
        services.AddSingleton<ReadingAudit>();
        services.AddSingleton(builder.Configuration.GetSection(OutgoingOptions.Section).Get<OutgoingOptions>() ?? new());
        services.AddSingleton<OutgoingHttp>();
        services.AddOutbox();
        services.AddMail(builder.Configuration);
        services.AddFiles(builder.Configuration);
        services.AddUi();
        services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        services.AddSingleton<IProblemPage, DrawProblem>();
        services.AddOpenApi();
        services.AddPageCompression();
        services.AddTelemetry(builder.Configuration);
    }

    private static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxPump>(
            provider, OutboxLane.Inner(provider.GetServices<Subscription>(), provider.GetRequiredService<OutboxSignal>())));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxPump>(
            provider, OutboxLane.Outward(provider.GetServices<Subscription>())));
    }

    private static void AddMail(this IServiceCollection services, ConfigurationManager configuration)
    {
        var mail = configuration.GetSection(MailOptions.Section).Get<MailOptions>() ?? new();
        services.AddSingleton(mail);
        services.AddSingleton<IMailer>(mail.Host.Length > 0 ? new SmtpMailer(mail) : new FolderMailer(mail));
        services.Hear<Letter, SendLetters>();
    }

    private static void AddOrleans(this WebApplicationBuilder builder)
    {
        builder.Host.UseOrleans(silo =>
        {
            var port = builder.Configuration.GetValue("Orleans:SiloPort", 0);
            silo.UseLocalhostClustering(port == 0 ? FreePort() : port, gatewayPort: 0, serviceId: "myschool", clusterId: $"alone-{Environment.ProcessId}-{Ids.New():N}");
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10));
        });
        // Contracts know nothing of Orleans: their records cross between nodes as the JSON they already are in the outbox.
        builder.Services.AddSerializer(serializer => serializer.AddJsonSerializer(
            type => type.Namespace?.StartsWith("MySchool.Contracts", StringComparison.Ordinal) == true, Json.Options));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static void AddPageCompression(this IServiceCollection services)
    {
        // Pages carry an antiforgery token, a secret beside echoed input (BREACH): the token is masked anew at each
        // rendering, which is the countermeasure that framework relies on.
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
            options.MimeTypes = ["text/html", "application/json", "application/problem+json", "text/css", "text/javascript", "image/svg+xml"];
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
    }

    // Named one by one: the instrumentation's own list takes in the meter of components, which times every icon of a page.
    private static readonly string[] ServerMeters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.RateLimiting"];

    private static void AddTelemetry(this IServiceCollection services, ConfigurationManager configuration)
    {
        var isExported = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("myschool"));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(ServerMeters).AddRuntimeInstrumentation().AddMeter("Npgsql").AddMeter("Microsoft.Orleans").AddPrometheusExporter());
        if (!isExported) return;
        // Paths hold ids of children and queries hold names: spans keep the route's pattern only.
        telemetry.WithTracing(tracing => tracing.AddAspNetCoreInstrumentation(options => options.EnrichWithHttpRequest = (span, _) =>
        {
            span.SetTag("url.path", null);
            span.SetTag("url.query", null);
        }).AddSource("Npgsql").AddOtlpExporter());
    }
}
