using System.Globalization;
using MySchool.Generator;
using MySchool.Generator.Load;
using Spectre.Console;

namespace MySchool.CommandLine.Launch;

/// <summary>What to start.</summary>
/// <param name="Data">Path of the data folder.</param>
/// <param name="Region">Size of the demo region for an empty database.</param>
/// <param name="Port">Wanted port.</param>
/// <param name="Server">A PostgreSQL server to use instead of our own, or null.</param>
/// <param name="IsReset">Wipe everything first.</param>
internal sealed record LaunchRequest(string Data, RegionSize Region, int Port, string? Server, bool IsReset)
{
    /// <summary>Whether the size was named on the command line.</summary>
    public bool IsRegionAsked { get; init; }
}

/// <summary>Starts everything in order, watches it, and stops it in the opposite order.</summary>
internal sealed class Launcher(LaunchRequest request)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(60);

    /// <summary>Runs until told to stop (answers 0) or until a part dies (answers 1).</summary>
    public async Task<int> RunAsync(DateOnly today, CancellationToken stop)
    {
        using var data = DataFolder.Open(request.Data);
        data.Hold();
        if (data.Path != Path.GetFullPath(request.Data)) Say.Warning($"Папка {request.Data} закрыта для непривилегированной учётной записи PostgreSQL: данные будут в {data.Path}.");
        if (request.IsReset && request.Server is null)
        {
            data.Wipe();
            Say.Done("Прежние данные удалены");
        }
        await using var database = await Say.StepAsync("PostgreSQL работает", () => PlatformDatabase.OpenAsync(data, request.Server, stop));
        if (request.IsReset && request.Server is not null)
        {
            await database.EmptyAsync(stop);
            Say.Done("Прежние данные удалены");
        }
        await Say.StepAsync("Схема базы данных готова", () => Task.Run(database.Migrate, stop));
        var region = new DemoRegion(data, database.Options.Owner, request.IsRegionAsked);
        await region.EnsureAsync(request.Region, today, stop);
        var people = await region.ReadPeopleAsync(stop);
        return await ServeAsync(data, database, people, stop);
    }

    private async Task<int> ServeAsync(DataFolder data, PlatformDatabase database, IReadOnlyList<DemoLine> people, CancellationToken stop)
    {
        var port = FreePort.From(request.Port);
        if (port != request.Port) Say.Warning($"Порт {request.Port} занят, беру {port}.");
        var keys = PlatformKeys.Open(data);
        var programs = new Programs(data, keys, port, FreePort.From(port + 1));
        keys.GiveTo(programs.Account);
        foreach (var folder in (string[])[data.Mail, data.Erasures, data.Files])
        {
            Directory.CreateDirectory(folder);
            programs.Account.Own(folder);
        }
        if (Environment.IsPrivilegedProcess && programs.Account.Name is null)
            Say.Warning("Платформа работает от root: программа лежит там, куда другой учётной записи входа нет. Перенесите её, например, в /opt.");
        ChildProcess? esia = null;
        ChildProcess? host = null;
        ChildProcess? scanner = null;
        try
        {
            // The stand-in writes the public key that the platform checks tokens with: it goes first.
            esia = ChildProcess.Start(programs.Esia());
            scanner = StartScanner(data, programs);
            host = ChildProcess.Start(programs.Host(database.Options));
            await Say.StepAsync("Платформа готова", () => WaitUntilReadyAsync(programs.Address, [host, esia], stop));
            Greet(programs, people);
            return await WatchAsync([host, esia], database, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await StopAsync(host, "Завершаю начатые запросы");
            await StopAsync(esia, null);
            await StopAsync(scanner, null);
            if (request.Server is null) Say.Line("Останавливаю PostgreSQL…");
        }
    }

    // Nothing depends on its life: without it files wait in quarantine, and everything else goes on.
    private static ChildProcess? StartScanner(DataFolder data, Programs programs)
    {
        if (VirusScanner.Prepare(data, programs.Account) is not { } command)
        {
            Say.Warning("Программы clamd на машине нет: присланные файлы ждут в карантине. Поставьте её: deploy/setup.");
            return null;
        }
        if (!VirusScanner.HasSignatures) Say.Warning("Баз вирусов на машине нет (freshclam): проверка узнаёт только учебный файл EICAR.");
        return ChildProcess.Start(command);
    }

    internal static async Task<bool> WaitUntilReadyAsync(string address, ChildProcess[] children, CancellationToken stop)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < ReadyPatience)
        {
            ThrowIfDead(children);
            try
            {
                using var answer = await client.GetAsync(new Uri($"{address}/health/ready"), stop);
                if (answer.IsSuccessStatusCode) return true;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                // Listening, and too busy starting to answer.
            }
            await Task.Delay(50, stop);
        }
        throw new OperatorException($"Платформа не отвечает. Последние строки журнала:\n{children[0].LogTail(15)}");
    }

    private static async Task<int> WatchAsync(ChildProcess[] children, PlatformDatabase database, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.WhenAny([.. children.Select(child => child.WaitAsync(stop)), Task.Delay(TimeSpan.FromSeconds(30), stop)]);
                stop.ThrowIfCancellationRequested();
                ThrowIfDead(children);
                await WarnIfSickAsync(database, stop);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task WarnIfSickAsync(PlatformDatabase database, CancellationToken stop)
    {
        try
        {
            await database.CheckHealthAsync(stop);
        }
        catch (Npgsql.NpgsqlException error)
        {
            if (database.HasDied) throw new OperatorException("PostgreSQL неожиданно завершился. Запустите ./run ещё раз: данные восстановятся.");
            Say.Warning($"PostgreSQL не отвечает: {error.Message}");
        }
    }

    internal static void ThrowIfDead(ChildProcess[] children)
    {
        foreach (var child in children.Where(c => c.HasExited))
            throw new OperatorException(
                $"{child.Command.Name}: процесс завершился с кодом {child.ExitCode}. Журнал {child.Command.LogFile}, последние строки:\n{child.LogTail(15)}");
    }

    internal static async Task StopAsync(ChildProcess? child, string? message)
    {
        if (child is null) return;
        if (!child.HasExited)
        {
            if (message is not null) Say.Line($"{message}…");
            if (!await child.StopAsync(UnixSignal.Terminate, DrainPatience))
                Say.Warning($"{child.Command.Name}: не успела завершиться за {DrainPatience.TotalSeconds.ToString(CultureInfo.CurrentCulture)} с, остановлена принудительно.");
        }
        child.Dispose();
    }

    private static void Greet(Programs programs, IReadOnlyList<DemoLine> people)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine($"Откройте [bold]{programs.Address}[/] и войдите через Госуслуги (учебный стенд {programs.EsiaAddress}) под любым из этих людей:");
        if (people.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Кто", "Имя", "Где", "Что попробовать");
            foreach (var person in people)
                table.AddRow(Markup.Escape(person.Role), Markup.Escape(person.Name), Markup.Escape(person.Place), Markup.Escape(person.Try));
            AnsiConsole.Write(table);
        }
        AnsiConsole.MarkupLine("Остановить: [bold]Ctrl-C[/]. Данные сохранятся; начать заново: [bold]./run --reset[/].");
    }
}
