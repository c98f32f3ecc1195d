using System.Net;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Host;

/// <summary>Routes that belong to no module.</summary>
internal static class PlatformRoutes
{
    public static void MapPlatform(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context) => Results.Redirect(context.GetActor() is null ? "/sign-in" : "/today")).Allow(HostActions.Home);
        // At the root, because a worker keeps pages of its own folder and below; asked anew each time, so that a new one comes at once.
        app.MapGet("/sw.js", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return app.Environment.WebRootFileProvider.GetFileInfo("ui/sw.js") is { Exists: true } file ? Results.Stream(file.CreateReadStream(), "text/javascript") : Results.NotFound();
        }).Allow(HostActions.Asset).ExcludeFromDescription();
        app.MapGet("/health/live", () => Results.Text("ok")).Allow(HostActions.Health);
        app.MapGet("/health/ready", ReadyAsync).Allow(HostActions.Health);
        app.MapOpenApi().Allow(HostActions.ApiDescription);
        app.MapPrometheusScrapingEndpoint("/metrics").Allow(HostActions.Metrics).AddEndpointFilter(async (call, next) =>
            call.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) ? await next(call) : Results.NotFound());
    }

    /// <summary>
    /// Ready means that a real function of the schema answers: after a package upgrade under a running server
    /// connections may open while calls fail.
    /// </summary>
    private static async Task<IResult> ReadyAsync(AppDb db, IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Results.Text("stopping", statusCode: 503);
        try
        {
            await using var ask = db.Source.CreateCommand("select kernel.scope('learners')");
            await ask.ExecuteScalarAsync(cancel);
            return Results.Text("ready");
        }
        catch (NpgsqlException)
        {
            return Results.Text("database away", statusCode: 503);
        }
    }
}
