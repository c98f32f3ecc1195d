namespace MySchool.Access.Esia;

/// <summary>Which of ЕСИА's two protocols is spoken.</summary>
internal enum EsiaDialect
{
    /// <summary>v2/ac and v3/te, a raw signature.</summary>
    Current,

    /// <summary>ac and te, a detached CMS.</summary>
    Legacy,
}

/// <summary>Configuration section <c>Esia</c>.</summary>
internal sealed class EsiaOptions
{
    public const string Section = "Esia";

    public EsiaDialect Dialect { get; set; } = EsiaDialect.Current;

    /// <summary>ЕСИА itself, e.g. <c>https://esia.gosuslugi.ru</c>.</summary>
    public string BaseUrl { get; set; } = "http://localhost:5100";

    /// <summary>Mnemonic of our information system.</summary>
    public string ClientId { get; set; } = "MYSCHOOL";

    public string Scope { get; set; } = "openid fullname birthdate gender snils kid_fullname kid_birthdate kid_snils";

    /// <summary>Where ЕСИА sends people back; registered there letter for letter.</summary>
    public string RedirectUri { get; set; } = "http://localhost:5000/esia/callback";

    /// <summary>Private ГОСТ key (PEM).</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Our certificate (PEM or DER), the same that is registered with ЕСИА.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Public RSA key (PEM) that ЕСИА signs tokens with.</summary>
    public string TokenKeyFile { get; set; } = "";

    /// <summary>How long we wait for one answer before saying that ЕСИА is away.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Expected <c>iss</c>; by default http, the host and a slash, as ЕСИА writes it.</summary>
    public string? Issuer { get; set; }

    public string ExpectedIssuer => Issuer ?? $"http://{new Uri(BaseUrl).Authority}/";

    /// <summary>ЕСИА's origin, for the security policy of forms.</summary>
    public string Origin => new Uri(BaseUrl).GetLeftPart(UriPartial.Authority);

    /// <summary>Our own origin.</summary>
    public string OwnOrigin => new Uri(RedirectUri).GetLeftPart(UriPartial.Authority);
}
