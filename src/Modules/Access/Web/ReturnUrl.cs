using Microsoft.AspNetCore.Http;

namespace MySchool.Access.Web;

/// <summary>Where to go afterwards: only within our own house.</summary>
internal static class ReturnUrl
{
    // A site's request with its state, nonce and challenge is longer than any address of ours.
    private const int Limit = 2000;

    /// <summary>The address itself when it is a path of ours, the main page otherwise.</summary>
    /// <remarks>Browsers read <c>//host</c> and <c>/\host</c> as another site, and drop tabs and line ends inside.</remarks>
    public static string Clean(string? asked) =>
        asked is { Length: > 0 and <= Limit } && asked[0] == '/' && !(asked.Length > 1 && asked[1] is '/' or '\\')
        && !asked.AsSpan().ContainsAnyInRange('\0', ' ') && !asked.Contains('\\', StringComparison.Ordinal) && !asked.Contains('\u007f', StringComparison.Ordinal)
            ? asked : "/";

    /// <summary>The page a form was sent from, when it is ours.</summary>
    public static string Referrer(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out var from) && from.Authority == request.Host.Value ? Clean(from.PathAndQuery) : "/";
}
