using System.Security.Cryptography;
using MySchool.CommandLine.Postgres;
using MySchool.Kernel.Data;
using Spectre.Console;

namespace MySchool.CommandLine.Launch;

/// <summary>
/// A federation on one machine: the portal, two regions of this platform, a third with a foreign journal, ГИС РУО and one ЕСИА.
/// Nodes share nothing but this machine: each has a database, ports, keys and an address of its own.
/// </summary>
internal sealed class FederationLauncher(string folder, int wantedPort, bool isReset)
{
    private readonly List<ChildProcess> children = [];

    /// <summary>Runs until told to stop (answers 0).</summary>
    public async Task<int> RunAsync(DateOnly today, CancellationToken stop)
    {
        using var root = DataFolder.Open(folder);
        root.Hold();
        if (isReset) root.Wipe();
        await using var cluster = new PostgresCluster(root);
        await Say.StepAsync("PostgreSQL работает", async () =>
        {
            await cluster.StartAsync(stop);
            return true;
        });
        var ports = Ports();
        using var portal = await NodeAsync(root, cluster, "portal", ports[0], ports[5], stop);
        using var one = await NodeAsync(root, cluster, "one", ports[1], ports[5], stop);
        using var two = await NodeAsync(root, cluster, "two", ports[2], ports[5], stop);
        var demo = new FederationDemo(today);
        await Say.StepAsync("Люди и дневники двух регионов готовы", async () =>
        {
            await demo.LoadPortalAsync(portal, stop);
            await demo.LoadAsync(one, isFirst: true, stop);
            await demo.LoadAsync(two, isFirst: false, stop);
            demo.WritePeople(portal.PeopleFile);
            return true;
        });
        try
        {
            await StartAsync(root, demo, (portal, one, two), ports, stop);
            Greet(demo, portal, one, two);
            return await WatchAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            Say.Line("Останавливаю узлы…");
            await Task.WhenAll(children.AsEnumerable().Reverse().Select(child => Launcher.StopAsync(child, null)));
        }
    }

    private int[] Ports()
    {
        var ports = new int[6];
        for (var i = 0; i < ports.Length; i++) ports[i] = FreePort.From(i == 0 ? wantedPort : ports[i - 1] + 1);
        return ports;
    }

    private static async Task<FederationNode> NodeAsync(DataFolder root, PostgresCluster cluster, string name, int port, int esiaPort, CancellationToken stop)
    {
        var database = await cluster.PrepareDatabaseAsync($"myschool_{name}", stop);
        Migrator.Migrate(database.Owner, PlatformDatabase.Modules);
        return new FederationNode(root, name, database, port, esiaPort);
    }

    private async Task StartAsync(DataFolder root, FederationDemo demo, (FederationNode Portal, FederationNode One, FederationNode Two) nodes, int[] ports, CancellationToken stop)
    {
        var (portal, one, two) = nodes;
        var secret = SecretOf(root);
        foreach (var region in (FederationNode[])[one, two]) await region.RegisterPortalAsync(secret, stop);
        var (ruo, net) = ($"http://127.0.0.1:{ports[3]}", $"http://127.0.0.1:{ports[4]}");
        var (places, students) = (Path.Combine(Path.GetDirectoryName(portal.PeopleFile)!, "places.json"), Path.Combine(Path.GetDirectoryName(portal.PeopleFile)!, "students.json"));
        demo.WritePlaces(places);
        demo.WriteStudents(students);
        portal.Programs.Account.Own(Path.GetDirectoryName(portal.PeopleFile)!);
        Start(portal.Programs.Esia(Clients(one, two)));
        Start(portal.Programs.StandIn("gisruo", "MySchool.StandIns.GisRuo", "Учебный стенд ГИС РУО", new() { ["Urls"] = ruo, ["Ruo__PeopleFile"] = places, ["Ruo__ClientId"] = portal.Name, ["Ruo__Secret"] = secret }));
        Start(portal.Programs.StandIn("setevoygorod", "MySchool.StandIns.SetevoyGorod", "Учебный стенд «Сетевого Города»", new()
        {
            ["Urls"] = net, ["NetSchool__Login"] = "system-portal", ["NetSchool__Password"] = secret, ["NetSchool__StudentsFile"] = students,
        }));
        Start(one.Programs.Host(one.Database, FederationDemo.TitleOne, one.RegionSettings(portal)));
        Start(two.Programs.Host(two.Database, FederationDemo.TitleTwo, two.RegionSettings(portal)));
        Start(portal.Programs.Host(portal.Database, "Федеральный портал", portal.PortalSettings(ruo, secret,
        [
            RegionOf(one, FederationDemo.CodeOne, FederationDemo.TitleOne), RegionOf(two, FederationDemo.CodeTwo, FederationDemo.TitleTwo),
            new(FederationDemo.CodeNet, FederationDemo.TitleNet, "netschool", net, "", ""),
        ])));
        foreach (var node in (FederationNode[])[portal, one, two])
            await Say.StepAsync($"{node.Programs.Address} отвечает", () => Launcher.WaitUntilReadyAsync(node.Programs.Loopback, [.. children.AsEnumerable().Reverse()], stop));
    }

