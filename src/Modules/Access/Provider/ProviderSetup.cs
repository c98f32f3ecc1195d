using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using MySchool.Access.Esia;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace MySchool.Access.Provider;

/// <summary>OpenIddict as this platform wants it: code with PKCE for sites, client credentials for systems, tokens that can be revoked.</summary>
internal static class ProviderSetup
{
    internal static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefreshTokenLife = TimeSpan.FromDays(14);

    public static void AddProvider(this IServiceCollection services, EsiaOptions esia)
    {
        services.AddDbContext<ProviderDb>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<FactsDb>().Source).UseSnakeCaseNamingConvention());
        services.AddSingleton<KeyBook>();
        services.AddSingleton<PairwiseIds>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, UseKeys>();
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>, WatchKeys>();
        services.AddOptions<OpenIddictCoreOptions>().Configure<IClock>((options, clock) => options.TimeProvider = new ClockTime(clock));
        services.AddOpenIddict()
            .AddCore(core =>
            {
                core.UseEntityFrameworkCore().UseDbContext<ProviderDb>().ReplaceDefaultEntities<Client, ClientSignIn, ClientScope, ClientToken, Guid>();
                core.ReplaceApplicationManager<Client, KnownClients>();
            })
            .AddServer(server => Configure(server, esia));
    }

    private static void Configure(OpenIddictServerBuilder server, EsiaOptions esia)
    {
        server.SetIssuer(new Uri(esia.OwnOrigin));
        server.SetConfigurationEndpointUris(ProviderPaths.Configuration[1..]).SetJsonWebKeySetEndpointUris(ProviderPaths.Keys[1..])
            .SetAuthorizationEndpointUris(ProviderPaths.Authorize[1..]).SetTokenEndpointUris(ProviderPaths.Token[1..])
            .SetUserInfoEndpointUris(ProviderPaths.UserInfo[1..]).SetEndSessionEndpointUris(ProviderPaths.Leave[1..])
            .SetRevocationEndpointUris(ProviderPaths.Revoke[1..]);
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
        // What travels is a random string, kept as a hash: taking it back acts at once.
        server.UseReferenceAccessTokens().UseReferenceRefreshTokens();
        server.SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(1)).SetAccessTokenLifetime(AccessTokenLife)
            .SetIdentityTokenLifetime(TimeSpan.FromMinutes(10)).SetRefreshTokenLifetime(RefreshTokenLife).SetRefreshTokenReuseLeeway(TimeSpan.Zero);
        server.RegisterScopes([OpenIddictConstants.Scopes.OpenId, OpenIddictConstants.Scopes.OfflineAccess, .. SiteScopes.All, .. ApiScopes.All]);
        server.RegisterClaims(
            Claims.Subject, Claims.Name, Claims.GivenName, Claims.MiddleName, Claims.FamilyName, Claims.Role, SiteClaims.School, SiteClaims.Class,
            SiteClaims.SessionId, Claims.AuthenticationTime);
        server.AddEventHandler<HandleConfigurationRequestContext>(on => on.UseInlineHandler(Describe).SetOrder(int.MaxValue));
        server.UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableUserInfoEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough().EnableErrorPassthrough()
            // The channel is the proxy's; on a machine of one's own it is loopback.
            .DisableTransportSecurityRequirement();
    }

    private static ValueTask Describe(HandleConfigurationRequestContext context)
    {
        context.SubjectTypes.Clear();
        context.SubjectTypes.Add(SubjectTypes.Pairwise);
        context.Metadata["backchannel_logout_supported"] = true;
        context.Metadata["backchannel_logout_session_supported"] = true;
        context.Metadata["ui_locales_supported"] = new OpenIddictParameter([(string?)"ru"]);
        return ValueTask.CompletedTask;
    }

    /// <summary>Keys come from the database when the first request needs them, and again whenever they change.</summary>
    private sealed class UseKeys(KeyBook keys, IClock clock) : IConfigureOptions<OpenIddictServerOptions>
    {
        public void Configure(OpenIddictServerOptions options)
        {
            options.TimeProvider = new ClockTime(clock);
            var now = keys.Current;
            options.SigningCredentials.AddRange(now.Signing.Select(key => new SigningCredentials(key, SecurityAlgorithms.RsaSha256)));
            options.EncryptionCredentials.Add(new EncryptingCredentials(now.Encryption, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        }
    }

    /// <summary>The platform has one clock, and OpenIddict reads it too.</summary>
    private sealed class ClockTime(IClock clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.Now;
    }

    private sealed class WatchKeys(KeyBook keys) : IOptionsChangeTokenSource<OpenIddictServerOptions>
    {
        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => keys.Changes;
    }
}

/// <summary>Addresses of the provider; sites learn all but the first from the first.</summary>
internal static class ProviderPaths
{
    public const string Configuration = "/.well-known/openid-configuration";
    public const string Keys = "/.well-known/jwks";
    public const string Authorize = "/connect/authorize";
    public const string Token = "/connect/token";
    public const string UserInfo = "/connect/userinfo";
    public const string Leave = "/connect/logout";
    public const string Revoke = "/connect/revoke";
}
