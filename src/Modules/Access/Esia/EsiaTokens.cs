using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MySchool.Kernel;

namespace MySchool.Access.Esia;

/// <summary>Who ЕСИА says has signed in.</summary>
/// <param name="Oid">ЕСИА's identifier of the person.</param>
/// <param name="IsConfirmed">Whether the account is confirmed.</param>
/// <param name="IsChild">A child's account (level KD): acts for nobody but itself.</param>
/// <param name="AuthenticatedAt">When the person proved who they are.</param>
/// <param name="Methods">How: <c>PWD</c>, <c>DS</c>…</param>
internal sealed record EsiaSubject(string Oid, bool IsConfirmed, bool IsChild, DateTimeOffset AuthenticatedAt, string Methods);

/// <summary>Believes a token only when everything about it is as agreed.</summary>
internal sealed class EsiaTokens(EsiaOptions options, IClock clock)
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 64 * 1024 };
    private readonly Lazy<RsaSecurityKey> key = new(() => ReadKey(options.TokenKeyFile), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Checks both tokens of one answer, and that they speak of one person.</summary>
    /// <returns>Null when anything is amiss; which check failed is nobody's business outside.</returns>
    public async Task<EsiaSubject?> ReadAsync(string idToken, string accessToken)
    {
        var identity = await ValidateAsync(idToken, options.ClientId);
        // The access token is meant for ЕСИА's own services, so its audience is not us.
        var access = await ValidateAsync(accessToken, audience: null);
        if (identity is null || access is null || string.IsNullOrEmpty(identity.Subject)) return null;
        if (!access.TryGetClaim("urn:esia:sbj_id", out var owner) || owner.Value != identity.Subject) return null;
        if (!identity.Subject.All(char.IsAsciiDigit) || ReadSubject(identity) is not { } subject) return null;
        if (Text(subject, "oid") != identity.Subject) return null;
        identity.TryGetPayloadValue("auth_time", out long authenticated);
        return new(
            identity.Subject,
            subject.TryGetProperty("urn:esia:sbj:is_tru", out var isTrusted) && isTrusted.ValueKind == JsonValueKind.True,
            Text(subject, "lvl") == "KD",
            DateTimeOffset.FromUnixTimeSeconds(authenticated),
            string.Join(' ', identity.Claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value)));
    }

    private async Task<JsonWebToken?> ValidateAsync(string token, string? audience)
    {
        var outcome = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = options.ExpectedIssuer,
            ValidateAudience = audience is not null,
            ValidAudience = audience,
            RequireAudience = audience is not null,
            // Pinned: a token must not choose how it is checked (none, HS256 with the public key as a secret).
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireSignedTokens = true,
            IssuerSigningKey = key.Value,
            RequireExpirationTime = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsTimely(notBefore, expires),
        });
        return outcome is { IsValid: true, SecurityToken: JsonWebToken valid } ? valid : null;
    }

    private bool IsTimely(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.Now.UtcDateTime;
        return expires is not null && now < expires + Leeway && (notBefore is null || now >= notBefore - Leeway);
    }

    private static JsonElement? ReadSubject(JsonWebToken identity)
    {
        if (!identity.TryGetClaim("urn:esia:sbj", out var claim) || !claim.Value.StartsWith('{')) return null;
        return JsonSerializer.Deserialize<JsonElement>(claim.Value);
    }

    private static string? Text(JsonElement subject, string name) =>
        subject.TryGetProperty("urn:esia:sbj:" + name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static RsaSecurityKey ReadKey(string path)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(path));
        return new RsaSecurityKey(rsa);
    }
}
