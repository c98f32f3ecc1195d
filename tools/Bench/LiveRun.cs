using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace MySchool.Bench;

/// <summary>Many open grids: how soon a colleague's mark is seen, what thousands of open streams take, and a whole school's term closed.</summary>
internal static partial class LiveRun
{
    public const string Name = "open grids";
    private const int Grids = 200;
    private const int Saves = 200;
    private const int Streams = 5000;

    public static async Task<IReadOnlyList<BarLine>> MeasureAsync(Platform platform, People people, IReadOnlyList<TeacherPerson> teachers, CancellationToken cancel)
    {
        var seen = await SeenAsync(platform, teachers, cancel);
        var (before, memory) = await HoldAsync(platform, teachers, cancel);
        var (seconds, learners, classes) = await CloseAsync(platform, people, cancel);
        return
        [
            new($"a mark seen by a colleague, {Grids} grids open, p95 ms", seen, 1000, $"{Saves} marks, from the request to the event"),
            new($"memory of the app with {Streams} streams open, MiB", memory, 400, string.Create(CultureInfo.InvariantCulture, $"RSS; {before:0} before, {(memory - before) * 1024 / Streams:0} KiB a stream")),
            new("a term closed for 1,000 learners, s", seconds * 1000 / learners, 3, string.Create(CultureInfo.InvariantCulture, $"{classes} classes, {learners} learners in {seconds:0.00} s")),
        ];
    }

    /// <summary>Opens a journal again and again while it is open on half a hundred screens and a colleague types in it.</summary>
    public static async Task<Measured> PagesAsync(Platform platform, Load load, TeacherPerson teacher, double seconds, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var grids = Enumerable.Range(0, 50).Select(_ => new Ear(platform.Address, teacher)).ToList();
        foreach (var grid in grids) await grid.OpenAsync(stop.Token);
        var listening = grids.Select(grid => grid.ListenAsync(stop.Token)).ToList();
        listening.Add(TypeAsync(platform, teacher, stop.Token));
        var measured = await load.PagesAsync([(teacher.Token, teacher.Path)], seconds, cancel);
        await stop.CancelAsync();
        foreach (var grid in grids) grid.Dispose();
        await Task.WhenAll(listening);
        return measured;
    }

    private static async Task TypeAsync(Platform platform, TeacherPerson teacher, CancellationToken cancel)
    {
        using var line = new HttpLine(platform.Address);
        try
        {
            for (var turn = 0; ; turn++)
            {
                await Load.SaveAsync(line, teacher, turn, 1, CancellationToken.None);
                await Task.Delay(200, cancel);
            }
        }
        catch (OperationCanceledException) { }
    }

    private static async Task<double> SeenAsync(Platform platform, IReadOnlyList<TeacherPerson> teachers, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var grids = Enumerable.Range(0, Grids).Select(i => new Ear(platform.Address, teachers[i % teachers.Count])).ToList();
        foreach (var grid in grids) await grid.OpenAsync(stop.Token);
        var listening = grids.Select(grid => grid.ListenAsync(stop.Token)).ToList();
        using var line = new HttpLine(platform.Address);
        var took = new List<double>();
        for (var i = 0; i < Saves; i++)
        {
            var (teacher, start) = (teachers[i % Math.Min(Grids, teachers.Count)], Stopwatch.GetTimestamp());
            await Load.SaveAsync(line, teacher, i, 1, cancel);
            var heard = grids.Where(grid => grid.GroupId == teacher.GroupId).Select(grid => grid.NextAsync(start, TimeSpan.FromSeconds(5))).ToList();
            took.AddRange(await Task.WhenAll(heard));
            await Task.Delay(25, cancel);
        }
        await stop.CancelAsync();
        foreach (var grid in grids) grid.Dispose();
        await Task.WhenAll(listening);
        took.Sort();
        return took[(int)(took.Count * 0.95)];
    }

