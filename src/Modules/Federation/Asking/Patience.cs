using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace MySchool.Federation.Asking;

/// <summary>How long a partner is waited for, and when it is not asked for a while: each has a deadline and a breaker of its own.</summary>
internal sealed class Patience(TimeProvider time)
{
    /// <summary>How long a failing partner is let rest before it is tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(Guid Id, int Version), ResiliencePipeline> partners = new();

    /// <summary>Asks within the partner's deadline.</summary>
    /// <param name="partner">Which, with the version of its settings: a change begins anew.</param>
    /// <param name="deadlineMs">How long.</param>
    /// <param name="ask">The question.</param>
    /// <param name="cancel">Whoever waits has gone.</param>
    /// <exception cref="RegionFault">No answer, for whatever reason.</exception>
    public async Task<T> AskAsync<T>((Guid Id, int Version) partner, int deadlineMs, Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        if (!partners.TryGetValue(partner, out var pipeline)) pipeline = partners.GetOrAdd(partner, Build(deadlineMs));
        try
        {
            return await pipeline.ExecuteAsync(async token => await FaultsOfAsync(ask, token), cancel);
        }
        catch (BrokenCircuitException resting)
        {
            throw new RegionFault(FaultKind.Resting, resting);
        }
        catch (TimeoutRejectedException late)
        {
            throw new RegionFault(FaultKind.Slow, late);
        }
    }

    private static async Task<T> FaultsOfAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            // Even an answer that never listens to its token is not waited for longer.
            return await ask(cancel).WaitAsync(cancel);
        }
        catch (Exception away) when (away is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            throw new RegionFault(FaultKind.Away, away);
        }
    }

    // A refusal is an answer: a region that lets nobody in is as quick as any.
    private ResiliencePipeline Build(int deadlineMs) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.6, MinimumThroughput = 4, SamplingDuration = TimeSpan.FromSeconds(30), BreakDuration = Rest,
            ShouldHandle = new PredicateBuilder().Handle<TimeoutRejectedException>().Handle<RegionFault>(fault => fault.Kind != FaultKind.Refused),
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromMilliseconds(deadlineMs) })
        .Build();
}
