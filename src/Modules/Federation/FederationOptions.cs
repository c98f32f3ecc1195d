namespace MySchool.Federation;

/// <summary>Configuration section <c>Federation</c>.</summary>
internal sealed class FederationOptions
{
    public const string Section = "Federation";

    /// <summary>What this node calls its key; others know the public half under this name.</summary>
    public string KeyId { get; set; } = "";

    /// <summary>The key this node signs with: EC P-256, PEM. None: the node neither tells nor asks signed messages.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>How far the clock of the other side may be from ours; a number used once is kept twice as long.</summary>
    public int SkewSeconds { get; set; } = 60;

    /// <summary>How long the last word of a region may be shown when the region does not answer.</summary>
    public double CopyHours { get; set; } = 24;

    /// <summary>Region's side: systems that may ask, each with its key.</summary>
    public IList<CallerOptions> Callers { get; } = [];

    /// <summary>Federal side: ГИС РУО.</summary>
    public RuoOptions Ruo { get; set; } = new();

    /// <summary>Regions written at start when the node does not know them; from then on they are the operator's.</summary>
    public IList<RegionSeed> Regions { get; } = [];

    /// <summary>Whether this node shows diaries of regions.</summary>
    public bool IsFederal => Ruo.Address.Length > 0;
}

/// <summary>A system that asks for diaries.</summary>
internal sealed class CallerOptions
{
    /// <summary>Id of its registration: the end of the address of its page at «Сайты и системы».</summary>
    public Guid System { get; set; }

    /// <summary>What it calls its key.</summary>
    public string KeyId { get; set; } = "";

    /// <summary>The public half: base64 of SubjectPublicKeyInfo, with or without PEM lines.</summary>
    public string PublicKey { get; set; } = "";
}

/// <summary>ГИС РУО: told in which regions a person's family is.</summary>
internal sealed class RuoOptions
{
    public string Address { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string Secret { get; set; } = "";

    public int DeadlineMs { get; set; } = 1500;
}

/// <summary>A region as configuration tells of it.</summary>
internal sealed class RegionSeed
{
    public string Code { get; set; } = "";

    public string Name { get; set; } = "";

    public string Dialect { get; set; } = "own";

    public string Address { get; set; } = "";

    public string Account { get; set; } = "";

    public string Secret { get; set; } = "";

    public string PublicKeys { get; set; } = "";

    public string ConsentPage { get; set; } = "";

    public int DeadlineMs { get; set; } = 1500;
}
