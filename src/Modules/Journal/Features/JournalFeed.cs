using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Contracts.Journal;

namespace MySchool.Journal.Features;

/// <summary>One school's stream of changed cells. Grains live on any node; each node with an open page listens once a school.</summary>
internal interface IJournalFeedGrain : IGrainWithGuidKey
{
    /// <summary>Starts or prolongs a node's listening; it lapses after two minutes without a call.</summary>
    Task ListenAsync(IJournalFeedListener node);

    /// <summary>Passes a change on to the listening nodes.</summary>
    Task TellAsync(MarksRecorded happened);
}

/// <summary>A node that has pages of the school open.</summary>
internal interface IJournalFeedListener : IGrainObserver
{
    /// <summary>Hears of a change.</summary>
    Task HearAsync(MarksRecorded happened);
}

/// <inheritdoc cref="IJournalFeedGrain"/>
internal sealed class JournalFeedGrain(ILogger<JournalFeedGrain> log) : Grain, IJournalFeedGrain
{
    private readonly Orleans.Utilities.ObserverManager<IJournalFeedListener> nodes = new(TimeSpan.FromMinutes(2), log);

    public Task ListenAsync(IJournalFeedListener node)
    {
        nodes.Subscribe(node, node);
        return Task.CompletedTask;
    }

    public Task TellAsync(MarksRecorded happened)
    {
        nodes.Notify(node => node.HearAsync(happened));
        return Task.CompletedTask;
    }
}

/// <summary>One open page's ear. Dispose to stop.</summary>
internal sealed record Listening(ChannelReader<MarksRecorded> Changes, Action Stop) : IDisposable
{
    public void Dispose() => Stop();
}

/// <summary>This node's pages that are open and want to hear: one grain subscription a school, one channel a page.</summary>
internal sealed class JournalFeed(IGrainFactory grains) : BackgroundService, IJournalFeedListener
{
    // A page that does not read for this many events has lost its reader: it is told to reload by ending its stream.
    private const int ChannelDepth = 256;
    private readonly ConcurrentDictionary<Guid, ImmutableList<Channel<MarksRecorded>>> pages = new();
    private IJournalFeedListener? self;

    /// <summary>Begins to hear a school's changes. What is committed after this returns will be heard.</summary>
    public async Task<Listening> OpenAsync(Guid schoolId)
    {
        var page = Channel.CreateBounded<MarksRecorded>(ChannelDepth);
        pages.AddOrUpdate(schoolId, _ => [page], (_, open) => open.Add(page));
        var listening = new Listening(page.Reader, () => pages.AddOrUpdate(schoolId, _ => [], (_, open) => open.Remove(page)));
        await ListenAsync(schoolId);
        return listening;
    }

    public Task HearAsync(MarksRecorded happened)
    {
        foreach (var page in pages.GetValueOrDefault(happened.School, []))
            if (!page.Writer.TryWrite(happened)) page.Writer.TryComplete();
        return Task.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var (school, open) in pages)
                if (open.IsEmpty) pages.TryRemove(KeyValuePair.Create(school, open));
                else if (!stoppingToken.IsCancellationRequested) await ListenAsync(school);
        }
    }

    private Task ListenAsync(Guid schoolId)
    {
        self ??= grains.CreateObjectReference<IJournalFeedListener>(this);
        return grains.GetGrain<IJournalFeedGrain>(schoolId).ListenAsync(self);
    }
}
