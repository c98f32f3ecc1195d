using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MySchool.System.Tests.Kills;

/// <summary>A mark the platform said was saved.</summary>
internal sealed record Acknowledged(Guid Key, Guid Lesson, Guid Learner, string Value);

/// <summary>Teachers typing marks through kills: the same key again until an answer comes, as the grid does.</summary>
internal sealed class MarkClients(Uri address, IReadOnlyList<KillTeacher> teachers) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        BaseAddress = address, Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly Dictionary<KillTeacher, (string Csrf, string Cookie)> armed = [];

    public ConcurrentBag<Acknowledged> Acks { get; } = [];

    public int Retries;

    /// <summary>Opens every journal, before anything is killed: a page that is open stays so.</summary>
    public async Task ArmAsync()
    {
        foreach (var teacher in teachers) armed[teacher] = await OpenAsync(teacher);
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(teachers.Select(teacher => Task.Run(() => TypeAsync(teacher, stop))));

    public void Dispose() => http.Dispose();

    private async Task TypeAsync(KillTeacher teacher, CancellationToken stop)
    {
        var (csrf, cookie) = armed[teacher];
        var versions = new Dictionary<(Guid, Guid), int>();
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var lesson = teacher.Lessons[turn % teacher.Lessons.Length];
            var learner = teacher.Learners[turn / teacher.Lessons.Length % teacher.Learners.Length];
            var value = $"{2 + turn / (teacher.Lessons.Length * teacher.Learners.Length) % 4}";
            var key = Guid.CreateVersion7();
            var change = new { key, changes = new[] { new { lesson, learner, kind = "mark", value, work = (int?)null, @base = versions.GetValueOrDefault((lesson, learner)) } } };
            if (await SaveAsync(teacher, csrf, cookie, change, stop) is not { } version) continue;
            versions[(lesson, learner)] = version;
            Acks.Add(new(key, lesson, learner, value));
        }
    }

    private async Task<int?> SaveAsync(KillTeacher teacher, string csrf, string cookie, object change, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/journal/{teacher.Group}/marks") { Content = JsonContent.Create(change) };
                request.Headers.Add("Cookie", $"__Host-session={teacher.Token}; {cookie}");
                request.Headers.Add("RequestVerificationToken", csrf);
                // What is under way at the end is awaited: it may have been saved.
                using var answer = await http.SendAsync(request, CancellationToken.None);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(CancellationToken.None), cancellationToken: CancellationToken.None);
                    var cell = json.RootElement.GetProperty("cells")[0];
                    return cell.GetProperty("state").GetString() == "saved" ? cell.GetProperty("mark").GetProperty("version").GetInt32()
                        : throw new InvalidOperationException($"not saved: {json.RootElement}");
                }
                if ((int)answer.StatusCode < 500) throw new InvalidOperationException($"answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException or IOException or JsonException) { }
            // Unanswered at the end of the run: neither saved nor lost as far as the teacher was told.
            if (stop.IsCancellationRequested) return null;
            Interlocked.Increment(ref Retries);
            await Task.Delay(250, CancellationToken.None);
        }
    }

    private async Task<(string Csrf, string Cookie)> OpenAsync(KillTeacher teacher)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/journal/{teacher.Group}");
        request.Headers.Add("Cookie", $"__Host-session={teacher.Token}");
        request.Headers.Add("Accept", "text/html");
        using var answer = await http.SendAsync(request);
        var html = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        const string meta = "name=\"csrf\" content=\"";
        var at = html.IndexOf(meta, StringComparison.Ordinal) + meta.Length;
        var cookie = answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0];
        return (html[at..html.IndexOf('"', at)], cookie);
    }
}
