using Microsoft.Extensions.Logging.Abstractions;
using MySchool.Contracts.Access;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Features.ImportLists;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>The whole way of an import over a database: rehearse, look, write, undo.</summary>
internal sealed class RehearsalRig : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly AppDb app;
    private readonly WorkerDb worker;
    private readonly ImportJobs jobs = new();
    private readonly TestClock clock = new();

    public RehearsalRig(TestDatabase database)
    {
        this.database = database;
        app = new AppDb(database.Options, new ScopeTable());
        worker = new WorkerDb(database.Options);
        Rehearse = new RehearseImport(new ImportOneRoster(database.Options, RosterFiles.Vault(database), clock), new ConvertLists(app), new ImportLog(worker), jobs, clock, NullLogger<RehearseImport>.Instance);
        Show = new ShowRehearsal(app);
    }

    public RehearseImport Rehearse { get; }

    public ShowRehearsal Show { get; }

    public ApplyImport Apply => new(database.Options, new FindDoubles(clock), clock);

    public ChooseColumns Choose => new(app, clock);

    public UndoImport Undo => new(database.Options, [new FindBuiltOnPeople(worker)], clock);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Actor Administrator(Guid school, Guid? person = null) => new(person ?? Guid.CreateVersion7(), Guid.CreateVersion7(), new Hat(Roles.SchoolAdministrator, school),
        [new Tie(Relations.Administers, new Coordinate(Places.School, school))], SampleSchool.Today);

    public Task<Guid> SchoolAsync(string source) => database.ScalarAsync<Guid>("select id from registry.organisations where source_id = $1", source)!;

    public async Task<RehearsalScreen> RehearseAsync(Actor actor, byte[] file, string name = "file.zip", bool endsAbsent = false)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, file, Cancel);
        var begun = await Rehearse.HandleAsync(actor, new FileToRehearse(path, name, endsAbsent), Cancel);
        Assert.True(begun.IsOk, begun.Problem?.Message);
        await jobs.WaitAsync(begun.Value, TimeSpan.FromMinutes(5), Cancel);
        Assert.False(File.Exists(path));
        return await ShowAsync(actor, begun.Value);
    }

    public async Task<RehearsalScreen> ShowAsync(Actor actor, Guid id, ChangeFilter? filter = null)
    {
        var shown = await Show.HandleAsync(actor, id, filter ?? new ChangeFilter(null, null, null, 1), Cancel);
        Assert.True(shown.IsOk, shown.Problem?.Message);
        return shown.Value;
    }

    public async Task<RehearsalScreen> ApplyAsync(Actor actor, RehearsalScreen screen)
    {
        var done = await Apply.HandleAsync(actor, screen.Id, screen.Version, Cancel);
        Assert.True(done.IsOk, done.Problem?.Message);
        return await ShowAsync(actor, screen.Id);
    }

    /// <summary>Every row of the registry but the imports themselves, in one text: equal texts are equal registries.</summary>
    /// <summary>All rows but the time of their last change, which undoing is.</summary>
    public async Task<string> DumpAsync()
    {
        var dump = new global::System.Text.StringBuilder();
        foreach (var table in RegistryTable.All.Select(table => table.Name).Append("identities"))
            if (table != "subjects")
                dump.AppendLine(null, $"{table}: {await database.ScalarAsync<string>($"select coalesce(string_agg(r, E'\\n' order by r), '') from registry.{table} t, lateral (select (to_jsonb(t) - 'modified_at')::text as r) rows")}");
        return dump.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        jobs.Dispose();
        await app.DisposeAsync();
        await worker.DisposeAsync();
    }
}
