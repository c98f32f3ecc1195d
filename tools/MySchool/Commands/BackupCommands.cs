using System.CommandLine;
using MySchool.CommandLine.Backup;
using MySchool.CommandLine.Launch;
using MySchool.Generator.Load;
using Npgsql;
using Spectre.Console;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool backup</c> and <c>myschool restore</c>.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup()
    {
        var (file, data, postgres) = (new Argument<string>("file") { Description = "Куда записать копию.", HelpName = "файл" }, CommonOptions.Data(), CommonOptions.Postgres());
        var command = new Command("backup", "Записать резервную копию всей базы в один файл; платформа при этом может работать.") { file, data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = DataFolder.Open(parsed.GetValue(data)!);
            await using var database = await PlatformDatabase.OpenAsync(folder, parsed.GetValue(postgres), cancel);
            var path = Path.GetFullPath(parsed.GetValue(file)!);
            var manifest = await WithBarAsync(report => new BackupWriter(database.Options.Owner, folder.Secrets, folder.Files)
                .WriteAsync(path, (_, done, total) => report("Копирую", done, total), cancel));
            Say.Done($"Копия записана: {path}, таблиц {manifest.Tables.Count}, строк {manifest.Tables.Sum(t => t.Rows):N0}, файлов {manifest.Files:N0}, {new FileInfo(path).Length / 1048576.0:N1} МБ");
            Say.Warning("В копии персональные данные и ключи к ним: храните её в закрытом месте.");
        });
        return command;
    }

    public static Command CreateRestore()
    {
        var (file, data, postgres) = (new Argument<string>("file") { Description = "Резервная копия.", HelpName = "файл" }, CommonOptions.Data(), CommonOptions.Postgres());
        var force = new Option<bool>("--force") { Description = "Заменить данные, которые уже есть в базе." };
        var command = new Command("restore", "Восстановить базу из резервной копии; платформа должна быть остановлена.") { file, force, data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = DataFolder.Open(parsed.GetValue(data)!);
            if (folder.IsHeldByAnother) throw new OperatorException("Сначала остановите платформу.");
            await using var database = await PlatformDatabase.OpenAsync(folder, parsed.GetValue(postgres), cancel);
            database.Migrate();
            await PrepareDemoAsync(database.Options.Owner, cancel);
            var manifest = await WithBarAsync(report => new BackupReader(database.Options.Owner, folder.Secrets, folder.Files)
                .RestoreAsync(Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(force), report, cancel));
            Say.Done($"Восстановлено: копия от {manifest.TakenAt.ToLocalTime():g}, таблиц {manifest.Tables.Count}, строк {manifest.Tables.Sum(t => t.Rows):N0}, файлов {manifest.Files:N0}");
            if (ErasedSince(folder, manifest.TakenAt) is > 0 and var erased)
                Say.Warning($"После этой копии удалены данные людей, запросов: {erased}. Когда платформа запустится, она удалит их снова.");
        });
        return command;
    }

    private static int ErasedSince(DataFolder folder, DateTimeOffset takenAt) =>
        Directory.Exists(folder.Erasures) ? new DirectoryInfo(folder.Erasures).EnumerateFiles("*.erased").Count(file => file.LastWriteTimeUtc > takenAt.UtcDateTime) : 0;

    // A copy of a demo platform holds the loader's own notes too: their tables must be there.
    private static async Task PrepareDemoAsync(string ownerConnection, CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(ownerConnection);
        await new DemoState(owner).ReadAsync(cancel);
    }

    private static async Task<BackupManifest> WithBarAsync(Func<Action<string, int, int>, Task<BackupManifest>> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive) return await work((_, _, _) => { });
        return await AnsiConsole.Progress().StartAsync(bars =>
        {
            var tasks = new Dictionary<string, ProgressTask>();
            return work((step, done, total) =>
            {
                if (!tasks.TryGetValue(step, out var task)) tasks[step] = task = bars.AddTask(step, maxValue: total);
                task.Value = done + 1;
            });
        });
    }
}
