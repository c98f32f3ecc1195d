using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using MySchool.StandIns.Esia.People;
using OpenIddict.Abstractions;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>Who is signed in at the stand-in: one short cookie, as at ЕСИА itself.</summary>
internal sealed class SignedIn(TimeProvider time)
{
    private const string Cookie = "esia";
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Login> logins = new();

    internal sealed record Login(string Sid, string Oid, DateTimeOffset At);

    public Login? Current(HttpContext http) =>
        http.Request.Cookies[Cookie] is { } sid && logins.TryGetValue(sid, out var login) && time.GetUtcNow() - login.At < TimeSpan.FromHours(3) ? login : null;

    public void Enter(HttpContext http, string oid)
    {
        var login = new Login(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), oid, time.GetUtcNow());
        logins[login.Sid] = login;
        http.Response.Cookies.Append(Cookie, login.Sid, new() { HttpOnly = true, SameSite = SameSiteMode.Lax });
    }

    public void Leave(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is { } sid) logins.TryRemove(sid, out _);
        http.Response.Cookies.Delete(Cookie);
    }
}

/// <summary>What a token says of a person.</summary>
internal static class Claims
{
    public static ClaimsPrincipal Of(Person person, SignedIn.Login login, string client, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("esia", "sub", "role");
        var subject = new Dictionary<string, object>
        {
            ["urn:esia:sbj:typ"] = "P",
            ["urn:esia:sbj:oid"] = long.Parse(person.Oid, System.Globalization.CultureInfo.InvariantCulture),
            ["urn:esia:sbj:nam"] = $"OID.{person.Oid}",
            ["urn:esia:sbj:lvl"] = person.Child ? "KD" : person.Trusted ? "PR" : "P",
        };
        // ЕСИА leaves the mark out, rather than saying false, when an account is not confirmed.
        if (person.Trusted) subject["urn:esia:sbj:is_tru"] = true;
        identity.SetClaim("sub", person.Oid);
        identity.SetClaim("urn:esia:sbj", JsonSerializer.SerializeToElement(subject));
        identity.SetClaim("urn:esia:sid", login.Sid);
        identity.SetClaim("urn:esia:sbj_id", long.Parse(person.Oid, System.Globalization.CultureInfo.InvariantCulture));
        identity.SetClaim("auth_time", login.At.ToUnixTimeSeconds());
        identity.SetClaims("amr", ["PWD"]);
        identity.SetClaim("client_id", client);
        identity.SetScopes(scopes);
        identity.SetDestinations(claim => claim.Type switch
        {
            "sub" => ["access_token", "id_token"],
            "urn:esia:sid" => ["access_token", "id_token"],
            "urn:esia:sbj_id" => ["access_token"],
            "urn:esia:sbj" or "auth_time" or "amr" => ["id_token"],
            _ => [],
        });
        return new ClaimsPrincipal(identity);
    }
}
