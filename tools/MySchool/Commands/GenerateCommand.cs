using System.CommandLine;
using MySchool.Generator.Export;
using MySchool.Generator.Load;
using Spectre.Console;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool generate</c>: writes the demo region as files, without a database.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var region = CommonOptions.Region();
        var folder = new Option<string>("--to-oneroster")
        {
            Description = "Папка для файлов OneRoster 1.2 CSV.",
            HelpName = "папка",
            Required = true,
        };
        var seed = new Option<int>("--seed") { Description = "Начальное число: одинаковое даёт одну и ту же область.", HelpName = "число", DefaultValueFactory = _ => 2026 };
        var schools = new Option<int?>("--schools") { Description = "Сколько школ с людьми записать; без него — все.", HelpName = "число" };
        var command = new Command("generate", "Записать демонстрационную область в файлы, без базы данных.") { folder, region, seed, schools };
        command.SetAction(parsed =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            var people = AnsiConsole.Profile.Capabilities.Interactive
                ? AnsiConsole.Progress().Start(bars =>
                {
                    var bar = bars.AddTask("Записываю школы");
                    return Write(new Watch(p => (bar.MaxValue, bar.Value) = (p.Total, p.Done)));
                })
                : Write(null);
            Say.Done($"Файлы OneRoster записаны в {path}, людей {people:N0}");

            int Write(IProgress<LoadProgress>? progress) =>
                OneRosterExport.Write(path, parsed.GetValue(region), CommonOptions.Today(), parsed.GetValue(seed), progress, parsed.GetValue(schools));
        });
        return command;
    }

    private sealed class Watch(Action<LoadProgress> see) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => see(value);
    }
}
