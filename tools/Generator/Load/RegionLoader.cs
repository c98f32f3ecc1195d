using System.Threading.Channels;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>What to load.</summary>
/// <param name="Size">Size of the region.</param>
/// <param name="Today">Marks are there up to the day before, and for this day's first lessons.</param>
/// <param name="Seal">Seals СНИЛС.</param>
public sealed record LoadRequest(RegionSize Size, DateOnly Today, SnilsSeal Seal)
{
    /// <summary>Same seed, same region.</summary>
    public int Seed { get; init; } = 2026;

    /// <summary>Called for each person met, in order; for the people file of ЕСИА.</summary>
    public Action<School?, IReadOnlyList<Person>>? Meet { get; init; }

    /// <summary>Told what is going on.</summary>
    public IProgress<LoadProgress>? Progress { get; init; }
}

/// <summary>How far a load has come.</summary>
/// <param name="Step">What is being done, in Russian.</param>
/// <param name="Done">Parts done.</param>
/// <param name="Total">Parts in all.</param>
public sealed record LoadProgress(string Step, int Done, int Total);

/// <summary>What was loaded.</summary>
public sealed record LoadResult(
    int Schools, int Pupils, int People, long Lessons, long Marks, IReadOnlyList<Membership> Offices, IReadOnlyList<DemoPerson> Demo, Person Stranger);

/// <summary>
/// Loads a generated region by COPY. People are made one school after another (families span schools) and committed
/// before their school is handed on; journals of several schools are written side by side, a transaction a school.
/// </summary>
public sealed class RegionLoader(string ownerConnection)
{
    private const int Writers = 3;
    private int pupils;
    private int people;
    private int schools;
    private long lessons;
    private long marks;

    /// <summary>Loads into an empty, migrated database; an interrupted earlier load is wiped first.</summary>
    /// <exception cref="InvalidOperationException">The database already holds data.</exception>
    public async Task<LoadResult> LoadAsync(LoadRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var owner = Open();
        var state = new DemoState(owner);
        switch (await state.ReadAsync(cancel))
        {
            case LoadState.Interrupted: await state.WipeAsync(cancel); break;
            case LoadState.Empty: break;
            default: throw new InvalidOperationException("The database already holds data");
        }

        var region = RegionPlan.Create(request.Size, request.Seed);
        var calendar = Calendar.Of(request.Today);
        var population = new Population(region, request.Seed, calendar);
        await state.BeginAsync(request.Size, request.Seed, request.Today, cancel);
        var isHeavy = request.Size == RegionSize.Region;
        if (isHeavy) await new HeavyIndexes(owner).DropAsync(cancel);

        await WriteSchoolsAsync(owner, request, region, calendar, population, cancel);

        if (isHeavy)
            await new HeavyIndexes(owner).RestoreAsync((done, total) => request.Progress?.Report(new("Строю индексы", done, total)), cancel);
        if (request.Size != RegionSize.Sample) await new ConnectionRows(owner).WriteAsync(request.Today, cancel);
        request.Progress?.Report(new("Собираю статистику", 0, 1));
        await AnalyzeAsync(owner, cancel);
        request.Progress?.Report(new("Собираю статистику", 1, 1));
        await state.FinishAsync(population.Demo, cancel);
        return new LoadResult(schools, pupils, people, lessons, marks, population.Offices, population.Demo, population.Stranger);
    }

    private async Task WriteSchoolsAsync(
        NpgsqlDataSource owner, LoadRequest request, RegionPlan region, Calendar calendar, Population population, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Few whole schools wait at a time: that bounds memory.
        var waiting = Channel.CreateBounded<School>(2);
        var writers = Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            try
            {
                await foreach (var school in waiting.Reader.ReadAllAsync(stop.Token))
                {
                    WriteSchool(owner, school, request, calendar);
                    request.Progress?.Report(new("Заполняю школы", Interlocked.Increment(ref schools), region.Schools.Count));
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }, CancellationToken.None)).ToArray();

        try
        {
            await Task.Run(() => ProduceAsync(owner, request, region, calendar, population, waiting.Writer, stop.Token), CancellationToken.None);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // A writer failed; its own error comes out below.
        }
        finally
        {
            waiting.Writer.TryComplete();
            await Task.WhenAll(writers);
        }
    }

    private async Task ProduceAsync(
        NpgsqlDataSource owner, LoadRequest request, RegionPlan region, Calendar calendar, Population population,
        ChannelWriter<School> waiting, CancellationToken cancel)
    {
        await using var connection = await owner.OpenConnectionAsync(cancel);
        var rows = new RegistryRows(connection, calendar);
        rows.WriteOrganisations(region);
        var officials = population.Offices.Select(m => m.Person).ToList();
        Meet(rows, request, null, officials);
        rows.WriteMemberships(population.Offices);
        foreach (var school in population.MakeSchools())
        {
            Meet(rows, request, school, school.NewPeople);
            await waiting.WriteAsync(school, cancel);
        }
    }

    private void Meet(RegistryRows rows, LoadRequest request, School? school, List<Person> met)
    {
        rows.WritePeople(met, request.Seal);
        people += met.Count;
        request.Meet?.Invoke(school, met);
    }

    private void WriteSchool(NpgsqlDataSource owner, School school, LoadRequest request, Calendar calendar)
    {
        using var connection = owner.OpenConnection();
        using var transaction = connection.BeginTransaction();
        new RegistryRows(connection, calendar).WriteSchool(school);
        var year = YearMaker.Make(school, calendar, request.Today, request.Seed);
        var written = new JournalRows(connection, school, calendar, request.Size != RegionSize.Region).Write(year);
        // Tests of the sample begin with terms nobody has set; the region is weighed, not looked at.
        if (request.Size == RegionSize.Small) OfficeRows.Write(connection, school, calendar, request.Today);
        transaction.Commit();
        Interlocked.Add(ref marks, written);
        Interlocked.Add(ref lessons, year.Lessons.Count);
        Interlocked.Add(ref pupils, school.Pupils.Count());
    }

    private static async Task AnalyzeAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        // VACUUM marks pages all-visible; without it the first reads of every page would write.
        await using var command = owner.CreateCommand("""
            select string_agg(oid::regclass::text, ', ') from pg_class
             where relnamespace in ('registry'::regnamespace, 'journal'::regnamespace) and relkind in ('r', 'p') and not relispartition
            """);
        var tables = (string)(await command.ExecuteScalarAsync(cancel))!;
        await using var vacuum = owner.CreateCommand($"vacuum (analyze) {tables}");
        vacuum.CommandTimeout = 0;
        await vacuum.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlDataSource Open() => new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(ownerConnection)
    {
        ApplicationName = "myschool-generator",
        // The load is repeatable: a crash costs the load, not data.
        Options = "-c synchronous_commit=off",
        CommandTimeout = 0,
        MaxPoolSize = Writers + 3,
    }.ConnectionString).Build();
}
