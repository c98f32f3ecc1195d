using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Kernel;

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
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
    }
}
