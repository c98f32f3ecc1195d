using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Federation.Asking;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Federation.Features;

/// <summary>
/// Asks every region once when the portal starts, about somebody nobody knows: connections are open and tokens in hand before the
/// first family comes, and the log names the regions that do not answer.
/// </summary>
internal sealed partial class MeetRegions(RegionBook book, IEnumerable<IRegionalDiary> dialects, FederationOptions options, IClock clock, ILogger<MeetRegions> log) : BackgroundService
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsFederal) return;
        var met = new HashSet<Guid>();
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // Regions that start together with the portal need their time.
            await Task.Delay(Pause, stoppingToken);
            var waiting = (await ListAsync(stoppingToken)).Where(region => region.IsOn && !met.Contains(region.Id)).ToList();
            foreach (var region in waiting)
                if (await AnswersAsync(region, stoppingToken)) met.Add(region.Id);
                else if (attempt == Attempts) LogSilent(log, region.Code);
            if (waiting.All(region => met.Contains(region.Id)) && met.Count > 0) return;
        }
    }

    private async Task<IReadOnlyList<Region>> ListAsync(CancellationToken cancel)
    {
        try
        {
            return await book.ListAsync(cancel);
        }
        catch (NpgsqlException)
        {
            return [];
        }
    }

    private async Task<bool> AnswersAsync(Region region, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Deadline);
        try
        {
            await dialects.First(dialect => dialect.Dialect == region.Dialect)
                .AskAsync(region, new DiaryQuestion("0", DateOnly.FromDateTime(clock.Now.UtcDateTime), null, IsListOnly: true), deadline.Token);
            return true;
        }
        catch (Exception away) when (away is RegionFault or HttpRequestException or IOException || away is OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The region {Code} does not answer as it should; families see a notice")]
    private static partial void LogSilent(ILogger logger, string code);
}
