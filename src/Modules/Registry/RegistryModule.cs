using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Features;

namespace MySchool.Registry;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class RegistryModule : IModule
{
    /// <inheritdoc/>
    public string Name => "registry";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => [];

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => IdentifierVault.OpenOrCreate(
            configuration["Registry:SnilsKeyFile"] ?? Path.Combine(AppContext.BaseDirectory, "snils.key")));
        services.AddSingleton<UnitCounts>();
        services.AddSingleton<LoadFacts>();
        services.AddSingleton<ReadRoster>();
        services.AddSingleton<ReadUnits>();
        services.AddSingleton<IRegistry, RegistryService>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
    }
}
