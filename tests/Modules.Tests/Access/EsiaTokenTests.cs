using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MySchool.Access.Esia;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class EsiaTokenTests : IDisposable
{
    private const string Oid = "1000000001";
    private readonly RSA rsa = RSA.Create(2048);
    private readonly string keyFile = Path.GetTempFileName();
    private readonly ManualClock clock = new();
    private readonly EsiaOptions options;

    public EsiaTokenTests()
    {
        File.WriteAllText(keyFile, rsa.ExportSubjectPublicKeyInfoPem());
        options = new EsiaOptions { BaseUrl = "https://esia.example", ClientId = "MYSCHOOL", TokenKeyFile = keyFile };
    }

    public void Dispose()
    {
        File.Delete(keyFile);
        rsa.Dispose();
    }

    [Fact]
    public async Task A_good_pair_is_believed()
    {
        var subject = await ReadAsync(Token(), AccessToken());
        Assert.Equal(Oid, subject?.Oid);
        Assert.True(subject!.IsConfirmed);
        Assert.Equal("PWD", subject.Methods);
    }

    [Fact]
    public async Task A_missing_mark_of_trust_means_unconfirmed() =>
        Assert.False((await ReadAsync(Token(claims => claims["urn:esia:sbj"] = Subject(isTrusted: null)), AccessToken()))!.IsConfirmed);

    [Fact]
    public async Task A_mark_of_trust_that_is_not_true_means_unconfirmed() =>
        Assert.False((await ReadAsync(Token(claims => claims["urn:esia:sbj"] = Subject(isTrusted: "true")), AccessToken()))!.IsConfirmed);

    [Fact]
    public async Task A_childs_account_is_known_as_one() =>
        Assert.True((await ReadAsync(Token(claims => claims["urn:esia:sbj"] = Subject(true, "KD")), AccessToken()))!.IsChild);

    public static TheoryData<string> Abuses =>
    [
        "foreign issuer", "https issuer", "foreign audience", "no audience", "expired", "not yet", "no expiry", "foreign key", "alg none",
        "hs256 with the public key", "rs512", "cut signature", "changed payload", "no subject", "subject of another", "not digits",
        "garbage", "empty", "access token of another", "access token by foreign key", "access token as id token",
    ];

    [Theory]
    [MemberData(nameof(Abuses))]
    public async Task A_token_with_anything_amiss_is_refused(string abuse)
    {
        var (id, access) = Spoil(abuse);
        Assert.Null(await ReadAsync(id, access));
    }

    [Fact]
    public async Task A_minute_of_clock_difference_is_forgiven()
    {
        var token = Token(lifetime: TimeSpan.FromMinutes(5));
        var access = AccessToken();
        clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(50));
        Assert.NotNull(await ReadAsync(token, access));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(await ReadAsync(token, access));
    }

    private (string Id, string Access) Spoil(string abuse) => abuse switch
    {
        "foreign issuer" => (Token(issuer: "http://evil.example/"), AccessToken()),
        "https issuer" => (Token(issuer: "https://esia.example/"), AccessToken()),
        "foreign audience" => (Token(audience: "OTHER"), AccessToken()),
        "no audience" => (Token(audience: null), AccessToken()),
        "expired" => (Token(lifetime: TimeSpan.FromMinutes(-2)), AccessToken()),
        "not yet" => (Token(claims => claims["nbf"] = (clock.Now + TimeSpan.FromMinutes(5)).ToUnixTimeSeconds()), AccessToken()),
        "no expiry" => (Token(claims => claims.Remove("exp")), AccessToken()),
        "foreign key" => (Token(key: new RsaSecurityKey(RSA.Create(2048))), AccessToken()),
        "alg none" => (Unsigned(Token()), AccessToken()),
        "hs256 with the public key" => (Hmac(Token()), AccessToken()),
        "rs512" => (Token(algorithm: SecurityAlgorithms.RsaSha512), AccessToken()),
        "cut signature" => (Token()[..^20], AccessToken()),
        "changed payload" => (Forge(Token()), AccessToken()),
        "no subject" => (Token(claims => claims.Remove("sub")), AccessToken()),
        "subject of another" => (Token(claims => claims["sub"] = "1000000002"), AccessToken("1000000002")),
        "not digits" => (Token(claims => claims["sub"] = "../1"), AccessToken("../1")),
        "garbage" => ("a.b.c", AccessToken()),
        "empty" => ("", AccessToken()),
        "access token of another" => (Token(), AccessToken("1000000002")),
        "access token by foreign key" => (Token(), AccessToken(key: new RsaSecurityKey(RSA.Create(2048)))),
        "access token as id token" => (AccessToken(), AccessToken()),
        _ => throw new ArgumentOutOfRangeException(nameof(abuse)),
    };

    private Task<EsiaSubject?> ReadAsync(string id, string access) => new EsiaTokens(options, clock).ReadAsync(id, access);

    private string Token(
        Action<Dictionary<string, object>>? change = null, string issuer = "http://esia.example/", string? audience = "MYSCHOOL",
        TimeSpan? lifetime = null, SecurityKey? key = null, string algorithm = SecurityAlgorithms.RsaSha256)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer, ["sub"] = Oid, ["exp"] = (clock.Now + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
            ["auth_time"] = clock.Now.ToUnixTimeSeconds(), ["amr"] = "PWD", ["urn:esia:sid"] = "s", ["urn:esia:sbj"] = Subject(true),
        };
        if (audience is not null) claims["aud"] = audience;
        change?.Invoke(claims);
        return Sign(claims, key, algorithm);
    }

    private string AccessToken(string oid = Oid, SecurityKey? key = null) => Sign(new Dictionary<string, object>
    {
        ["iss"] = "http://esia.example/", ["exp"] = (clock.Now + TimeSpan.FromHours(1)).ToUnixTimeSeconds(), ["urn:esia:sbj_id"] = oid,
        ["client_id"] = "MYSCHOOL",
    }, key, SecurityAlgorithms.RsaSha256);

    private string Sign(Dictionary<string, object> claims, SecurityKey? key, string algorithm) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            System.Text.Json.JsonSerializer.Serialize(claims), new SigningCredentials(key ?? new RsaSecurityKey(rsa), algorithm));

    private static Dictionary<string, object> Subject(object? isTrusted, string level = "PR")
    {
        var subject = new Dictionary<string, object> { ["urn:esia:sbj:oid"] = 1000000001L, ["urn:esia:sbj:typ"] = "P", ["urn:esia:sbj:lvl"] = level };
        if (isTrusted is not null) subject["urn:esia:sbj:is_tru"] = isTrusted;
        return subject;
    }

    private static string Unsigned(string token) => $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{token.Split('.')[1]}.";

    private string Hmac(string token)
    {
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}""")}.{token.Split('.')[1]}";
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), Encoding.UTF8.GetBytes(signed));
        return $"{signed}.{WebEncoders.Base64UrlEncode(mac)}";
    }

    private static string Forge(string token)
    {
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(parts[1])).Replace("PWD", "DS", StringComparison.Ordinal);
        return $"{parts[0]}.{Encode(payload)}.{parts[2]}";
    }

    private static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));
}
