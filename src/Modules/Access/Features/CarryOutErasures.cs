using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Access.Erasures;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Features;

/// <summary>Whoever answers for a person has confirmed that their data is to be erased.</summary>
internal sealed record ErasureConfirmed(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid ErasureId) : IModuleEvent;

/// <summary>Whoever answers for a person has refused, with a reason.</summary>
internal sealed record ErasureRefused(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid ErasureId) : IModuleEvent;

/// <summary>Tells who asked: they may not come back to the page.</summary>
internal sealed class TellErasureRefused(ErasureWork work) : IEventHandler<ErasureRefused>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<ErasureRefused> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var refused in happened) await work.TellRefusedAsync(refused.ErasureId, connection, cancel);
    }
}

/// <summary>Begins what was confirmed.</summary>
internal sealed class BeginErasure(ErasureWork work) : IEventHandler<ErasureConfirmed>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<ErasureConfirmed> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var confirmed in happened) await work.BeginAsync(confirmed.ErasureId, connection, cancel);
    }
}

/// <summary>Hears that a module is done and goes on.</summary>
internal sealed class GoOnErasing(ErasureWork work) : IEventHandler<ErasureCarriedOut>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<ErasureCarriedOut> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var done in happened) await work.NoteAsync(done, connection, cancel);
    }
}

/// <summary>
/// At the start and each hour puts back what a restored copy does not know of, and takes up what laws wanted kept until a day that
/// has passed.
/// </summary>
internal sealed partial class CarryOutErasures(ErasureWork work, ErasuresAgain again, WorkerDb db, TimeProvider time, ILogger<CarryOutErasures> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var restored = await again.HandleAsync(connection, cancel);
        var taken = await work.TakeUpAsync(connection, cancel);
        await transaction.CommitAsync(cancel);
        if (restored > 0) LogAgain(log, restored);
        return restored + taken;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await HandleAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (NpgsqlException away)
            {
                LogAway(log, away.GetType().Name);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Erasures: {Count} put back after a restore from an older copy")]
    private static partial void LogAgain(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Erasures: database away ({Reason}), trying again")]
    private static partial void LogAway(ILogger logger, string reason);
}
