using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MySchool.Federation.Wire;

/// <summary>What the two headers of a signed message carry.</summary>
/// <param name="Input">Value of <c>Signature-Input</c> under our label.</param>
/// <param name="Signature">Base64 of the signature.</param>
internal sealed record SignedHeaders(string Input, string Signature)
{
    public string InputHeader => $"{MessageSignature.Label}={Input}";

    public string SignatureHeader => $"{MessageSignature.Label}=:{Signature}:";
}

/// <summary>A signature as claimed by the other side, not yet believed.</summary>
internal sealed record ClaimedSignature(
    IReadOnlyList<string> Covered, string Input, DateTimeOffset Created, string Nonce, string KeyId, byte[] Bytes)
{
    public string Text => Convert.ToBase64String(Bytes);
}

/// <summary>
/// HTTP Message Signatures (RFC 9421) as the regional diary uses them: ECDSA P-256, the whole request target, the token and the
/// digest of the body in the request; status, digest and the request's own signature in the answer, so that an answer belongs to
/// one question and to no other.
/// </summary>
internal static partial class MessageSignature
{
    public const string Label = "diary";
    public const string Tag = "myschool-diary-v1";
    private const string Algorithm = "ecdsa-p256-sha256";
    private const int LongestHeader = 1_000;

    /// <summary>What a request covers.</summary>
    public static readonly string[] OfRequest = ["\"@method\"", "\"@authority\"", "\"@path\"", "\"@query\"", "\"authorization\"", "\"content-digest\""];

    /// <summary>What an answer covers.</summary>
    public static readonly string[] OfAnswer = ["\"@status\"", "\"content-digest\"", $"\"signature\";req;key=\"{Label}\""];

    /// <summary><c>Content-Digest</c> of a body (RFC 9530).</summary>
    public static string Digest(ReadOnlySpan<byte> body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";

    /// <summary>A number used once: 144 random bits.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)).Replace('+', '-').Replace('/', '_');

    /// <summary>Signs the components.</summary>
    /// <param name="key">The private key.</param>
    /// <param name="keyId">Its name.</param>
    /// <param name="covered">Which components.</param>
    /// <param name="component">Their values.</param>
    /// <param name="now">The moment.</param>
    public static SignedHeaders Sign(EcKey key, string keyId, IReadOnlyList<string> covered, Func<string, string?> component, DateTimeOffset now)
    {
        var input = string.Create(CultureInfo.InvariantCulture,
            $"({string.Join(' ', covered)});created={now.ToUnixTimeSeconds()};nonce=\"{NewNonce()}\";keyid=\"{keyId}\";alg=\"{Algorithm}\";tag=\"{Tag}\"");
        return new(input, Convert.ToBase64String(key.Sign(Base(covered, input, component)!)));
    }

    /// <summary>Reads the two headers; null when they are not a signature of ours that covers all that must be covered.</summary>
    public static ClaimedSignature? Read(string? inputHeader, string? signatureHeader, IReadOnlyList<string> mustCover)
    {
        if (inputHeader is not { Length: > 0 and < LongestHeader } || signatureHeader is not { Length: > 0 and < LongestHeader }) return null;
        if (InputOf().Match(inputHeader) is not { Success: true } input || SignatureOf().Match(signatureHeader) is not { Success: true } signature) return null;
        var covered = Component().Matches(input.Groups["covered"].Value).Select(match => match.Value).ToList();
        // Whatever else is covered could not be rebuilt here.
        if (covered.Count != mustCover.Count || mustCover.Except(covered).Any()) return null;
        var named = Parameter().Matches(input.Groups["parameters"].Value).ToLookup(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim('"'));
        if (named["alg"].SingleOrDefault() != Algorithm || named["tag"].SingleOrDefault() != Tag) return null;
        if (!long.TryParse(named["created"].SingleOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var created) || created > 99_999_999_999) return null;
        if (named["keyid"].SingleOrDefault() is not { Length: > 0 and <= 60 } keyId || named["nonce"].SingleOrDefault() is not { Length: >= 16 and <= 80 } nonce) return null;
        var bytes = new byte[64];
        return Convert.TryFromBase64String(signature.Groups[1].Value, bytes, out var length) && length == bytes.Length
            ? new(covered, input.Groups["input"].Value, DateTimeOffset.FromUnixTimeSeconds(created), nonce, keyId, bytes) : null;
    }

    /// <summary>Whether the key made the signature over these very components.</summary>
    public static bool Holds(ClaimedSignature claimed, EcKey key, Func<string, string?> component) =>
        Base(claimed.Covered, claimed.Input, component) is { } data && key.Verify(data, claimed.Bytes);

    // RFC 9421, 2.5.
    private static byte[]? Base(IReadOnlyList<string> covered, string input, Func<string, string?> component)
    {
        var text = new StringBuilder();
        foreach (var name in covered)
        {
            if (component(name) is not { } value || value.Contains('\n', StringComparison.Ordinal)) return null;
            text.Append(name).Append(": ").Append(value).Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.Append("\"@signature-params\": ").Append(input).ToString());
    }

    [GeneratedRegex("^diary=(?<input>\\((?<covered>[^)]*)\\)(?<parameters>(?:;[a-z]+=(?:\\d+|\"[^\"]*\"))+))$")]
    private static partial Regex InputOf();

    [GeneratedRegex("^diary=:([A-Za-z0-9+/=]+):$")]
    private static partial Regex SignatureOf();

    [GeneratedRegex("\"[^\"]+\"(?:;[a-z]+(?:=\"[^\"]*\")?)*")]
    private static partial Regex Component();

    [GeneratedRegex(";([a-z]+)=(\\d+|\"[^\"]*\")")]
    private static partial Regex Parameter();
}
