using System.Collections.Concurrent;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>
/// Rehearsals that go on behind a page. A few at a time: each may hold a core and a hundred megabytes. When the process ends,
/// their transactions end with it and nothing is left but a row that says it was being read.
/// </summary>
internal sealed class ImportJobs : IDisposable
{
    private const int AtOnce = 2;
    private readonly ConcurrentDictionary<Guid, Task> running = new();
    private readonly SemaphoreSlim gate = new(AtOnce);
    private readonly CancellationTokenSource stop = new();

    /// <summary>Begins a job; it must not throw.</summary>
    public void Start(Guid id, Func<CancellationToken, Task> work) =>
        running[id] = Task.Run(async () =>
        {
            try
            {
                await gate.WaitAsync(stop.Token);
                try { await work(stop.Token); }
                finally { gate.Release(); }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { /* The process is ending. */ }
            finally { running.TryRemove(id, out _); }
        });

    /// <summary>Waits for a job of this process, but no longer than told: most files are read before a person would notice.</summary>
    public async Task WaitAsync(Guid id, TimeSpan atMost, CancellationToken cancel)
    {
        if (!running.TryGetValue(id, out var job)) return;
        await Task.WhenAny(job, Task.Delay(atMost, cancel));
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
        gate.Dispose();
    }
}
