using Microsoft.Extensions.Logging;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Registry.Features.ImportLists;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>A file to rehearse.</summary>
/// <param name="Path">Where it lies; the job deletes it.</param>
/// <param name="Name">As the person calls it.</param>
/// <param name="EndsAbsent">«Закрыть тех, кого нет в файле».</param>
internal sealed record FileToRehearse(string Path, string Name, bool EndsAbsent);

/// <summary>
/// Reads a file and keeps what it would change; writes nothing of the registry. Reading goes on behind the page, told of second
/// by second. The formats meet here: each becomes rows of the one import.
/// </summary>
internal sealed partial class RehearseImport(
    ImportOneRoster.ImportOneRoster import, ConvertLists lists, ImportLog log, ImportJobs jobs, IClock clock, ILogger<RehearseImport> logger)
{
    private const int MaxNameLength = 200;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Begins; the answer is the import's id, at once.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, FileToRehearse file, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        var rehearsal = new Rehearsal(school, Ids.New(), file.EndsAbsent);
        await log.BeginAsync(actor, rehearsal, "oneroster", NameOf(file.Name), clock.Now, cancel);
        jobs.Start(rehearsal.Id, stop => RunAsync(actor, rehearsal, file, stop));
        return rehearsal.Id;
    }

    private async Task RunAsync(Actor actor, Rehearsal rehearsal, FileToRehearse file, CancellationToken cancel)
    {
        var told = new Told();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var heart = BeatAsync(rehearsal, told, done.Token);
        try
        {
            var read = await ReadAsync(actor, rehearsal, file, told, cancel);
            if (!read.IsOk) await log.RefuseAsync(rehearsal, read.Problem!.Message, cancel);
            else if (!read.Value.IsDone) await log.RefuseAsync(rehearsal, read.Value, cancel);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            LogBroken(logger, broken, rehearsal.Id);
            await log.RefuseAsync(rehearsal, Texts.ImportBroken, cancel);
        }
        finally
        {
            File.Delete(file.Path);
            await done.CancelAsync();
            await heart.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Result<ImportReport>> ReadAsync(Actor actor, Rehearsal rehearsal, FileToRehearse file, Told told, CancellationToken cancel)
    {
        var run = new ImportRun(actor, rehearsal.SchoolId) { Rehearsal = rehearsal };
        if (!ConvertLists.IsSheet(file.Path, file.Name)) return await import.RehearseAsync(run, file.Path, told, cancel);
        var converted = await lists.HandleAsync(actor, rehearsal.SchoolId, file.Path, cancel);
        if (!converted.IsOk) return converted.Problem!;
        using var files = converted.Value;
        await log.NoteAsync(rehearsal, files, cancel);
        if (files.Refusal is { } refusal) return refusal;
        if (files.BadRows.Count > 0) return files.BadRows.Report();
        var read = await import.RehearseAsync(run with { IsList = true }, files.Path, told, cancel);
        return read.IsOk ? read.Value with { BadRows = [.. read.Value.BadRows.Select(files.Named)] } : read;
    }

    private async Task BeatAsync(Rehearsal rehearsal, Told told, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Beat);
        while (await timer.WaitForNextTickAsync(cancel)) await log.TellAsync(rehearsal, told.Last, cancel);
    }

    private static string NameOf(string name)
    {
        var plain = string.Concat(Path.GetFileName(name.Replace('\\', '/')).Where(c => !char.IsControl(c))).Trim();
        return plain.Length <= MaxNameLength ? plain : plain[..MaxNameLength];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {Id} could not be rehearsed")]
    private static partial void LogBroken(ILogger logger, Exception broken, Guid id);

    private sealed class Told : IProgress<ImportProgress>
    {
        public ImportProgress Last { get; private set; } = new("", 0);

        public void Report(ImportProgress value) => Last = value;
    }
}
