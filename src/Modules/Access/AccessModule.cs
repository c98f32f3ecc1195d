using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MySchool.Access.Consents;
using MySchool.Access.Copies;
using MySchool.Access.Erasures;
using MySchool.Access.Esia;
using MySchool.Access.Features;
using MySchool.Access.Keys;
using MySchool.Access.Provider;
using MySchool.Access.Resources;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class AccessModule : IModule
{
    /// <inheritdoc/>
    public string Name => "access";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => AccessActions.All;

    /// <summary>Makes a demonstration ГОСТ key and its self-signed certificate; the launcher calls it once.</summary>
    /// <param name="keyPath">Where the private key goes (PEM, closed to others).</param>
    /// <param name="certificatePath">Where the certificate goes (PEM).</param>
    public static void CreateEsiaIdentity(string keyPath, string certificatePath) =>
        GostIdentity.Create(keyPath, certificatePath, TimeProvider.System.GetUtcNow());

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new();
        services.AddSingleton(options);
        services.AddSingleton<IBuiltOnPeople, FindConsentsOfPeople>();
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddSingleton(configuration.GetSection(EsiaOptions.Section).Get<EsiaOptions>() ?? new());
        AddEsia(services);
        AddSessions(services);
        AddCookies(services, options);
        AddSites(services, configuration, options);

        services.AddScoped<StartSignIn>();
        services.AddScoped<CompleteSignIn>();
        services.AddScoped<SignOut>();
        services.AddScoped<ChangeRole>();
        services.AddScoped<SavePreferences>();
        AddConsents(services);
        AddCopies(services);
        AddErasures(services);
        services.AddSingleton<ReadKeyBook>();
        services.AddScoped<ManageKeys>();
    }

    private static void AddErasures(IServiceCollection services)
    {
        services.AddErasure<AccessErasure>();
        services.AddSingleton<ErasurePlanner>();
        services.AddSingleton<ErasureBook>();
        services.AddSingleton<ErasureLinks>();
        services.AddSingleton<ErasureLedger>();
        services.AddSingleton<ErasuresAgain>();
        services.AddSingleton<ErasureWork>();
        services.Hear<ErasureConfirmed, BeginErasure>();
        services.Hear<ErasureRefused, TellErasureRefused>();
        services.Hear<ErasureCarriedOut, GoOnErasing>();
        services.AddSingleton<CarryOutErasures>();
        services.AddHostedService(provider => provider.GetRequiredService<CarryOutErasures>());
        services.AddSingleton(new NavEntry(Texts.ErasuresTitle, "/erasures", "trash-2", AccessActions.DecideErasure, 65));
        services.AddScoped<ErasureSubjects>();
        services.AddScoped<ShowErasure>();
        services.AddScoped<AskErasure>();
        services.AddScoped<DecideErasure>();
        services.AddScoped<ShowErasureAct>();
        services.AddScoped<EditRetention>();
    }

    private static void AddCopies(IServiceCollection services)
    {
        services.AddSingleton<IPersonalData, AccessPersonalData>();
        services.AddSingleton<CopySeal>();
        services.AddSingleton<CopyBook>();
        services.AddSingleton<TellCopyReady>();
        services.AddSingleton<CopyWork>();
        services.AddSingleton<MakeCopies>();
        services.AddHostedService(provider => provider.GetRequiredService<MakeCopies>());
        services.Hear<CopyAsked, WakeCopies>();
        services.AddScoped<ShowCopies>();
        services.AddScoped<AskCopy>();
        services.AddScoped<GiveCopy>();
        services.AddScoped<DropCopy>();
    }

    private static void AddConsents(IServiceCollection services)
    {
        foreach (var flow in AccessFlows.All) services.AddSingleton(flow);
        services.AddSingleton<OwnAges>();
        services.AddSingleton<INoticeConsents, NoticeConsents>();
        services.AddScoped<ConsentSubjects>();
        services.AddScoped<ShowConsents>();
        services.AddScoped<ShowConsentProof>();
        services.AddScoped<SaveLetterAddress>();
        services.AddSingleton<RemindOfConsents>();
        services.AddHostedService(provider => provider.GetRequiredService<RemindOfConsents>());
        services.AddSingleton(new NavEntry(Texts.PurposesTitle, "/purposes", "file-text", AccessActions.ManagePurposes, 61));
        services.AddSingleton<PurposeBook>();
        services.AddScoped<ShowPurposes>();
        services.AddScoped<DraftPurpose>();
        services.AddScoped<PublishPurpose>();
        services.AddScoped<GiveConsent>();
        services.AddScoped<WithdrawConsent>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ShowSignIn.Map(routes);
        StartSignIn.Map(routes);
        CompleteSignIn.Map(routes);
        SignOut.Map(routes);
        ShowWelcome.Map(routes);
        ChangeRole.Map(routes);
        ShowAccount.Map(routes);
        RevokeSessions.Map(routes);
        SavePreferences.Map(routes);
        ShowConsents.Map(routes);
        ShowConsentProof.Map(routes);
        SaveLetterAddress.Map(routes);
        ShowPurposes.Map(routes);
        DraftPurpose.Map(routes);
        PublishPurpose.Map(routes);
        GiveConsent.Map(routes);
        WithdrawConsent.Map(routes);
        ShowCopies.Map(routes);
        AskCopy.Map(routes);
        GiveCopy.Map(routes);
        DropCopy.Map(routes);
        ShowErasure.Map(routes);
        AskErasure.Map(routes);
        DecideErasure.Map(routes);
        ShowErasureAct.Map(routes);
        EditRetention.Map(routes);
        ManageKeys.Map(routes);
        AuthorizeSite.Map(routes);
        IssueTokens.Map(routes);
        ShowUserInfo.Map(routes);
        LeaveSite.Map(routes);
        DisconnectSite.Map(routes);
        RegisterClient.Map(routes);
        ChangeClient.Map(routes);
    }

    private static void AddSites(IServiceCollection services, IConfiguration configuration, AccessOptions options)
    {
        services.AddProvider(configuration.GetSection(EsiaOptions.Section).Get<EsiaOptions>() ?? new());
        services.AddHttpClient(TellSites.HttpName, http => http.Timeout = TimeSpan.FromSeconds(10))
            .ConfigurePrimaryHttpMessageHandler(() => OutgoingConnections.Handler(options.SitesMayBeInside));
        services.AddHostedService<Housekeeping>();
        services.Hear<SiteSignInEnded, TellSites>();
        services.AddSingleton(new NavEntry(Texts.ClientsTitle, "/clients", "link", AccessActions.ManageClients, 60));
        services.AddSingleton<SiteGrants>();
        services.AddSingleton<ClientRegister>();
        services.AddScoped<SitePeople>();
        services.AddScoped<AuthorizeSite>();
        services.AddScoped<IssueTokens>();
        services.AddScoped<ShowUserInfo>();
        services.AddScoped<LeaveSite>();
        services.AddScoped<DisconnectSite>();
        services.AddScoped<RegisterClient>();
        services.AddScoped<ChangeClient>();
    }

    private static void AddEsia(IServiceCollection services)
    {
        services.AddHttpClient(EsiaClient.HttpName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(3) });
        services.AddSingleton<IEsiaSigner, GostSigner>();
        services.AddSingleton<EsiaRequests>();
        services.AddSingleton<EsiaTokens>();
        services.AddSingleton<EsiaHealth>();
        services.AddSingleton<EsiaClient>();
    }

    private static void AddSessions(IServiceCollection services)
    {
        services.AddSingleton<SessionLookup>();
        services.AddSingleton<KeptFacts>();
        services.AddSingleton<SessionBook>();
        services.AddSingleton<StateBook>();
        services.AddSingleton<ConsentLedger>();
        services.AddSingleton<SignInCookies>();
        services.AddSingleton<Limits>();
        services.AddScoped<CurrentRequest>();
        services.AddScoped<IConsents, RequestConsents>();
        services.AddScoped<IShell, RequestShell>();
        services.AddScoped<IProvenIdentities, ProvenIdentities>();
        services.AddHostedService<SessionSweeper>();
        services.AddSingleton<OpenAnswers>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenAnswers>());
    }

    private static void AddCookies(IServiceCollection services, AccessOptions options)
    {
        services.AddRateLimiter(_ => { });
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "__Host-antiforgery";
            antiforgery.Cookie.Path = "/";
            // Strict would hide it from a page opened by a link in a letter, and the new cookie would spoil the forms of other tabs.
            antiforgery.Cookie.SameSite = SameSiteMode.Lax;
            antiforgery.HeaderName = "RequestVerificationToken";
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        // A form with a wrong value is a refusal, never an exception, wherever the program runs.
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = false);
        var protection = services.AddDataProtection().SetApplicationName("myschool");
        if (options.KeyRingCertificateFile.Length > 0)
            protection.ProtectKeysWithCertificate(X509Certificate2.CreateFromPemFile(options.KeyRingCertificateFile, options.KeyRingKeyFile));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(keys =>
            keys.XmlRepository = new DatabaseKeys(new(provider.GetRequiredService<FactsDb>), provider.GetRequiredService<IClock>())));
    }
}
