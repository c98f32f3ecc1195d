using System.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool import</c>: schools from OneRoster 1.2 CSV, all or nothing.</summary>
internal static class ImportCommand
{
    private const int BadRowsShown = 20;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var postgres = CommonOptions.Postgres();
        var source = new Argument<string>("источник") { Description = "Папка с файлами OneRoster 1.2 CSV или zip с ними." };
        var report = new Option<string?>("--report") { Description = "Куда записать все ошибки (CSV).", HelpName = "файл" };
        var command = new Command("import", "Загрузить школы из OneRoster 1.2 CSV: либо всё, либо ничего.") { source, report, data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = DataFolder.Open(parsed.GetValue(data)!);
            await using var database = await Say.StepAsync("База данных готова", () => PlatformDatabase.OpenAsync(folder, parsed.GetValue(postgres), cancel));
            database.Migrate();
            var vault = IdentifierVault.OpenOrCreate(Path.Combine(folder.Secrets, "snils.key"));
            var done = await RegistryModule.ImportAsync(database.Options, vault, parsed.GetValue(source)!, new Stages(), cancel);
            if (!done.IsOk) throw new OperatorException(done.Problem!.Message);
            var told = await TellAsync(done.Value, parsed.GetValue(report), cancel);
            if (done.Value.IsDone) await LookForDoublesAsync(database.Options, cancel);
            return told;
        });
        return command;
    }

    private static async Task<int> TellAsync(ImportReport report, string? file, CancellationToken cancel)
    {
        if (report.IsDone)
        {
            Say.Done($"Загружено: людей {report.People:N0} за {report.Elapsed.TotalSeconds:0.0} с");
            foreach (var count in report.Counts.Where(c => c.Added + c.Changed > 0))
                Say.Line($"  {count.Kind}: новых {count.Added:N0}, изменено {count.Changed:N0}");
            return 0;
        }
        Say.Error($"Ничего не записано: строк с ошибками {report.BadRowCount:N0}.");
        foreach (var row in report.BadRows.Take(BadRowsShown)) Say.Line($"  {row.File}, строка {row.Line}, {row.Field}: {row.Reason}");
        if (file is not null)
        {
            await File.WriteAllLinesAsync(file, ["файл;строка;поле;причина", .. report.BadRows.Select(r => $"{r.File};{r.Line};{r.Field};{r.Reason.Replace(';', ',')}")], cancel);
            Say.Line($"Все ошибки: {file}");
        }
        else if (report.BadRowCount > BadRowsShown) Say.Line("Остальные запишет --report ФАЙЛ.");
        return 1;
    }

    // What was loaded stands already: a search cut short is finished by the platform.
    private static async Task LookForDoublesAsync(DatabaseOptions options, CancellationToken cancel)
    {
        var people = await Say.StepAsync("Двойники найдены", () => RegistryModule.FindDoublesAsync(options, cancel));
        Say.Line($"  Проверено людей: {people:N0}. Похожие карточки — на странице «Двойники».");
    }

    private sealed class Stages : IProgress<ImportProgress>
    {
        private string last = "";

        public void Report(ImportProgress value)
        {
            if (value.Stage == last) return;
            last = value.Stage;
            Say.Line($"  {value.Stage}: {value.Rows:N0}");
        }
    }
}
