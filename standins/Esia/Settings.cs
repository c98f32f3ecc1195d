namespace MySchool.StandIns.Esia;

/// <summary>Configuration section <c>Esia</c> of the stand-in.</summary>
internal sealed class Settings
{
    public const string Section = "Esia";

    /// <summary>Address under which browsers and clients see the stand-in, e.g. <c>http://localhost:5100</c>.</summary>
    public string PublicUrl { get; set; } = "http://localhost:5100";

    /// <summary>JSON lines, one person a line. Re-read when the file changes.</summary>
    public string PeopleFile { get; set; } = "";

    /// <summary>Private RSA key of tokens (PEM); made at first start.</summary>
    public string SigningKeyFile { get; set; } = "";

    /// <summary>Where the public half is written at start, for clients to check tokens with.</summary>
    public string TokenKeyFile { get; set; } = "";

    /// <summary>Life of an authorization code. ЕСИА gives it a minute or two.</summary>
    public int CodeSeconds { get; set; } = 90;

    /// <summary>How far a request's timestamp may stand from our clock.</summary>
    public int TimestampMinutes { get; set; } = 5;

    public IList<Client> Clients { get; } = [];

    /// <summary><c>iss</c> is http with a trailing slash even where ЕСИА itself answers over https.</summary>
    public string Issuer => $"http://{new Uri(PublicUrl).Authority}/";
}

/// <summary>An information system registered with ЕСИА.</summary>
internal sealed class Client
{
    public string Mnemonic { get; set; } = "";

    /// <summary>Certificate (PEM or DER) whose key signs the client's requests.</summary>
    public string CertificateFile { get; set; } = "";

    public IList<string> RedirectUris { get; } = [];
}
