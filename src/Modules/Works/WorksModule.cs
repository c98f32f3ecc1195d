using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using MySchool.Works.Features;
using MySchool.Works.Resources;

namespace MySchool.Works;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class WorksModule : IModule
{
    /// <inheritdoc/>
    public string Name => "works";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => WorksActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new NavEntry(Texts.QueueTitle, "/works", "clipboard-check", WorksActions.Check, 30, new HashSet<string> { Roles.Teacher }));
        foreach (var flow in WorksFlows.All) services.AddSingleton(flow);
        services.AddSingleton<IPersonalData, WorksPersonalData>();
        services.AddErasure<WorksErasure>();
        services.AddSingleton(new FileTable("works.files"));
        services.AddSingleton(new FileTable("works.pages"));
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddSingleton<CountPages>();
        services.AddScoped<ShowWork>();
        services.AddScoped<WriteWork>();
        services.AddScoped<GiveWorkFile>();
        services.AddScoped<ListWorks>();
        services.AddScoped<CheckWork>();
        services.AddScoped<DrawLayer>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ListWorks.Map(routes);
        ShowWork.Map(routes);
        WriteWork.Map(routes);
        GiveWorkFile.Map(routes);
        CheckWork.Map(routes);
        DrawLayer.Map(routes);
    }
}
