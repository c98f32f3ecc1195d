using System.Text.RegularExpressions;
using MySchool.Access.Resources;
using MySchool.Kernel;

namespace MySchool.Access.Esia;

/// <summary>ЕСИА's codes as words a person can act on.</summary>
internal static partial class EsiaErrors
{
    public static Problem Away => new("access.esia-away", Texts.EsiaAway, null, 503);

    public static Problem StateMismatch => new("access.esia-state", Texts.EsiaState, null, 400);

    public static Problem BadToken => new("access.esia-token", Texts.EsiaToken, null, 400);

    public static Problem Unconfirmed => new("access.esia-unconfirmed", Texts.EsiaUnconfirmed, null, 403);

    /// <summary>Maps what ЕСИА said. The text itself is never shown: it is written for engineers.</summary>
    /// <param name="error">OAuth error.</param>
    /// <param name="description">ЕСИА's description, starting with its own code.</param>
    public static Problem From(string? error, string? description)
    {
        var code = Code().Match(description ?? "").Groups[1].Value;
        return code switch
        {
            "007004" => new("access.esia-refused", Texts.EsiaRefused, null, 403),
            "007055" => Unconfirmed,
            "007011" => new("access.esia-code-spent", Texts.EsiaCodeSpent, null, 400),
            "007015" => new("access.esia-clock", Texts.EsiaClock, null, 503),
            "007003" or "007006" or "007014" or "007023" or "007053" => new($"access.esia-{code}", string.Format(null, OurFault, code), null, 503),
            "007019" => new("access.esia-permission", Texts.EsiaPermission, null, 403),
            "036716" => new("access.esia-consent", Texts.EsiaConsent, null, 503),
            _ when code.StartsWith("03670", StringComparison.Ordinal) => new("access.esia-consent", Texts.EsiaConsent, null, 503),
            _ when error == "access_denied" => new("access.esia-refused", Texts.EsiaRefused, null, 403),
            _ => new("access.esia-unknown", Texts.EsiaUnknown, null, 503),
        };
    }

    private static readonly System.Text.CompositeFormat OurFault = System.Text.CompositeFormat.Parse(Texts.EsiaOurFault);

    [GeneratedRegex(@"ESIA-(\d{6})")]
    private static partial Regex Code();
}
