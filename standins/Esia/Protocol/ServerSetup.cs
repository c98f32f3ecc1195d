using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>OpenIddict without a database, taught ЕСИА's paths, secrets and errors.</summary>
internal static class ServerSetup
{
    public const string CurrentAuthorization = "/aas/oauth2/v2/ac";
    public const string LegacyAuthorization = "/aas/oauth2/ac";
    public const string CurrentToken = "/aas/oauth2/v3/te";
    public const string LegacyToken = "/aas/oauth2/te";

    public static void AddEsiaServer(this IServiceCollection services, Settings settings, TokenKeys keys) =>
        services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode();
            server.SetIssuer(new Uri(settings.Issuer));
            server.SetAuthorizationEndpointUris(CurrentAuthorization[1..], LegacyAuthorization[1..]);
            server.SetTokenEndpointUris(CurrentToken[1..], LegacyToken[1..]);
            server.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow();
            server.SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(settings.CodeSeconds));
            server.SetAccessTokenLifetime(TimeSpan.FromHours(1)).SetIdentityTokenLifetime(TimeSpan.FromHours(1));
            server.AddSigningKey(keys.Key);
            server.AddEncryptionKey(new SymmetricSecurityKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
            server.DisableAccessTokenEncryption();
            server.RegisterScopes("openid", "fullname", "birthdate", "gender", "snils", "inn", "email", "mobile",
                "kid_fullname", "kid_birthdate", "kid_gender", "kid_snils", "usr_org", "usr_grps", "offline_access");
            // ЕСИА repeats scope at the token endpoint, because it is part of the signed string; OAuth forbids that.
            server.RemoveEventHandler(Exchange.ValidateScopeParameter.Descriptor);
            server.AddEventHandler<ValidateAuthorizationRequestContext>(on => on.UseSingletonHandler<CheckAuthorization>());
            server.AddEventHandler<ValidateTokenRequestContext>(on => on.UseSingletonHandler<CheckToken>());
            server.AddEventHandler<ApplyTokenResponseContext>(on => on.UseInlineHandler(SpeakLikeEsia).SetOrder(int.MinValue));
            server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().DisableTransportSecurityRequirement();
        });

    private static ValueTask SpeakLikeEsia(ApplyTokenResponseContext context)
    {
        if (context.Request?.State is { } state) context.Response.State = state;
        if (context.Response.Error is not { } error) return ValueTask.CompletedTask;
        if (context.Response.ErrorDescription?.StartsWith("ESIA-", StringComparison.Ordinal) is not true)
            context.Response.ErrorDescription = (error switch
            {
                "invalid_grant" => EsiaError.Spent,
                "invalid_scope" => EsiaError.Scope,
                _ => EsiaError.Wrong,
            }).Description;
        context.Response.ErrorUri = null;
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether the address may be answered at all; the signature is checked later, when errors can be redirected.</summary>
    internal sealed class CheckAuthorization(ClientSecrets secrets) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
        {
            if (secrets.Find(context.ClientId) is not { } client) context.Reject("invalid_client", EsiaError.Secret.Description);
            else if (!client.RedirectUris.Contains(context.RedirectUri ?? "")) context.Reject("invalid_request", EsiaError.Redirect.Description);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Checks the signature of a token request and spends its code.</summary>
    internal sealed class CheckToken(ClientSecrets secrets, UsedCodes codes) : IOpenIddictServerHandler<ValidateTokenRequestContext>
    {
        public ValueTask HandleAsync(ValidateTokenRequestContext context)
        {
            if (Check(context) is { } error) context.Reject(error.OAuth, error.Description);
            return ValueTask.CompletedTask;
        }

        private EsiaError? Check(ValidateTokenRequestContext context)
        {
            var request = context.Request;
            if (secrets.Find(request.ClientId) is not { } client) return EsiaError.Secret;
            string? Read(string name) => (string?)request[name];
            var isLegacy = context.RequestUri!.AbsolutePath == LegacyToken;
            var tail = request.GrantType == "refresh_token" ? request.RefreshToken : request.RedirectUri + request.Code;
            var error = isLegacy ? secrets.CheckLegacy(client, Read) : secrets.CheckCurrent(client, Read, tail ?? "");
            if (error is not null) return error;
            return (request.Code ?? request.RefreshToken) is { } code && !codes.Spend(code) ? EsiaError.Spent : null;
        }
    }
}
