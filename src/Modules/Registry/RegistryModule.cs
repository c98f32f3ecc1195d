using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Data;
using MySchool.Registry.Features;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Exchange;
using MySchool.Registry.Features.Exchange.OneRoster;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Features.ImportLists;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Registry.Features.Rollover;
using MySchool.Registry.Resources;

namespace MySchool.Registry;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class RegistryModule : IModule
{
    /// <inheritdoc/>
    public string Name => "registry";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => RegistryActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(_ => IdentifierVault.OpenOrCreate(
            configuration["Registry:SnilsKeyFile"] ?? Path.Combine(AppContext.BaseDirectory, "snils.key")));
        services.AddSingleton(new NavEntry(Texts.SchoolTitle, "/school", "school", RegistryActions.ReadSchool, 40));
        services.AddSingleton<UnitCounts>();
        services.AddSingleton<LoadFacts>();
        services.AddSingleton<ReadRoster>();
        services.AddSingleton<ReadUnits>();
        services.AddSingleton<ImportOneRoster>();
        AddImports(services);
        services.AddScoped<Search>();
        services.AddScoped<ShowLearnerCard>();
        services.AddScoped<ShowViews>();
        services.AddScoped<ShowStaffCard>();
        services.AddScoped<ShowSchool>();
        services.AddScoped<ShowClass>();
        AddAdministration(services);
        AddOrders(services);
        AddMovement(services);
        AddDoubles(services);
        AddFields(services);
        foreach (var flow in RegistryFlows.All) services.AddSingleton(flow);
        services.AddScoped<LookUpPlaces>();
        services.AddSingleton<SystemSchools>();
        services.AddSingleton<TellChanges>();
        services.AddSingleton<RosterReader>();
        services.AddSingleton<ServeRoster>();
        services.AddSingleton<GiveRosterFiles>();
        services.AddSingleton<IRegistry, RegistryService>();
        services.AddSingleton<IPersonalData, RegistryPersonalData>();
        services.AddErasure<RegistryErasure>();
        services.AddSingleton<IPersonHome, FindPersonHome>();
        services.AddSingleton<IDeedWords, DeedWords>();
        services.Hear<VisitOpened, OpenVisit>();
        services.Hear<VisitClosed, CloseVisit>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ShowImport.Map(routes);
        ShowRehearsal.Map(routes);
        ApplyImport.Map(routes);
        UndoImport.Map(routes);
        GiveTemplate.Map(routes);
        ChooseColumns.Map(routes);
        Search.Map(routes);
        ShowLearnerCard.Map(routes);
        ShowViews.Map(routes);
        ShowStaffCard.Map(routes);
        ShowSchool.Map(routes);
        ShowClass.Map(routes);
        AddMembership.Map(routes);
        EndMembership.Map(routes);
        SetClassLeader.Map(routes);
        ManageGuardians.Map(routes);
        LookUpPlaces.Map(routes);
        TellChanges.Map(routes);
        ServeRoster.Map(routes);
        GiveRosterFiles.Map(routes);
        ShowMovement.Map(routes);
        OrderMovement.Map(routes);
        UndoMovement.Map(routes);
        EnrolLearner.Map(routes);
        AcceptTransfer.Map(routes);
        DeclineTransfer.Map(routes);
        ShowRegister.Map(routes);
        PlanYear.Map(routes);
        ApplyRollover.Map(routes);
        UndoRollover.Map(routes);
        ShowDoubles.Map(routes);
        SettleDouble.Map(routes);
        MergePeople.Map(routes);
        PartPeople.Map(routes);
        ShowFields.Map(routes);
        CorrectFields.Map(routes);
        RestoreField.Map(routes);
        DecideProposal.Map(routes);
        RuleTruth.Map(routes);
    }

    // What other modules order and count; nobody's page.
    private static void AddOrders(IServiceCollection services)
    {
        services.AddSingleton<NewPeople>();
        services.AddSingleton<Appoint>();
        services.AddSingleton<AppointGuardian>();
        services.AddSingleton<AddOrganisation>();
        services.AddSingleton<IAppointments, AppointmentService>();
        services.AddSingleton<IUnitFacts, CountUnits>();
    }

    private static void AddImports(IServiceCollection services)
    {
        services.AddSingleton<ConvertLists>();
        services.AddSingleton<ImportLog>();
        services.AddSingleton<ImportJobs>();
        services.AddSingleton<RehearseImport>();
        services.AddScoped<ShowImport>();
        services.AddScoped<ShowRehearsal>();
        services.AddScoped<ApplyImport>();
        services.AddScoped<ChooseColumns>();
        services.AddScoped<UndoImport>();
    }

    // The context borrows the pool of people's requests, so its every transaction is one that AppDb put the actor into.
    private static void AddAdministration(IServiceCollection services)
    {
        services.AddDbContext<RegistryDb>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<AppDb>().Source).UseSnakeCaseNamingConvention());
        services.AddScoped<Administration>();
        services.AddScoped<FindAdults>();
        services.AddScoped<AddMembership>();
        services.AddScoped<EndMembership>();
        services.AddScoped<SetClassLeader>();
        services.AddScoped<ManageGuardians>();
    }

    private static void AddMovement(IServiceCollection services)
    {
        services.AddScoped<MovementBook>();
        services.AddScoped<ShowMovement>();
        services.AddScoped<OrderMovement>();
        services.AddScoped<UndoMovement>();
        services.AddScoped<EnrolLearner>();
        services.AddScoped<AcceptTransfer>();
        services.AddScoped<DeclineTransfer>();
        services.AddScoped<ShowRegister>();
        services.AddScoped<PlanYear>();
        services.AddScoped<ApplyRollover>();
        services.AddScoped<UndoRollover>();
    }

    private static void AddDoubles(IServiceCollection services)
    {
        services.AddSingleton<FindDoubles>();
        services.Hear<PeopleChanged, FindDoubles>();
        services.AddSingleton<DoubleRows>();
        services.AddScoped<ShowDoubles>();
        services.AddScoped<SettleDouble>();
        services.AddScoped<PlanMerge>();
        services.AddScoped<MergePeople>();
        services.AddScoped<PartPeople>();
        services.AddSingleton<FormerIds>();
        services.AddSingleton(new NavEntry(Texts.DoublesNav, "/doubles", "users-round", RegistryActions.SettleDoubles, 45));
    }

    private static void AddFields(IServiceCollection services)
    {
        services.AddScoped<ShowFields>();
        services.AddScoped<CorrectFields>();
        services.AddScoped<RestoreField>();
        services.AddScoped<DecideProposal>();
        services.AddScoped<RuleTruth>();
        services.AddSingleton<IPersonFields, HearEsia>();
        services.AddSingleton(new NavEntry(Texts.TruthNav, "/field-sources", "shield-check", RegistryActions.RuleTruth, 47));
    }

    /// <summary>Imports schools from a OneRoster 1.2 zip or folder: the command line's door, audited as the operator's deed.</summary>
    /// <param name="options">The database; role <c>myschool_worker</c> is used.</param>
    /// <param name="vault">Keeps СНИЛС.</param>
    /// <param name="path">A zip or a folder.</param>
    /// <param name="progress">Told every 20,000 rows, or null.</param>
    /// <param name="cancel">Cancels and leaves nothing written.</param>
    public static Task<Result<ImportReport>> ImportAsync(
        DatabaseOptions options, IdentifierVault vault, string path, IProgress<ImportProgress>? progress, CancellationToken cancel) =>
        new ImportOneRoster(options, vault, Now).HandleAsOperatorAsync(path, progress, cancel);

    /// <summary>Looks for likely doubles of everybody who was added or changed since the last search: how many people there were.</summary>
    /// <param name="options">The database; role <c>myschool_worker</c> is used.</param>
    /// <param name="cancel">Cancels; whoever was not reached waits for the platform's own search.</param>
    public static Task<int> FindDoublesAsync(DatabaseOptions options, CancellationToken cancel) => new FindDoubles(Now).CheckAllAsync(options, cancel);

    private static SystemClock Now { get; } = new(TimeProvider.System);
}
