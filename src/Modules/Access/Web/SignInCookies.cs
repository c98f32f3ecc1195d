using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using MySchool.Kernel;

namespace MySchool.Access.Web;

/// <summary>A sign-in under way in this very browser.</summary>
/// <param name="State">Sent to ЕСИА and expected back.</param>
/// <param name="Return">Where to go afterwards.</param>
/// <param name="StartedAt">When it began.</param>
internal sealed record SignInUnderWay(string State, string Return, DateTimeOffset StartedAt);

/// <summary>What ЕСИА told us of somebody the registry does not know; it rests sealed in their own browser.</summary>
internal sealed record Stranger(
    string Oid, string Last, string First, string Middle, string BirthDate, string? Gender, string? Snils, bool IsChild,
    IReadOnlyList<StrangerChild> Children, IReadOnlyList<string> Organisations, DateTimeOffset At)
{
    public string Name => string.Join(' ', new[] { Last, First, Middle }.Where(part => part.Length > 0));

    /// <summary>Enough for its owner to recognise, too little for whoever looks over the shoulder.</summary>
    public string MaskedSnils => Snils is { Length: >= 6 } ? $"•••-•••-{Snils[^6..]}" : "";
}

/// <summary>A child of theirs as ЕСИА knows it.</summary>
internal sealed record StrangerChild(string Last, string First, string Middle, string BirthDate, string? Snils);

/// <summary>Short-lived cookies of the sign-in, sealed so that only we can read and write them.</summary>
internal sealed class SignInCookies(IDataProtectionProvider protection, IClock clock)
{
    /// <summary>Binds the state to the browser: without it a stranger's callback could sign a victim in as the stranger.</summary>
    public const string StateCookie = "__Host-esia";
    public const string StrangerCookie = "__Host-welcome";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public void Keep(HttpResponse response, SignInUnderWay signIn) => Write(response, StateCookie, signIn);

    /// <summary>Reads the sign-in under way and takes its cookie: a state is expected once.</summary>
    public SignInUnderWay? Take(HttpContext context)
    {
        var signIn = Read<SignInUnderWay>(context.Request, StateCookie);
        context.Response.Cookies.Delete(StateCookie, Settings(null));
        return signIn is not null && IsFresh(signIn.StartedAt) ? signIn : null;
    }

    public void Keep(HttpResponse response, Stranger stranger) => Write(response, StrangerCookie, stranger);

    public static void Forget(HttpResponse response) => response.Cookies.Delete(StrangerCookie, Settings(null));

    public Stranger? ReadStranger(HttpRequest request) => Read<Stranger>(request, StrangerCookie) is { } stranger && IsFresh(stranger.At) ? stranger : null;

    private bool IsFresh(DateTimeOffset at) => (clock.Now - at).Duration() <= Life;

    private void Write<T>(HttpResponse response, string name, T value) =>
        response.Cookies.Append(name, protection.CreateProtector(name).Protect(JsonSerializer.Serialize(value, Json.Options)), Settings(Life));

    private T? Read<T>(HttpRequest request, string name) where T : class
    {
        if (request.Cookies[name] is not { Length: > 0 and < 8000 } text) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(protection.CreateProtector(name).Unprotect(text), Json.Options);
        }
        catch (Exception forged) when (forged is System.Security.Cryptography.CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }

    private static CookieOptions Settings(TimeSpan? life) =>
        new() { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = life };
}
