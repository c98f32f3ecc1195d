using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace MySchool.Access.Sessions;

/// <summary>The secret a browser keeps: 256 random bits. The database knows only its SHA-256.</summary>
internal readonly record struct SessionToken(string Text)
{
    /// <summary>The <c>__Host-</c> prefix makes browsers refuse it from subdomains, other paths and plain channels.</summary>
    public const string Cookie = "__Host-session";

    private const int Bytes = 32;

    public static SessionToken New() => new(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Bytes)));

    /// <summary>The token a request carries, or null when there is none or it is not of our making.</summary>
    public static SessionToken? Of(HttpRequest request) =>
        request.Cookies[Cookie] is { Length: 43 } text && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') ? new(text) : null;

    public byte[] Hash() => SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Text));

    /// <summary>Gives it to the browser for as long as the session may live at most; the server ends it sooner.</summary>
    public void Give(HttpResponse response, TimeSpan life) => response.Cookies.Append(Cookie, Text, Settings(life));

    public static void Take(HttpResponse response) => response.Cookies.Delete(Cookie, Settings(null));

    private static CookieOptions Settings(TimeSpan? life) =>
        new() { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, MaxAge = life };
}
