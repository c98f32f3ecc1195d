using System.Diagnostics;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Imports schools from OneRoster 1.2 CSV, all or nothing.</summary>
/// <remarks>
/// Raw rows go by COPY into temporary tables, are checked there as sets, and become rows of the registry in the same
/// transaction. The format and the rules are told in docs/import.md.
/// </remarks>
internal sealed class ImportOneRoster(DatabaseOptions options, IdentifierVault vault, IClock clock)
{
    // One import at a time: two would race for the same new people.
    public const long ImportLock = 7300452;

    /// <summary>Imports a zip or a folder on behalf of a person, into their school only.</summary>
    public async Task<Result<ImportReport>> HandleAsync(Actor actor, string path, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var schoolId = actor.Hat.UnitId;
        if (!Decide.Allows(actor, RegistryActions.Import, new Coordinate(Places.School, schoolId))) return Problem.NotFound;
        return await OpenAndRunAsync(new ImportRun(actor, schoolId), path, progress, cancel);
    }

    /// <summary>Imports a zip or a folder from the command line of the machine: any schools, audited as the operator's deed.</summary>
    public Task<Result<ImportReport>> HandleAsOperatorAsync(string path, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.Now.UtcDateTime);
        var machine = new Actor(Guid.Empty, Guid.Empty, new Hat(Roles.Operator, Guid.Empty), [], today);
        return OpenAndRunAsync(new ImportRun(machine, null), path, progress, cancel);
    }

    /// <summary>Reads a zip or a folder as far as what it would change, and keeps that instead of writing it.</summary>
    public Task<Result<ImportReport>> RehearseAsync(ImportRun run, string path, IProgress<ImportProgress>? progress, CancellationToken cancel) =>
        OpenAndRunAsync(run, path, progress, cancel);

    private async Task<Result<ImportReport>> OpenAndRunAsync(ImportRun run, string path, IProgress<ImportProgress>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        if (Directory.Exists(path)) return await RunAsync(run, path, progress, watch, cancel);
        if (!File.Exists(path)) return new Problem("registry.import-missing", Texts.ImportMissing, "file");
        // Ids of the files are held in memory while they are read: one school's files need a hundredth of this.
        var limits = run.SchoolId is null ? new ArchiveLimits() : new ArchiveLimits(MaxBytes: 256 << 20);
        var unpacked = await GuardedArchive.ExtractAsync(path, limits, cancel);
        if (!unpacked.IsOk) return unpacked.Problem! with { Field = "file" };
        using var folder = unpacked.Value;
        return await RunAsync(run, folder.Path, progress, watch, cancel);
    }

    private async Task<Result<ImportReport>> RunAsync(
        ImportRun run, string folder, IProgress<ImportProgress>? progress, Stopwatch watch, CancellationToken cancel)
    {
        var bad = new BadRows();
        await using var connection = await OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var steps = new ImportSteps(connection, run, clock.Now);
        await steps.PrepareAsync(ImportLock, cancel);
        var lines = new SourceLines();
        await using var files = new ImportFiles(connection, OneRosterFile.All(vault, lines), bad, progress);
        await files.StageFirstAsync(folder, cancel);
        try
        {
            progress?.Report(new ImportProgress(Texts.ImportChecking, 0));
            await steps.CheckAsync(files, lines, bad, cancel);
            if (bad.Count > 0)
            {
                var clashes = await steps.FindClashesAsync(cancel);
                await transaction.RollbackAsync(cancel);
                await ImportSteps.NoteClashesAsync(connection, clashes, clock.Now, cancel);
                return new ImportReport(bad.Sorted(), bad.Count, [], 0, watch.Elapsed);
            }
            progress?.Report(new ImportProgress(run.Rehearsal is null ? Texts.ImportWriting : Texts.ImportComparing, 0));
            var counts = run.Rehearsal is { } kept ? await new RehearsalSteps(connection, kept, run).KeepAsync(cancel) : await steps.WriteAsync(cancel);
            if (run.Rehearsal is null) await steps.AuditAsync(counts, cancel);
            await transaction.CommitAsync(cancel);
            return new ImportReport([], 0, counts, counts.First(count => count.Kind == "people").Read, watch.Elapsed);
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            // A rule of the database that no check above foresaw: nothing is written, and the rule is named.
            return new Problem("registry.import-conflict", string.Format(null, Texts.ImportConflict, refused.TableName, refused.ConstraintName), "file", 409);
        }
    }

    // A connection of its own: temporary tables and the memory they take go with it.
    private Task<NpgsqlConnection> OpenAsync(CancellationToken cancel) => OpenAsync(options, cancel);

    /// <summary>Opens a connection of the worker that is in no pool.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(DatabaseOptions options, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.Worker)
        {
            Pooling = false,
            ApplicationName = "myschool-import",
            CommandTimeout = 0,
            WriteBufferSize = 64 * 1024,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }
}

/// <summary>Who imports and where to.</summary>
/// <param name="Actor">Who.</param>
/// <param name="SchoolId">The only school that may be written, or null for any.</param>
internal sealed record ImportRun(Actor Actor, Guid? SchoolId)
{
    /// <summary>Whether the people come without ids of their own and are known by names and dates.</summary>
    public bool IsList { get; init; }

    /// <summary>The rehearsal that keeps what would change; null when it is to be written at once.</summary>
    public Rehearsal? Rehearsal { get; init; }
}
