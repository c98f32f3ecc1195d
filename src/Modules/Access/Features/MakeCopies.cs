using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Access.Copies;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Access.Features;

/// <summary>Somebody has asked for a copy of the data kept about a person.</summary>
internal sealed record CopyAsked(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid CopyId) : IModuleEvent;

/// <summary>Wakes the maker on the node that took the event: the outbox is not kept waiting for the work itself.</summary>
internal sealed class WakeCopies(MakeCopies maker) : IEventHandler<CopyAsked>
{
    /// <inheritdoc/>
    public Task HandleAsync(IReadOnlyList<CopyAsked> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        maker.Wake();
        return Task.CompletedTask;
    }
}

/// <summary>Makes copies one by one behind the pages, and takes away old ones. Looks by itself each minute, so no copy waits for a node that died.</summary>
internal sealed partial class MakeCopies(CopyWork work, TimeProvider time, ILogger<MakeCopies> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim bell = new(0, 1);

    public void Wake()
    {
        // Two rings at once are one: whoever wakes looks for everything there is.
        try { bell.Release(); }
        catch (SemaphoreFullException) { /* It rings already. */ }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await work.MakeNextAsync(stoppingToken)) { }
                await work.SweepAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or System.Security.Cryptography.CryptographicException)
            {
                LogFailed(log, failure.GetType().Name);
                await WaitAsync(stoppingToken);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        bell.Dispose();
        base.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var tick = time.CreateTimer(_ => Wake(), null, Pause, Timeout.InfiniteTimeSpan);
        await bell.WaitAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A copy of a person's data was not finished ({Reason}); it is tried again in minutes")]
    private static partial void LogFailed(ILogger logger, string reason);
}
