using MySchool.Contracts.Access;
using MySchool.Kernel.Data;

namespace MySchool.CommandLine.Launch;

/// <summary>One node of a federation on this machine: a folder, a database, ports and keys of its own.</summary>
internal sealed class FederationNode : IDisposable
{
    /// <summary>The registration by which regions know the portal.</summary>
    public static readonly Guid Portal = Guid.Parse("0193a000-0000-7000-8000-000000000001");

    private readonly DataFolder data;
    private readonly PlatformKeys keys;
    private readonly string keyFile;

    public FederationNode(DataFolder root, string name, DatabaseOptions database, int port, int esiaPort)
    {
        Name = name;
        Database = database;
        data = DataFolder.Open(Path.Combine(root.Path, name));
        data.Hold();
        Directory.CreateDirectory(data.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        keys = PlatformKeys.Open(data);
        keyFile = Path.Combine(data.Secrets, "federation.pem");
        PublicKey = PartnerSetup.EnsureKey(keyFile);
        Programs = new Programs(data, keys, port, esiaPort) { ClientId = $"MYSCHOOL-{name.ToUpperInvariant()}", Prefix = $"{name}." };
        keys.GiveTo(Programs.Account);
        Programs.Account.Own(keyFile);
        foreach (var folder in (string[])[data.Mail, data.Files])
        {
            Directory.CreateDirectory(folder);
            Programs.Account.Own(folder);
        }
    }

    public string Name { get; }

    public DatabaseOptions Database { get; }

    public Programs Programs { get; }

    public string PublicKey { get; }

    public string SnilsKey => keys.SnilsKey;

    public string TokenKey => keys.TokenKey;

    public string EsiaCertificate => keys.EsiaCertificate;

    /// <summary>The file of people, when this node keeps the stand-in of ЕСИА.</summary>
    public string PeopleFile => DemoRegion.PeopleFile(data);

    /// <summary>A region's own settings: its key, and the portal that may ask.</summary>
    public Dictionary<string, string> RegionSettings(FederationNode portal) => new()
    {
        ["Esia__TokenKeyFile"] = portal.TokenKey,
        ["Federation__KeyId"] = Name, ["Federation__KeyFile"] = keyFile,
        ["Federation__Callers__0__System"] = Portal.ToString(), ["Federation__Callers__0__KeyId"] = portal.Name, ["Federation__Callers__0__PublicKey"] = portal.PublicKey,
    };

    /// <summary>The portal's own settings: its key, ГИС РУО and the regions it asks.</summary>
    public Dictionary<string, string> PortalSettings(string ruo, string secret, IReadOnlyList<FederationRegion> regions)
    {
        var settings = new Dictionary<string, string>
        {
            ["Federation__KeyId"] = Name, ["Federation__KeyFile"] = keyFile, ["Federation__Ruo__Address"] = ruo, ["Federation__Ruo__ClientId"] = Name,
            ["Federation__Ruo__Secret"] = secret, ["Outgoing__MayStayInside"] = "true", ["Outgoing__AllowedHosts__0"] = new Uri(ruo).Authority,
        };
        for (var i = 0; i < regions.Count; i++)
        {
            var region = regions[i];
            settings[$"Outgoing__AllowedHosts__{i + 1}"] = new Uri(region.Address).Authority;
            foreach (var (key, value) in ((string, string)[])[("Code", region.Code), ("Name", region.Title), ("Dialect", region.Dialect), ("Address", region.Address), ("Account", "system-portal"),
                ("Secret", secret), ("PublicKeys", region.PublicKeys), ("ConsentPage", region.ConsentPage),
                // The first question to a node that has just started takes longer than any later one.
                ("DeadlineMs", "3000")])
                settings[$"Federation__Regions__{i}__{key}"] = value;
        }
        return settings;
    }

    /// <summary>Lets the portal ask this region.</summary>
    public Task RegisterPortalAsync(string secret, CancellationToken cancel) =>
        PartnerSetup.RegisterSystemAsync(Database.Owner, Portal, "system-portal", secret, ApiScopes.Diary, "Федеральный портал", cancel);

    public void Dispose() => data.Dispose();
}

/// <summary>A region as the portal is told of it.</summary>
internal sealed record FederationRegion(string Code, string Title, string Dialect, string Address, string PublicKeys, string ConsentPage);
