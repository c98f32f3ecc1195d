using System.Collections.Concurrent;
using MySchool.Kernel;

namespace MySchool.Journal.Features;

/// <summary>Counts beside places of the rail, kept for half a minute each, so that a page costs no trip.</summary>
internal sealed class KeptCounts(IClock clock)
{
    private const int MostKept = 20_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, (DateTimeOffset At, int Count)> kept = new();

    /// <param name="of">The person or the school.</param>
    /// <param name="read">Reads it when it is not kept.</param>
    public async ValueTask<int> ReadAsync(Guid of, Func<Task<int>> read)
    {
        if (kept.TryGetValue(of, out var known) && clock.Now - known.At is var age && age >= TimeSpan.Zero && age < Kept) return known.Count;
        if (kept.Count >= MostKept) kept.Clear();
        var count = await read();
        kept[of] = (clock.Now, count);
        return count;
    }

    /// <summary>It has just changed.</summary>
    public void Forget(Guid of) => kept.TryRemove(of, out _);
}
