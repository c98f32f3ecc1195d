using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Access.Provider;

/// <summary>What the operator types about a site or a system.</summary>
internal sealed record ClientForm
{
    public string Kind { get; init; } = ClientKinds.Site;

    public string Name { get; init; } = "";

    public string LegalName { get; init; } = "";

    public string PrivacyPage { get; init; } = "";

    /// <summary>One address a line.</summary>
    public string RedirectUris { get; init; } = "";

    /// <summary>One address a line.</summary>
    public string LogoutUris { get; init; } = "";

    public string BackChannel { get; init; } = "";

    public string Sector { get; init; } = "";

    public bool IsPublic { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>ОГРН of the organisation whose system it is.</summary>
    public string Organisation { get; init; } = "";

    /// <summary>ОГРН or ОКТМО of what it may read, by spaces or lines.</summary>
    public string Units { get; init; } = "";

    public string LegalBasis { get; init; } = "";

    public static string[] Lines(string text) => text.Split([' ', '\n', '\r', '\t', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>What makes a registration acceptable. Pure.</summary>
internal static class ClientRules
{
    private const int MostAddresses = 10;
    private const int LongestAddress = 500;
    private const int MostUnits = 50;

    public static Problem? Check(ClientForm form)
    {
        if (form.Name.Length is < 2 or > 120 || form.Name.Any(char.IsControl)) return Wrong("name", Texts.ClientNameWrong);
        if (form.LegalName.Length is < 2 or > 300 || form.LegalName.Any(char.IsControl)) return Wrong("legalName", Texts.ClientLegalNameWrong);
        return form.Kind switch { ClientKinds.Site => CheckSite(form), ClientKinds.System => CheckSystem(form), _ => Problem.NotFound };
    }

    private static Problem? CheckSite(ClientForm form)
    {
        var (redirects, logouts) = (ClientForm.Lines(form.RedirectUris), ClientForm.Lines(form.LogoutUris));
        if (!IsAddress(form.PrivacyPage)) return Wrong("privacyPage", Texts.ClientPrivacyWrong);
        if (redirects.Length is 0 or > MostAddresses || !redirects.All(IsAddress)) return Wrong("redirectUris", Texts.ClientRedirectWrong);
        if (logouts.Length > MostAddresses || !logouts.All(IsAddress)) return Wrong("logoutUris", Texts.ClientRedirectWrong);
        if (form.BackChannel.Length > 0 && !IsAddress(form.BackChannel)) return Wrong("backChannel", Texts.ClientBackChannelWrong);
        if (form.Scopes.Any(scope => !SiteScopes.All.Contains(scope))) return Wrong("scopes", Texts.ClientScopesWrong);
        return SectorOf(form) is null ? Wrong("sector", Texts.ClientSectorWrong) : null;
    }

    private static Problem? CheckSystem(ClientForm form)
    {
        if (form.Scopes.Count == 0 || form.Scopes.Any(scope => !ApiScopes.All.Contains(scope))) return Wrong("scopes", Texts.ClientScopesWrong);
        if (form.LegalBasis.Trim().Length is < 10 or > 500) return Wrong("legalBasis", Texts.ClientBasisWrong);
        return ClientForm.Lines(form.Units).Length is 0 or > MostUnits ? Wrong("units", Texts.ClientUnitsWrong) : null;
    }

    /// <summary>The host all addresses share, or the one named when they differ; null when it cannot be told.</summary>
    public static string? SectorOf(ClientForm form)
    {
        var hosts = ClientForm.Lines(form.RedirectUris).Select(address => new Uri(address).Host).Distinct().ToList();
        var named = form.Sector.Trim().ToLowerInvariant();
        if (named.Length == 0) return hosts.Count == 1 ? hosts[0] : null;
        return named.Length <= 255 && Uri.CheckHostName(named) == UriHostNameType.Dns ? named : null;
    }

    /// <summary>
    /// An address a browser may be sent to: whole, without a fragment, a name inside or a wildcard; encrypted unless it never
    /// leaves the machine (RFC 8252, 7.3; RFC 9700, 2.1).
    /// </summary>
    public static bool IsAddress(string text) =>
        text.Length is > 0 and <= LongestAddress && !text.Contains('*', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal)
        && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter > '~')
        && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Fragment.Length == 0 && !text.Contains('#', StringComparison.Ordinal) && address.UserInfo.Length == 0
        && !address.AbsolutePath.Contains("/../", StringComparison.Ordinal) && !text.Contains("/..", StringComparison.Ordinal)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static Problem Wrong(string field, string text) => new($"access.client-{field.ToLowerInvariant()}", text, field);
}
