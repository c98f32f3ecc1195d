using MySchool.Kernel.Data;

namespace MySchool.CommandLine.Launch;

/// <summary>The platform's own programs and the settings they are started with.</summary>
internal sealed class Programs(DataFolder data, PlatformKeys keys, int port, int esiaPort)
{
    public const string ClientId = "MYSCHOOL";

    private const string HostFolder = "host";
    private const string HostAssembly = "MySchool.Host";
    private const string StandInFolder = "esia";
    private const string StandInAssembly = "MySchool.StandIns.Esia";

    /// <summary>The account both programs run under.</summary>
    public UnprivilegedAccount Account { get; } = Choose(data);

    /// <summary>Where people open the platform. <c>localhost</c>, because browsers give it secure cookies without a certificate.</summary>
    public string Address => $"http://localhost:{port}";

    public string EsiaAddress => $"http://localhost:{esiaPort}";

    public ChildCommand Host(DatabaseOptions database) => Command(HostFolder, HostAssembly, "Платформа", new()
    {
        ["Urls"] = Address,
        ["Database__App"] = database.App,
        ["Database__Facts"] = database.Facts,
        ["Database__Worker"] = database.Worker,
        ["Esia__BaseUrl"] = EsiaAddress,
        ["Esia__Authority"] = EsiaAddress,
        ["Esia__ClientId"] = ClientId,
        ["Esia__RedirectUri"] = $"{Address}/esia/callback",
        ["Esia__KeyFile"] = keys.EsiaKey,
        ["Esia__CertificateFile"] = keys.EsiaCertificate,
        ["Esia__TokenKeyFile"] = keys.TokenKey,
        ["Access__KeyRingKeyFile"] = keys.KeyRingKey,
        ["Access__KeyRingCertificateFile"] = keys.KeyRingCertificate,
        ["Access__ErasuresFolder"] = data.Erasures,
        ["Registry__SnilsKeyFile"] = keys.SnilsKey,
        ["Mail__SiteAddress"] = Address,
        ["Mail__Folder"] = data.Mail,
    });

    public ChildCommand Esia() => Command(StandInFolder, StandInAssembly, "Учебный стенд ЕСИА", new()
    {
        ["Urls"] = EsiaAddress,
        ["Esia__PublicUrl"] = EsiaAddress,
        ["Esia__PeopleFile"] = DemoRegion.PeopleFile(data),
        ["Esia__SigningKeyFile"] = keys.StandInKey,
        ["Esia__TokenKeyFile"] = keys.TokenKey,
        ["Esia__Clients__0__Mnemonic"] = ClientId,
        ["Esia__Clients__0__CertificateFile"] = keys.EsiaCertificate,
        ["Esia__Clients__0__RedirectUris__0"] = $"{Address}/esia/callback",
    });

    // Published side by side: artifacts/app/{host,esia,myschool}.
    private ChildCommand Command(string folder, string assembly, string name, Dictionary<string, string> settings)
    {
        var program = PathOf(folder, assembly);
        if (!File.Exists(program)) throw new OperatorException($"Не нашёл {program}. Соберите платформу: ./run.");
        settings["ASPNETCORE_ENVIRONMENT"] = "Production";
        settings["DOTNET_NOLOGO"] = "1";
        foreach (var (variable, value) in ServerRuntime.Settings) settings[variable] = value;
        return new ChildCommand(name, ["dotnet", program], Path.Combine(data.Logs, $"{folder}.log"))
        {
            Environment = settings,
            Drop = Account.Drop(),
            // The kernel's word when the launcher is killed: no time for politeness, committed data are safe.
            DeathSignal = UnixSignal.Kill,
            WorkingFolder = Path.GetDirectoryName(program)!,
        };
    }

    // A checkout under /root is closed to every other account: then the programs go on as ourselves, and the launcher says so.
    private static UnprivilegedAccount Choose(DataFolder data)
    {
        var account = UnprivilegedAccount.OfPlatform();
        return account.CanReach(data.Path) && account.CanRead(PathOf(HostFolder, HostAssembly)) && account.CanRead(PathOf(StandInFolder, StandInAssembly))
            && account.Run("dotnet", "--list-runtimes").Code == 0 ? account : new UnprivilegedAccount((string?)null);
    }

    private static string PathOf(string folder, string assembly) => Path.Combine(
        Environment.GetEnvironmentVariable("MYSCHOOL_APPS") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..")), folder, $"{assembly}.dll");
}
