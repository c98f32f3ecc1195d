using MySchool.Kernel.Data;

namespace MySchool.CommandLine.Launch;

/// <summary>The platform's own programs and the settings they are started with.</summary>
internal sealed class Programs(DataFolder data, PlatformKeys keys, int port, int esiaPort)
{
    public const string UsualClientId = "MYSCHOOL";

    private const string HostFolder = "host";
    private const string HostAssembly = "MySchool.Host";
    private const string StandInFolder = "esia";
    private const string StandInAssembly = "MySchool.StandIns.Esia";

    /// <summary>How ЕСИА knows the platform.</summary>
    public string ClientId { get; init; } = UsualClientId;

    /// <summary>Before <c>localhost</c>, with a dot: nodes of one machine keep their cookies apart by it, for ports do not.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The account both programs run under.</summary>
    public UnprivilegedAccount Account { get; } = Choose(data);

    /// <summary>Where people open the platform. <c>localhost</c>, because browsers give it secure cookies without a certificate.</summary>
    public string Address => $"http://{Prefix}localhost:{port}";

    /// <summary>Where programs of this machine reach it: no name is asked for.</summary>
    public string Loopback => $"http://127.0.0.1:{port}";

    public string EsiaAddress => $"http://localhost:{esiaPort}";

    public ChildCommand Host(DatabaseOptions database, string name = "Платформа", IReadOnlyDictionary<string, string>? further = null) => Command(HostFolder, HostAssembly, name, With(further, new()
    {
        ["Urls"] = $"http://localhost:{port}",
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
        ["Files__Folder"] = data.Files,
        ["Files__Scanner"] = VirusScanner.SocketOf(data),
        ["Mail__SiteAddress"] = Address,
        ["Mail__Folder"] = data.Mail,
    }));

    public ChildCommand Esia(IReadOnlyDictionary<string, string>? further = null) => Command(StandInFolder, StandInAssembly, "Учебный стенд ЕСИА", With(further, new()
    {
        ["Urls"] = EsiaAddress,
        ["Esia__PublicUrl"] = EsiaAddress,
        ["Esia__PeopleFile"] = DemoRegion.PeopleFile(data),
        ["Esia__SigningKeyFile"] = keys.StandInKey,
        ["Esia__TokenKeyFile"] = keys.TokenKey,
        ["Esia__Clients__0__Mnemonic"] = ClientId,
        ["Esia__Clients__0__CertificateFile"] = keys.EsiaCertificate,
        ["Esia__Clients__0__RedirectUris__0"] = $"{Address}/esia/callback",
    }));

    /// <summary>Another stand-in, published beside the platform.</summary>
    public ChildCommand StandIn(string folder, string assembly, string name, Dictionary<string, string> settings) => Command(folder, assembly, name, settings);

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? further, Dictionary<string, string> settings)
    {
        foreach (var (key, value) in further ?? new Dictionary<string, string>()) settings[key] = value;
        return settings;
    }

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
