using System.CommandLine;
using MySchool.CommandLine.Launch;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool migrate</c>: brings the schema up to date and stops.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var postgres = CommonOptions.Postgres();
        var command = new Command("migrate", "Обновить схему базы данных и выйти.") { data, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            using var folder = DataFolder.Open(parsed.GetValue(data)!);
            await using var database = await Say.StepAsync("База данных готова", () => PlatformDatabase.OpenAsync(folder, parsed.GetValue(postgres), cancel));
            var applied = database.Migrate();
            foreach (var script in applied) Say.Line($"  {script}");
            Say.Done(applied.Count == 0 ? "Схема уже новейшая" : $"Схема обновлена, применено: {applied.Count}");
        });
        return command;
    }
}
