using System.CommandLine;
using System.Globalization;
using MySchool.CommandLine;
using MySchool.CommandLine.Commands;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ru-RU");
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ru-RU");

var root = new RootCommand("Открытая школьная платформа «Моя школа»: запуск и обслуживание.")
{
    StartCommand.Create(),
    MigrateCommand.Create(),
    LoadCommand.Create(),
    GenerateCommand.Create(),
    ImportCommand.Create(),
    BackupCommands.CreateBackup(),
    BackupCommands.CreateRestore(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
}
catch (OperationCanceledException)
{
    Say.Line("Прервано.");
    return 130;
}
catch (OperatorException error)
{
    Say.Error(error.Message);
    return 1;
}
