using System.CommandLine;
using MySchool.CommandLine.Launch;

namespace MySchool.CommandLine.Commands;

/// <summary><c>myschool start</c>: the whole platform on this machine, until Ctrl-C.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var postgres = CommonOptions.Postgres();
        var region = CommonOptions.Region();
        var port = new Option<int>("--port")
        {
            Description = "Порт платформы на этой машине; если занят, берётся следующий свободный.",
            HelpName = "порт",
            DefaultValueFactory = _ => 8080,
        };
        var reset = new Option<bool>("--reset") { Description = "Удалить все данные и начать заново." };
        var federation = new Option<bool>("--federation") { Description = "Показать, как работают вместе федеральный узел и три региона: два на этой платформе, третий с чужим журналом." };
        var command = new Command("start", "Запустить платформу: база данных, демонстрационные данные, сайт и учебный стенд ЕСИА.")
        {
            region, reset, port, data, postgres, federation,
        };
        command.SetAction((parsed, cancel) => parsed.GetValue(federation)
            ? new FederationLauncher(Path.Combine(parsed.GetValue(data)!, "federation"), parsed.GetValue(port), parsed.GetValue(reset)).RunAsync(CommonOptions.Today(), cancel)
            : new Launcher(new LaunchRequest(
            parsed.GetValue(data)!, parsed.GetValue(region), parsed.GetValue(port), parsed.GetValue(postgres), parsed.GetValue(reset))
            {
                IsRegionAsked = parsed.GetResult(region) is { Implicit: false },
            })
            .RunAsync(CommonOptions.Today(), cancel));
        return command;
    }
}
