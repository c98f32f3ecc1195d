using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Journal.Features;
using MySchool.Kernel;

namespace MySchool.Journal;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class JournalModule : IModule
{
    /// <inheritdoc/>
    public string Name => "journal";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => JournalActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<GroupCache>();
        services.AddSingleton<RecordMarks>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        RecordMarks.Map(routes);
    }
}
