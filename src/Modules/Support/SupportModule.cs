using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Support.Features;
using MySchool.Support.Features.Knowledge;
using MySchool.Support.Features.Visits;
using MySchool.Support.Resources;

namespace MySchool.Support;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class SupportModule : IModule
{
    /// <inheritdoc/>
    public string Name => "support";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => SupportActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new NavEntry(Texts.QueueTitle, TicketSigns.Queue, "message-circle", SupportActions.Handle, 60, new HashSet<string>
        {
            Roles.Operator, Roles.RegionalCoordinator, Roles.MunicipalCoordinator, Roles.SchoolAdministrator,
        }));
        services.AddSingleton<IPersonalData, SupportPersonalData>();
        services.AddErasure<SupportErasure>();
        services.AddSingleton<TicketSigns>();
        services.AddSingleton<INavSigns>(provider => provider.GetRequiredService<TicketSigns>());
        services.AddSingleton<LetterLinks>();
        services.Hear<TicketAnswered, TellAuthor>();
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddHostedService<SeedArticles>();
        services.AddHostedService<ForgetUnconfirmed>();
        services.AddScoped<FindChain>();
        services.AddScoped<SendTicket>();
        services.AddScoped<ShowNewTicket>();
        services.AddScoped<OwnTicket>();
        services.AddScoped<ShowOwnTickets>();
        services.AddScoped<ShowPicture>();
        services.AddScoped<ShowQueue>();
        services.AddScoped<HandleTicket>();
        services.AddScoped<EditTerms>();
        services.AddSingleton(new NavEntry(Texts.VisitsTitle, "/support/access", "eye", SupportActions.ReadVisits, 66));
        services.AddSingleton<VisitBook>();
        services.AddScoped<ShowVisits>();
        services.AddScoped<AskVisit>();
        services.AddScoped<SettleVisit>();
        services.AddScoped<FindArticles>();
        services.AddScoped<ShowArticle>();
        services.AddScoped<EditArticles>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ShowNewTicket.Map(routes);
        ShowOwnTickets.Map(routes);
        ShowPicture.Map(routes);
        ShowQueue.Map(routes);
        EditTerms.Map(routes);
        ShowVisits.Map(routes);
        AskVisit.Map(routes);
        SettleVisit.Map(routes);
        FindArticles.Map(routes);
        ShowArticle.Map(routes);
        EditArticles.Map(routes);
    }
}
