using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Federation.Asking;
using MySchool.Federation.Features;
using MySchool.Federation.Resources;
using MySchool.Federation.Telling;
using MySchool.Federation.Wire;
using MySchool.Kernel;

namespace MySchool.Federation;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class FederationModule : IModule
{
    /// <inheritdoc/>
    public string Name => "federation";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => FederationActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(FederationOptions.Section).Get<FederationOptions>() ?? new();
        services.AddSingleton(options);
        services.AddSingleton<NodeKey>();
        foreach (var flow in FederationFlows.All) services.AddSingleton(flow);
        services.AddSingleton<IPersonalData, FederationPersonalData>();
        services.AddErasure<FederationErasure>();
        services.AddHostedService<ForgetCopies>();
        services.AddSingleton<CheckRequest>();
        services.AddScoped<TellDiary>();
        AddAsking(services, options);
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        TellDiary.Map(routes);
        ShowRegionalDiary.Map(routes);
        ManageRegions.Map(routes);
    }

    private static void AddAsking(IServiceCollection services, FederationOptions options)
    {
        // Only the node that asks ГИС РУО has diaries of regions to show and regions to run.
        if (options.IsFederal)
        {
            services.AddSingleton(new NavEntry(Texts.DiaryTitle, StrangerPages.RegionalDiary, "map", FederationActions.ReadDiary, 22,
                new HashSet<string>(Roles.All.Except([Roles.Operator, Roles.RegionalCoordinator, Roles.MunicipalCoordinator, Roles.Technician]))));
            services.AddSingleton(new NavEntry(Texts.RegionsTitle, "/regions", "map-pin", FederationActions.ManageRegions, 58));
        }
        services.AddSingleton<Tokens>();
        services.AddSingleton<Patience>();
        services.AddSingleton<RegionBook>();
        services.AddSingleton<CopyBook>();
        services.AddSingleton<NetSchoolSessions>();
        services.AddSingleton<IRegionalDiary, OwnDialect>();
        services.AddSingleton<IRegionalDiary, NetSchoolDialect>();
        services.AddSingleton<AskPlaces>();
        services.AddSingleton<IKnownElsewhere>(provider => provider.GetRequiredService<AskPlaces>());
        services.AddSingleton<AskRegions>();
        services.AddHostedService<SeedRegions>();
        services.AddHostedService<MeetRegions>();
        services.AddScoped<WhoLooks>();
        services.AddScoped<ShowRegionalDiary>();
        services.AddScoped<ManageRegions>();
    }
}
