using System.Diagnostics;

namespace MySchool.System.Tests.Canary;

/// <summary>Much work in bounded time: in an order that mixes everything with everything, so that a slow machine does a fair sample of it.</summary>
internal static class Budget
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(45);

    /// <summary>Runs as many as the time allows.</summary>
    /// <returns>How many ran.</returns>
    public static async Task<int> SpendAsync<T>(IEnumerable<T> work, Func<T, Task> run)
    {
        var watch = Stopwatch.StartNew();
        var done = 0;
        var mixed = work.ToArray();
        new Random(20261123).Shuffle(mixed);
        await Parallel.ForEachAsync(mixed, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (item, _) =>
        {
            if (watch.Elapsed > Each) return;
            await run(item);
            Interlocked.Increment(ref done);
        });
        return done;
    }
}
