using MySchool.Federation.Asking;
using Xunit;

namespace MySchool.Modules.Tests.Federation;

/// <summary>Deadline and breaker, by a clock set by hand.</summary>
public sealed class PatienceTests
{
    private static readonly (Guid, int) Region = (Guid.Parse("0193a000-0000-7000-8000-00000000000a"), 1);
    private readonly HandTime time = new();
    private readonly Patience patience;

    public PatienceTests() => patience = new(time);

    [Fact]
    public async Task Answer_that_never_comes_is_not_waited_for_past_the_deadline()
    {
        var never = new TaskCompletionSource<int>();
        var asking = patience.AskAsync(Region, 1500, _ => never.Task, default);
        time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(FaultKind.Slow, (await Assert.ThrowsAsync<RegionFault>(() => asking)).Kind);
    }

    [Fact]
    public async Task Region_that_fails_again_and_again_is_let_rest_and_tried_once_the_rest_is_over()
    {
        var asked = 0;
        Task<int> Dead(CancellationToken _)
        {
            asked++;
            throw new HttpRequestException("away");
        }
        for (var i = 0; i < 4; i++) Assert.Equal(FaultKind.Away, await FaultAsync(Region, Dead));
        Assert.Equal(FaultKind.Resting, await FaultAsync(Region, Dead));
        Assert.Equal(4, asked);
        // Another region, and the same one with other settings, are not touched.
        Assert.Equal(7, await patience.AskAsync((Guid.Parse("0193a000-0000-7000-8000-00000000000b"), 1), 1500, _ => Task.FromResult(7), default));
        Assert.Equal(7, await patience.AskAsync((Region.Item1, 2), 1500, _ => Task.FromResult(7), default));

        time.Advance(Patience.Rest + TimeSpan.FromSeconds(1));
        Assert.Equal(7, await patience.AskAsync(Region, 1500, _ => Task.FromResult(7), default));
        Assert.Equal(7, await patience.AskAsync(Region, 1500, _ => Task.FromResult(7), default));
    }

    [Fact]
    public async Task Refusal_is_an_answer_and_breaks_nothing()
    {
        for (var i = 0; i < 10; i++) Assert.Equal(FaultKind.Refused, await FaultAsync(Region, _ => throw new RegionFault(FaultKind.Refused)));
    }

    [Fact]
    public async Task Whoever_leaves_is_not_the_regions_fault()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        for (var i = 0; i < 10; i++) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patience.AskAsync(Region, 1500, token => Task.FromCanceled<int>(token), gone.Token));
        Assert.Equal(7, await patience.AskAsync(Region, 1500, _ => Task.FromResult(7), default));
    }

    private async Task<FaultKind> FaultAsync((Guid, int) region, Func<CancellationToken, Task<int>> ask) =>
        (await Assert.ThrowsAsync<RegionFault>(() => patience.AskAsync(region, 1500, ask, default))).Kind;

    /// <summary>Time that passes when told to, timers included.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly List<HandTimer> timers = [];
        private DateTimeOffset now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now.Ticks;

        public void Advance(TimeSpan time)
        {
            now += time;
            foreach (var timer in timers.ToList()) timer.RingIf(now);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandTimer(this, callback, state);
            timer.Change(dueTime, period);
            timers.Add(timer);
            return timer;
        }

        private sealed class HandTimer(HandTime time, TimerCallback callback, object? state) : ITimer
        {
            private DateTimeOffset? due;

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                due = dueTime == Timeout.InfiniteTimeSpan ? null : time.now + dueTime;
                return true;
            }

            public void RingIf(DateTimeOffset now)
            {
                if (due is not { } at || at > now) return;
                due = null;
                callback(state);
            }

            public void Dispose() => time.timers.Remove(this);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
