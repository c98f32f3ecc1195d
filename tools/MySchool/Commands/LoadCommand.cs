using System.CommandLine;
using MySchool.CommandLine.Launch;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool load</c>: fills an empty database with the demo region and stops.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var postgres = CommonOptions.Postgres();
        var region = CommonOptions.Region();
        var command = new Command("load", "Наполнить пустую базу демонстрационными данными и выйти.") { data, postgres, region };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = DataFolder.Open(parsed.GetValue(data)!);
            await using var database = await Say.StepAsync("База данных готова", () => PlatformDatabase.OpenAsync(folder, parsed.GetValue(postgres), cancel));
            database.Migrate();
            await new DemoRegion(folder, database.Options.Owner, isSizeAsked: true).EnsureAsync(parsed.GetValue(region), CommonOptions.Today(), cancel);
        });
        return command;
    }
}
