using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace MySchool.System.Tests.Kills;

/// <summary>Pupils handing in files through kills: the same form again until an answer comes, as a person presses again.</summary>
internal sealed class WorkClients(Uri address, IReadOnlyList<KillPupil> pupils) : IDisposable
{
    private const int FileBytes = 300_000;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Works the platform said were handed in.</summary>
    public ConcurrentBag<(Guid Person, Guid Homework)> Acks { get; } = [];

    public int Retries;

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(pupils.Select(pupil => Task.Run(() => HandInAsync(pupil, stop))));

    public void Dispose() => http.Dispose();

    private async Task HandInAsync(KillPupil pupil, CancellationToken stop)
    {
        var (csrf, cookie) = await OpenAsync(pupil);
        foreach (var homework in pupil.Homeworks)
        {
            if (stop.IsCancellationRequested) return;
            if (await SendAsync(pupil, homework, csrf, cookie, stop)) Acks.Add((pupil.Person, homework));
        }
    }

    private async Task<bool> SendAsync(KillPupil pupil, Guid homework, string csrf, string cookie, CancellationToken stop)
    {
        byte[] file = [.. Encoding.ASCII.GetBytes($"%PDF-1.4\n%{homework}\n"), .. RandomNumberGenerator.GetBytes(FileBytes), .. "\n%%EOF"u8];
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var form = new MultipartFormDataContent { { new StringContent(csrf), "__RequestVerificationToken" } };
                form.Add(new StringContent("hand-in"), "do");
                form.Add(new ByteArrayContent(file), "files", "работа.pdf");
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/works/{homework}") { Content = form };
                request.Headers.Add("Cookie", $"__Host-session={pupil.Token}; {cookie}");
                using var answer = await http.SendAsync(request, CancellationToken.None);
                if (answer.StatusCode == HttpStatusCode.Found && answer.Headers.Location!.ToString().EndsWith("done=handed", StringComparison.Ordinal)) return true;
                // Written, and the answer was lost: what is handed in already is not taken again.
                if (tries > 0 && answer.StatusCode == HttpStatusCode.Conflict) return true;
                if ((int)answer.StatusCode < 500) throw new InvalidOperationException($"answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException) { }
            if (stop.IsCancellationRequested) return false;
            Interlocked.Increment(ref Retries);
            await Task.Delay(250, CancellationToken.None);
        }
    }

    private async Task<(string Csrf, string Cookie)> OpenAsync(KillPupil pupil)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/works/{pupil.Homeworks[0]}");
        request.Headers.Add("Cookie", $"__Host-session={pupil.Token}");
        request.Headers.Add("Accept", "text/html");
        using var answer = await http.SendAsync(request);
        var html = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        const string meta = "name=\"csrf\" content=\"";
        var at = html.IndexOf(meta, StringComparison.Ordinal) + meta.Length;
        return (html[at..html.IndexOf('"', at)], answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0]);
    }
}
