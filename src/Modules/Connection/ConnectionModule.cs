using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Connection.Features;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Connection;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class ConnectionModule : IModule
{
    /// <inheritdoc/>
    public string Name => "connection";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => ConnectionActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new NavEntry(Texts.ConnectionTitle, "/connection", "list-checks", ConnectionActions.Read, 50, new HashSet<string>
        {
            Roles.Operator, Roles.RegionalCoordinator, Roles.MunicipalCoordinator, Roles.SchoolAdministrator, Roles.Head, Roles.Technician,
        }));
        services.AddSingleton<IPersonalData, ConnectionPersonalData>();
        services.AddErasure<ConnectionErasure>();
        services.AddSingleton<CountFigures>();
        services.Hear<UnitsChanged, CountChangedUnits>();
        services.Hear<PersonSignedIn, CountArrivals>();
        services.Hear<MarksRecorded, CountMarks>();
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddSingleton<DailyWork>();
        services.AddHostedService(provider => provider.GetRequiredService<DailyWork>());
        services.AddSingleton<Seals>();
        services.AddScoped<FindInvitation>();
        services.AddScoped<InvitePeople>();
        services.AddScoped<ShowInvitations>();
        services.AddScoped<ManageInvitation>();
        services.AddScoped<AcceptInvitation>();
        services.AddScoped<AskForAccess>();
        services.AddScoped<DecideRequests>();
        services.AddScoped<ShowConnection>();
        services.AddScoped<ListSchools>();
        services.AddScoped<RemindLaggards>();
        services.AddScoped<EditDefinitions>();
        services.AddScoped<OpenDemoSchool>();
        services.AddScoped<AddUnit>();
        services.AddScoped<SaveContact>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ShowConnection.Map(routes);
        ListSchools.Map(routes);
        RemindLaggards.Map(routes);
        EditDefinitions.Map(routes);
        OpenDemoSchool.Map(routes);
        AddUnit.Map(routes);
        SaveContact.Map(routes);
        ShowInvitations.Map(routes);
        InvitePeople.Map(routes);
        ManageInvitation.Map(routes);
        AcceptInvitation.Map(routes);
        AskForAccess.Map(routes);
        DecideRequests.Map(routes);
    }
}
