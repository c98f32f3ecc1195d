using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace MySchool.System.Tests.Canary;

/// <summary>All that an answer carries.</summary>
internal sealed record Answer(string Asked, int Status, string Type, string Headers, string Body)
{
    /// <summary>Everything a reader could learn from it.</summary>
    public string Whole => $"{Uri.UnescapeDataString(Headers)}\n{WebUtility.HtmlDecode(Body)}";

    public bool IsHtml => Type.StartsWith("text/html", StringComparison.Ordinal);

    public override string ToString() => $"{Asked}: {Status}";
}

/// <summary>A browser with one session, a form token when it needs one, and no memory of its own.</summary>
internal sealed partial class Visitor(HttpClient http, string url, string? session)
{
    private const int Large = 1_000_000;
    private const int LargeAttempts = 8;
    private const int SmallAttempts = 3;
    private string? antiforgeryCookie;
    private string? formToken;

    public Task<Answer> GetAsync(string path, string accept = "text/html") => SendAsync(HttpMethod.Get, path, null, accept);

    /// <summary>Posts with the token that the visitor's own pages give.</summary>
    public async Task<Answer> PostAsync(string path, HttpContent? content, string accept = "text/html")
    {
        await LearnTokenAsync();
        return await SendAsync(HttpMethod.Post, path, content, accept);
    }

    public Task<Answer> PostFormAsync(string path, IEnumerable<KeyValuePair<string, string>> fields) =>
        PostAsync(path, new FormUrlEncodedContent(fields));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string accept)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(method, path, content, accept, attempt);
            }
            catch (HttpRequestException cut) when (cut.InnerException is IOException && attempt < (content?.Headers.ContentLength > Large ? LargeAttempts : SmallAttempts))
            {
                // The server refused and hung up before the body was through, and the refusal was lost with the line; or the line of
                // such a refusal was closed under the next question. Ask again: a fault of the server's is there each time.
            }
        }
    }

    private async Task<Answer> SendOnceAsync(HttpMethod method, string path, HttpContent? content, string accept, int attempt)
    {
        using var request = new HttpRequestMessage(method, url + path) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        // A body too large is refused before it is sent, as browsers learn it too; the server still waits for it on that line
        // and then hangs up, so the line is not used again. What is refused while it is sent is read to its end on a kept line.
        if (content?.Headers.ContentLength > Large && attempt % 2 == 1) request.Headers.ExpectContinue = request.Headers.ConnectionClose = true;
        var cookies = new[] { session is null ? null : $"__Host-session={session}", antiforgeryCookie }.OfType<string>();
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies));
        if (formToken is not null) request.Headers.TryAddWithoutValidation("RequestVerificationToken", formToken);
        using var answer = await SendKeepingAsync(request);
        var type = answer.Content.Headers.ContentType?.ToString() ?? "";
        var body = type.StartsWith("text/event-stream", StringComparison.Ordinal) ? await ReadFirstEventAsync(answer) : await answer.Content.ReadAsStringAsync();
        if (antiforgeryCookie is null && answer.Headers.TryGetValues("Set-Cookie", out var set)
            && set.FirstOrDefault(c => c.StartsWith("__Host-antiforgery=", StringComparison.Ordinal)) is { } cookie)
            antiforgeryCookie = cookie.Split(';')[0];
        var headers = string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Set-Cookie").Select(h => $"{h.Key}: {string.Join(' ', h.Value)}"));
        return new($"{method} {path}", (int)answer.StatusCode, type, headers, body);
    }

    // A request that ends takes its body with it, which may have to be sent again.
    private async Task<HttpResponseMessage> SendKeepingAsync(HttpRequestMessage request)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
        finally
        {
            request.Content = null;
        }
    }

    /// <summary>What a stream told until the server ended it.</summary>
    public async Task<string> ReadToEndAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url + path);
        request.Headers.TryAddWithoutValidation("Cookie", $"__Host-session={session}");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task LearnTokenAsync()
    {
        if (formToken is not null) return;
        var page = await GetAsync(session is null ? "/sign-in" : "/account");
        formToken = Token().Match(page.Body) is { Success: true } found ? found.Groups[1].Value : null;
    }

    private static async Task<string> ReadFirstEventAsync(HttpResponseMessage answer)
    {
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { Length: > 0 } line) text.Append(line).Append('\n');
        return text.ToString();
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
