using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Kernel;

namespace MySchool.Journal;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class JournalModule : IModule
{
    /// <inheritdoc/>
    public string Name => "journal";

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