    private static FederationRegion RegionOf(FederationNode node, string code, string title) =>
        new(code, title, "own", node.Programs.Loopback, $"{node.Name} {node.PublicKey}", $"{node.Programs.Address}/account/consents");

    private static Dictionary<string, string> Clients(params FederationNode[] regions)
    {
        var settings = new Dictionary<string, string>();
        for (var i = 0; i < regions.Length; i++)
        {
            settings[$"Esia__Clients__{i + 1}__Mnemonic"] = regions[i].Programs.ClientId;
            settings[$"Esia__Clients__{i + 1}__CertificateFile"] = regions[i].EsiaCertificate;
            settings[$"Esia__Clients__{i + 1}__RedirectUris__0"] = $"{regions[i].Programs.Address}/esia/callback";
        }
        return settings;
    }

    private void Start(ChildCommand command) => children.Add(ChildProcess.Start(command));

    // A region that dies is what this is all about; the others go on.
    private async Task<int> WatchAsync(CancellationToken stop)
    {
        var living = children.ToList();
        try
        {
            while (living.Count > 0)
            {
                await Task.WhenAny(living.Select(child => child.WaitAsync(stop)));
                stop.ThrowIfCancellationRequested();
                foreach (var dead in living.Where(child => child.HasExited).ToList())
                {
                    Say.Warning($"{dead.Command.Name}: процесс завершился с кодом {dead.ExitCode}. Остальные работают.");
                    living.Remove(dead);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        return 1;
    }

    // The account of the portal at its partners: made once.
    private static string SecretOf(DataFolder root)
    {
        var path = Path.Combine(root.Secrets, "federation.secret");
        if (File.Exists(path)) return File.ReadAllText(path);
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(System.Text.Encoding.ASCII.GetBytes(secret));
        return secret;
    }

    private void Greet(FederationDemo demo, FederationNode portal, FederationNode one, FederationNode two)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine($"Портал: [bold]{portal.Programs.Address}/[/]. Регионы: [bold]{one.Programs.Address}/[/] ({FederationDemo.TitleOne}) и [bold]{two.Programs.Address}/[/] ({FederationDemo.TitleTwo}).");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Имя", "Кто", "Что попробовать");
        foreach (var line in demo.Lines()) table.AddRow(Markup.Escape(line.Name), Markup.Escape(line.Role), Markup.Escape(line.Try));
        AnsiConsole.Write(table);
        var region = children.First(child => child.Command.Name == FederationDemo.TitleTwo);
        AnsiConsole.MarkupLine($"Регион замолчал: [bold]kill -STOP {region.Id}[/], очнулся: [bold]kill -CONT {region.Id}[/], умер: [bold]kill {region.Id}[/]. Обновляйте страницу портала.");
        AnsiConsole.MarkupLine("Остановить всё: [bold]Ctrl-C[/]. Начать заново: [bold]./run --federation --reset[/].");
    }
}