    private static async Task<(double Before, double Held)> HoldAsync(Platform platform, IReadOnlyList<TeacherPerson> teachers, CancellationToken cancel)
    {
        var (streams, before) = (new ConcurrentBag<Ear>(), ProcessCpu.MemoryMiB(platform.HostId));
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < Streams; i = Interlocked.Increment(ref next))
            {
                var ear = new Ear(platform.Address, teachers[i % teachers.Count]);
                streams.Add(ear);
                await ear.OpenAsync(cancel);
            }
        }));
        var memory = ProcessCpu.MemoryMiB(platform.HostId);
        foreach (var stream in streams) stream.Dispose();
        return (before, memory);
    }

    private static async Task<(double Seconds, long Learners, int Classes)> CloseAsync(Platform platform, People people, CancellationToken cancel)
    {
        var (token, school, learners) = await people.DeputyAsync(cancel);
        using var line = new HttpLine(platform.Address);
        var page = await line.SendAsync(Load.Head("GET", "/closing?term=1", token, null), default, cancel);
        var html = Encoding.UTF8.GetString(page.Body);
        var classes = ClassField().Matches(html).Select(found => found.Groups[1].Value).Distinct().ToList();
        if (page.Status != 200 || classes.Count == 0) throw new InvalidOperationException($"/closing answered {page.Status} with {classes.Count} classes");
        var fields = string.Join('&', classes.Select(id => $"class={id}"));
        var body = Encoding.UTF8.GetBytes($"__RequestVerificationToken={Uri.EscapeDataString(Csrf().Match(html).Groups[1].Value)}&note=bench&{fields}");
        var cookie = page.Cookies.First(c => c.StartsWith("__Host-antiforgery", StringComparison.Ordinal)).Split(';')[0];
        var watch = Stopwatch.StartNew();
        var answer = await line.SendAsync(Load.Head("POST", "/closing?term=1", token, cookie) + "Content-Type: application/x-www-form-urlencoded\r\n", body, cancel);
        var seconds = watch.Elapsed.TotalSeconds;
        if (answer.Status != 302) throw new InvalidOperationException($"closing answered {answer.Status}");
        await people.OpenTermsAsync(school, cancel);
        return (seconds, learners, classes.Count);
    }

    [GeneratedRegex("name=\"class\"[^>]*value=\"([0-9a-f-]{36})\"|value=\"([0-9a-f-]{36})\"[^>]*name=\"class\"")]
    private static partial Regex ClassField();

    [GeneratedRegex("name=\"csrf\" content=\"([^\"]+)\"")]
    private static partial Regex Csrf();

    /// <summary>One open stream of a class journal.</summary>
    private sealed class Ear(Uri address, TeacherPerson teacher) : IDisposable
    {
        private readonly TcpClient client = new(address.Host, address.Port) { NoDelay = true };
        private TaskCompletionSource<long> heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid GroupId => teacher.GroupId;

        /// <summary>Opens it and waits for its first event.</summary>
        public async Task OpenAsync(CancellationToken cancel)
        {
            var request = Load.Head("GET", $"/journal/{teacher.GroupId}/live", teacher.Token, null) + $"Host: {address.Authority}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), cancel);
            var text = "";
            var buffer = new byte[2048];
            while (!text.Contains("event: hello", StringComparison.Ordinal))
            {
                var read = await client.GetStream().ReadAsync(buffer, cancel);
                if (read == 0 || (text.Length > 12 && !text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))) throw new InvalidOperationException($"the stream answered {text}");
                text += Encoding.UTF8.GetString(buffer, 0, read);
            }
        }

        public async Task ListenAsync(CancellationToken cancel)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await client.GetStream().ReadAsync(buffer, cancel) is > 0 and var read)
                    if (buffer.AsSpan(0, read).IndexOf("event: cells"u8) >= 0) heard.TrySetResult(Stopwatch.GetTimestamp());
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException) { }
        }

        /// <summary>Milliseconds from a moment to the event that follows it.</summary>
        public async Task<double> NextAsync(long since, TimeSpan most)
        {
            var at = await heard.Task.WaitAsync(most);
            heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Stopwatch.GetElapsedTime(since, at).TotalMilliseconds;
        }

        public void Dispose() => client.Dispose();
    }
}
