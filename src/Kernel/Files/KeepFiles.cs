using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Kernel.Files;

/// <summary>
/// Looks at files that came while the scanner was away, and sweeps bytes that no row names any more: what an upload left that was
/// refused or cut off, what was deleted, what was erased. A drawer at a time, so that a region's store costs no more than a school's.
/// </summary>
/// <param name="tables">Who names bytes.</param>
/// <param name="db">The worker's door.</param>
/// <param name="store">The bytes.</param>
/// <param name="scanner">Looks for viruses.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Told of viruses and of failures.</param>
public sealed partial class KeepFiles(IEnumerable<FileTable> tables, WorkerDb db, ByteStore store, ClamScanner scanner, IClock clock, ILogger<KeepFiles> log) : BackgroundService
{
    private const int AtOnce = 20;

    // 256 drawers in three quarters of an hour.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // Between the bytes and the row that names them there are moments, never an hour.
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var drawers = ByteStore.Drawers.ToList();
        for (var turn = RandomNumberGenerator.GetInt32(drawers.Count); !stoppingToken.IsCancellationRequested; turn++)
        {
            try
            {
                await Task.Delay(Pause, stoppingToken);
                await ScanWaitingAsync(stoppingToken);
                await SweepAsync(drawers[turn % drawers.Count], stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or UnauthorizedAccessException or CryptographicException)
            {
                LogFailure(log, failure);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Looks at some of the files that wait.</summary>
    /// <returns>How many are decided.</returns>
    public async Task<int> ScanWaitingAsync(CancellationToken cancel)
    {
        if (!scanner.IsNamed) return 0;
        var decided = 0;
        foreach (var table in tables)
        {
            await using var find = db.Source.CreateCommand($"select distinct address, sealed_key from {table.Name} where state = '{FileStates.Waiting}' limit {AtOnce}");
            List<(string Address, byte[] Key)> waiting;
            await using (var reader = await find.ExecuteReaderAsync(cancel)) waiting = await reader.ReadAllAsync(row => (row.GetString(0), row.GetFieldValue<byte[]>(1)), cancel);
            foreach (var (address, key) in waiting)
            {
                var verdict = store.Has(address) ? await scanner.ScanAsync(await store.ReadAsync(address, key, cancel), cancel) : ScanVerdict.Infected;
                // It is away again: the others would only wait for it.
                if (verdict == ScanVerdict.Unknown) return decided;
                await DecideAsync(table, address, verdict == ScanVerdict.Clean, cancel);
                decided++;
            }
        }
        return decided;
    }

    private async Task DecideAsync(FileTable table, string address, bool isClean, CancellationToken cancel)
    {
        await using var decide = db.Source.CreateCommand(isClean
            ? $"update {table.Name} set state = '{FileStates.Clean}' where address = $1"
            : $"update {table.Name} set state = '{FileStates.Refused}', sealed_key = '' where address = $1");
        decide.Parameters.Add(new() { Value = address });
        await decide.ExecuteNonQueryAsync(cancel);
        if (isClean) return;
        LogVirus(log, table.Name);
        store.Remove(address);
    }

    /// <summary>Sweeps the whole store at once; for erasures under test and for the hand of an operator.</summary>
    public async Task<int> SweepEverythingAsync(TimeSpan grace, CancellationToken cancel)
    {
        var swept = 0;
        foreach (var drawer in ByteStore.Drawers) swept += await SweepAsync(drawer, grace, cancel);
        return swept;
    }

    private Task<int> SweepAsync(string drawer, CancellationToken cancel) => SweepAsync(drawer, Grace, cancel);

    private async Task<int> SweepAsync(string drawer, TimeSpan grace, CancellationToken cancel)
    {
        var before = clock.Now - grace;
        store.ForgetUnfinished(before);
        var old = store.OlderThan(drawer, before).ToHashSet(StringComparer.Ordinal);
        if (old.Count == 0) return 0;
        foreach (var table in tables)
        {
            await using var named = db.Source.CreateCommand($"select address from {table.Name} where address = any($1) and state <> '{FileStates.Refused}'");
            named.Parameters.Add(new() { Value = old.ToArray() });
            await using var reader = await named.ExecuteReaderAsync(cancel);
            foreach (var address in await reader.ReadAllAsync(row => row.GetString(0), cancel)) old.Remove(address);
        }
        foreach (var address in old) store.Remove(address);
        return old.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Files could not be looked after; it is tried again")]
    private static partial void LogFailure(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A virus was found in a file that waited in {Table}")]
    private static partial void LogVirus(ILogger logger, string table);
}
