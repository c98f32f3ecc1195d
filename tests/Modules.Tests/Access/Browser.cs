using System.Net;
using System.Text.RegularExpressions;

namespace MySchool.Modules.Tests.Access;

/// <summary>
/// A browser as these tests need it: keeps Secure cookies on http://localhost as Chromium does (checked with version 156),
/// follows redirects one by one and fills forms with their tokens.
/// </summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Dictionary<string, string> Cookies { get; } = [];
    public string? Session { get => Cookies.GetValueOrDefault("__Host-session"); set => Cookies["__Host-session"] = value!; }
    public List<string> SetCookies { get; } = [];

    public Task<HttpResponseMessage> GetAsync(string url, string accept = "text/html") => SendAsync(new(HttpMethod.Get, url), accept);

    public async Task<string> ReadAsync(string url) => await (await GetAsync(url)).Content.ReadAsStringAsync();

    /// <summary>Posts a form of a page, with the token that the page gave.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await ReadAsync(page)).Groups[1].Value;
        return await PostAsync(new Uri(new Uri(page), action).ToString(), [.. fields, ("__RequestVerificationToken", token)]);
    }

    public Task<HttpResponseMessage> PostAsync(string url, params (string Name, string Value)[] fields) => SendAsync(
        new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) }, "text/html");

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept)
    {
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36");
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await http.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            SetCookies.Add(cookie);
            var (name, value) = (cookie.Split('=')[0], cookie.Split('=', 2)[1].Split(';')[0]);
            if (value.Length == 0) Cookies.Remove(name);
            else Cookies[name] = value;
        }
        return answer;
    }

    public void Dispose() => http.Dispose();

    public static string Path(HttpResponseMessage answer) =>
        answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther ? answer.Headers.Location!.ToString() : $"{(int)answer.StatusCode}";

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
