using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Contracts.Works;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Notices.Features;
using MySchool.Notices.Resources;

namespace MySchool.Notices;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class NoticesModule : IModule
{
    /// <inheritdoc/>
    public string Name => "notices";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => NoticesActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(NoticesOptions.Section).Get<NoticesOptions>() ?? new();
        services.AddSingleton(options);
        services.AddSingleton(new NavEntry(Texts.WindowTitle, "/school/notices", "bell", NoticesActions.SetWindow, 55));
        foreach (var flow in NoticesFlows.All) services.AddSingleton(flow);
        services.AddSingleton<IPersonalData, NoticesPersonalData>();
        services.AddErasure<NoticesErasure>();
        services.AddHttpClient(SendPushes.HttpName, http => http.Timeout = TimeSpan.FromSeconds(10))
            .ConfigurePrimaryHttpMessageHandler(() => OutgoingConnections.Handler(options.PushMayBeInside));
        services.AddSingleton<PushKeys>();
        services.AddSingleton<SettlePending>();
        services.AddSingleton<SendNotices>();
        services.AddHostedService<NoticeClock>();
        services.Hear<MarksRecorded, KeepPending>();
        services.Hear<HomeworkGiven, KeepPending>();
        services.Hear<WorkReturned, KeepPending>();
        services.Hear<PushDue, SendPushes>();
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddScoped<ManageNotices>();
        services.AddScoped<ManageDevices>();
        services.AddScoped<SetWindow>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ManageNotices.Map(routes);
        ManageDevices.Map(routes);
        SetWindow.Map(routes);
    }
}
