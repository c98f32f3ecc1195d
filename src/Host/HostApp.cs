using MySchool.Access;
using MySchool.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry;
using MySchool.Ui;

namespace MySchool.Host;

/// <summary>The composition root: the platform and its modules, read top to bottom.</summary>
public static class HostApp
{
    /// <summary>The modules, in order of dependence.</summary>
    public static IReadOnlyList<IModule> Modules { get; } = [new AccessModule(), new RegistryModule(), new JournalModule(), new Connection.ConnectionModule(), new Support.SupportModule(), new Notices.NoticesModule(), new Federation.FederationModule(), new Works.WorksModule()];

    /// <summary>Builds the platform without starting it.</summary>
    /// <param name="args">Command line and test overrides, as ASP.NET reads them.</param>
    /// <param name="replace">Replaces services after all are registered: a clock set by hand, in tests.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            // Static files are found by this name, whichever program starts the host: the host itself or a test.
            ApplicationName = typeof(HostApp).Assembly.GetName().Name,
        });
        builder.WebHost.UseStaticWebAssets();
        builder.AddPlatform();
        foreach (var module in Modules) module.AddServices(builder.Services, builder.Configuration);
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseProblemPages();
        app.UseResponseCompression();
        app.UseRouting();
        app.UseAccess();
        app.MapStaticAssets($"{typeof(HostApp).Assembly.GetName().Name}.staticwebassets.endpoints.json").Allow(HostActions.Asset);
        app.MapUi().Allow(HostActions.Styleguide);
        app.MapPlatform();
        foreach (var module in Modules) module.MapRoutes(app);
        return app;
    }
}
