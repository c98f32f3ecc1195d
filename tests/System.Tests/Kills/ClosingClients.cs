using System.Net;

namespace MySchool.System.Tests.Kills;

/// <summary>A deputy closing a term class by class through kills: the same form again until an answer comes.</summary>
internal sealed class ClosingClients(Uri address, string token) : IDisposable
{
    private const string Page = "/closing?term=1";
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
    private string csrf = "";
    private string cookie = "";

    public int Retries { get; private set; }

    public async Task ArmAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Page);
        request.Headers.Add("Cookie", $"__Host-session={token}");
        request.Headers.Add("Accept", "text/html");
        using var answer = await http.SendAsync(request);
        var html = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        const string meta = "name=\"csrf\" content=\"";
        var at = html.IndexOf(meta, StringComparison.Ordinal) + meta.Length;
        csrf = html[at..html.IndexOf('"', at)];
        cookie = answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0];
    }

    /// <summary>Closes every class, with kills spread among them; answers those the platform said were closed.</summary>
    public async Task<IReadOnlyList<Guid>> RunAsync(Guid[] classes, int kills, Func<Task> kill)
    {
        var acknowledged = new List<Guid>();
        var step = Math.Max(1, classes.Length / (kills + 1));
        for (var i = 0; i < classes.Length; i++)
        {
            // The kill meets the form under way, not the pause between two.
            var closing = CloseAsync(classes[i]);
            if (i % step == step - 1 && i / step < kills) await kill();
            await closing;
            acknowledged.Add(classes[i]);
        }
        return acknowledged;
    }

    public void Dispose() => http.Dispose();

    private async Task CloseAsync(Guid one)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Page)
                {
                    Content = new FormUrlEncodedContent([new("__RequestVerificationToken", csrf), new("class", $"{one}"), new("note", "проверка")]),
                };
                request.Headers.Add("Cookie", $"__Host-session={token}; {cookie}");
                using var answer = await http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.Found) return;
                var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
                // Written, and the answer was lost: the second form finds nothing left to close.
                if (Retries > 0 && text.Contains("Выберите хотя бы один открытый класс", StringComparison.OrdinalIgnoreCase)) return;
                if ((int)answer.StatusCode < 500) throw new InvalidOperationException($"answered {(int)answer.StatusCode}: {text}");
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException) { }
            Retries++;
            await Task.Delay(250);
        }
    }
}
