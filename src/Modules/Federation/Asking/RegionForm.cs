using System.Globalization;
using MySchool.Federation.Resources;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Asking;

/// <summary>What the operator types about a region.</summary>
internal sealed record RegionForm
{
    public string Name { get; init; } = "";

    public string Code { get; init; } = "";

    public string Dialect { get; init; } = Dialects.Own;

    public string Address { get; init; } = "";

    public string Account { get; init; } = "";

    /// <summary>Empty leaves what there is.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Lines «name base64».</summary>
    public string PublicKeys { get; init; } = "";

    public string ConsentPage { get; init; } = "";

    /// <summary>As typed.</summary>
    public string DeadlineMs { get; init; } = "1500";

    public bool IsOn { get; init; } = true;

    /// <summary>Of the region that the form was opened with.</summary>
    public int Version { get; init; }

    public static RegionForm Of(Region region) => new()
    {
        Name = region.Name, Code = region.Code, Dialect = region.Dialect, Address = region.Address, Account = region.Account, PublicKeys = region.PublicKeys,
        ConsentPage = region.ConsentPage, DeadlineMs = region.DeadlineMs.ToString(CultureInfo.InvariantCulture), IsOn = region.IsOn, Version = region.Version,
    };

    /// <summary>What is wrong with it, or null.</summary>
    /// <param name="http">Says which hosts may be called.</param>
    public Problem? Check(OutgoingHttp http)
    {
        if (Name.Length is < 2 or > 120 || Name.Any(char.IsControl)) return Wrong("name", Texts.NameWrong);
        if (Code.Length is < 2 or > 11 || !Code.All(char.IsAsciiDigit)) return Wrong("code", Texts.CodeWrong);
        if (!Dialects.All.Contains(Dialect)) return Wrong("dialect", Texts.DialectWrong);
        if (!IsAddress(Address) || Address.Contains('?', StringComparison.Ordinal)) return Wrong("address", Texts.AddressWrong);
        if (!http.Allows(new Uri(Address))) return Wrong("address", Texts.AddressNotAllowed);
        if (Account.Length > 120 || Account.Any(char.IsControl)) return Wrong("account", Texts.AccountWrong);
        if (Secret.Length > 500) return Wrong("secret", Texts.SecretWrong);
        if (PublicKeys.Length > 4000 || PartnerKeys.Read(PublicKeys) is not { } keys || (Dialect == Dialects.Own && keys.Count == 0)) return Wrong("publicKeys", Texts.KeysWrong);
        if (ConsentPage.Length > 0 && !IsAddress(ConsentPage)) return Wrong("consentPage", Texts.ConsentPageWrong);
        return int.TryParse(DeadlineMs, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms is >= 200 and <= 10_000 ? null : Wrong("deadlineMs", Texts.DeadlineWrong);
    }

    private static bool IsAddress(string text) => text.Length is >= 8 and <= 300 && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter))
        && Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.UserInfo.Length == 0 && address.Fragment.Length == 0;

    private static Problem Wrong(string field, string text) => new($"federation.region-{field.ToLowerInvariant()}", text, field);
}
