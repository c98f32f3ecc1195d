using MySchool.Generator;
using MySchool.Generator.Export;
using MySchool.Generator.Load;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Kernel.Secrets;
using Npgsql;
using Spectre.Console;

namespace MySchool.CommandLine.Launch;

/// <summary>Loads the demo region into an empty database, with progress on the console.</summary>
internal sealed class DemoRegion(DataFolder data, string ownerConnection, bool isSizeAsked)
{
    /// <summary>People for the stand-in of ЕСИА.</summary>
    public static string PeopleFile(DataFolder data) => Path.Combine(data.StandIn, "people.jsonl");

    /// <summary>Loads when there is nothing yet, or when an earlier load was cut short.</summary>
    public async Task EnsureAsync(RegionSize size, DateOnly today, CancellationToken cancel)
    {
        await using (var owner = NpgsqlDataSource.Create(ownerConnection))
        {
            var state = await new DemoState(owner).ReadAsync(cancel);
            if (state == LoadState.ForeignData) return;
            if (state == LoadState.Loaded)
            {
                await RestorePeopleFileAsync(size, new DemoState(owner), cancel);
                return;
            }
            if (state == LoadState.Interrupted) Say.Warning("Прошлая загрузка данных прервалась: начинаю заново.");
        }
        var started = TimeProvider.System.GetTimestamp();
        var result = AnsiConsole.Profile.Capabilities.Interactive
            ? await LoadWithBarsAsync(size, today, cancel)
            : await LoadAsync(size, today, new PlainProgress(), cancel);
        Say.Done($"Данные загружены: школ {result.Schools:N0}, учеников {result.Pupils:N0}, людей всего {result.People:N0}, уроков {result.Lessons:N0}, "
            + $"оценок {result.Marks:N0} ({TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} с)");
    }

    /// <summary>People of the console's table; none when the data are not ours.</summary>
    public async Task<IReadOnlyList<DemoLine>> ReadPeopleAsync(CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(ownerConnection);
        return await new DemoState(owner).ReadPeopleAsync(cancel);
    }

    // After a restore, or on another machine with the same server, the file is made again from the seed.
    private async Task RestorePeopleFileAsync(RegionSize wanted, DemoState state, CancellationToken cancel)
    {
        var loaded = await state.ReadLoadAsync(cancel);
        if (loaded.Size != wanted && isSizeAsked) Say.Warning($"Данные уже загружены (размер {loaded.Size}). Чтобы сменить размер, добавьте --reset.");
        if (File.Exists(PeopleFile(data))) return;
        await Say.StepAsync("Список людей для учебного стенда ЕСИА готов", () => Task.Run(
            () =>
            {
                var region = RegionPlan.Create(loaded.Size, loaded.Seed);
                var population = new Population(region, loaded.Seed, Generator.Year.Calendar.Of(loaded.Today));
                using var file = OpenPeopleFile();
                file.Add(null, [.. population.Offices.Select(m => m.Person)]);
                foreach (var school in population.MakeSchools()) file.Add(school, school.NewPeople);
                file.Complete(population.Offices, population.Demo, population.Stranger);
                return true;
            },
            cancel));
    }

    private EsiaPeopleFile OpenPeopleFile()
    {
        var path = PeopleFile(data);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new EsiaPeopleFile(path, "Заречная область");
    }

    private async Task<LoadResult> LoadAsync(RegionSize size, DateOnly today, IProgress<LoadProgress> progress, CancellationToken cancel)
    {
        var vault = IdentifierVault.OpenOrCreate(Path.Combine(data.Secrets, "snils.key"));
        using var esia = OpenPeopleFile();
        var result = await new RegionLoader(ownerConnection).LoadAsync(
            new LoadRequest(size, today, snils => (vault.Hash(snils), vault.Encrypt(snils))) { Meet = esia.Add, Progress = progress }, cancel);
        esia.Complete(result.Offices, result.Demo, result.Stranger);
        return result;
    }

    private Task<LoadResult> LoadWithBarsAsync(RegionSize size, DateOnly today, CancellationToken cancel) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
        .StartAsync(bars => LoadAsync(size, today, new BarProgress(bars), cancel));

    private sealed class BarProgress(ProgressContext bars) : IProgress<LoadProgress>
    {
        private readonly Lock guard = new();
        private readonly Dictionary<string, ProgressTask> tasks = [];

        public void Report(LoadProgress value)
        {
            lock (guard)
            {
                if (!tasks.TryGetValue(value.Step, out var task)) tasks[value.Step] = task = bars.AddTask(value.Step, maxValue: value.Total);
                task.Value = Math.Max(task.Value, value.Done);
            }
        }
    }

    // Without a terminal a line now and then is enough.
    private sealed class PlainProgress : IProgress<LoadProgress>
    {
        private readonly Lock guard = new();
        private (string Step, int Tenth) last;

        public void Report(LoadProgress value)
        {
            lock (guard)
            {
                var now = (value.Step, value.Done * 10 / value.Total);
                if (now == last) return;
                last = now;
                Say.Line($"  {value.Step}: {value.Done} из {value.Total}");
            }
        }
    }
}
