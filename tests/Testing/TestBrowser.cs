using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace MySchool.Testing;

/// <summary>
/// A browser as tests need one: keeps Secure cookies on loopback as Chromium does, follows no redirect by itself, and
/// sends forms with the token of the page they stand on.
/// </summary>
public sealed partial class TestBrowser(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

    /// <summary>Cookies by name.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>Opens a page or file.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string accept = "text/html") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.RelativeOrAbsolute)), accept);

    /// <summary>Text of a page, whatever its status.</summary>
    public async Task<string> ReadAsync(string path, string accept = "text/html")
    {
        using var answer = await GetAsync(path, accept);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Status of a page.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode;
    }

    /// <summary>Fills a form of a page and sends it.</summary>
    /// <param name="page">Page that the form stands on.</param>
    /// <param name="action">Where the form goes.</param>
    /// <param name="fields">What is typed.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = await TokenOfAsync(page);
        var content = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", token)]);
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(action, UriKind.RelativeOrAbsolute)) { Content = content }, "text/html");
    }

    /// <summary>Sends a form with a file.</summary>
    /// <param name="page">Page whose token is used.</param>
    /// <param name="action">Where the form goes.</param>
    /// <param name="name">Name of the field.</param>
    /// <param name="file">The file.</param>
    public async Task<HttpResponseMessage> UploadAsync(string page, string action, string name, HttpContent file)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(await TokenOfAsync(page)), "__RequestVerificationToken" }, { file, name, "file.zip" },
        };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(action, UriKind.RelativeOrAbsolute)) { Content = form };
        // A server that refuses by the headers is heard before the body is sent.
        request.Headers.ExpectContinue = true;
        return await SendAsync(request, "text/html");
    }

    /// <summary>Submits a form with texts and files, its token before everything else, as a browser does.</summary>
    /// <param name="page">Page with the form.</param>
    /// <param name="action">Where the form goes.</param>
    /// <param name="fields">Texts.</param>
    /// <param name="files">Names and bytes, all of the field <c>files</c>.</param>
    public async Task<HttpResponseMessage> SendFilesAsync(string page, string action, IEnumerable<(string Name, string Value)> fields, params IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var form = new MultipartFormDataContent { { new StringContent(await TokenOfAsync(page)), "__RequestVerificationToken" } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        foreach (var (name, bytes) in files) form.Add(new ByteArrayContent(bytes), "files", name);
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(action, UriKind.Relative)) { Content = form }, "text/html");
    }

    /// <summary>Sends JSON as a page's script does, with the page's token in a header.</summary>
    /// <param name="page">Page whose token is used.</param>
    /// <param name="path">JSON route.</param>
    /// <param name="body">Sent as JSON.</param>
    /// <param name="method">POST unless told.</param>
    public async Task<HttpResponseMessage> SendJsonAsync(string page, string path, object body, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(path, UriKind.RelativeOrAbsolute)) { Content = JsonContent.Create(body) };
        request.Headers.Add("RequestVerificationToken", await TokenOfAsync(page));
        return await SendAsync(request, "application/json");
    }

    /// <summary>Sends anything.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Headers.Accept.ParseAdd(accept);
        request.Headers.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36");
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await http.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var (name, value) = (cookie.Split('=')[0], cookie.Split('=', 2)[1].Split(';')[0]);
            if (value.Length == 0) Cookies.Remove(name);
            else Cookies[name] = value;
        }
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<string> TokenOfAsync(string page)
    {
        var html = await ReadAsync(page);
        var found = FormToken().Match(html);
        return WebUtility.HtmlDecode((found.Success ? found : MetaToken().Match(html)).Groups[1].Value);
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("<meta name=\"csrf\" content=\"([^\"]+)\"")]
    private static partial Regex MetaToken();
}
