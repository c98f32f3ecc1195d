using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>A refusal in ЕСИА's own code and in OAuth's.</summary>
internal sealed record EsiaError(string Code, string Text, string OAuth = "invalid_request")
{
    public string Description => $"{Code}: {Text}";

    public static readonly EsiaError Missing = new("ESIA-007003", "В запросе отсутствует обязательный параметр");
    public static readonly EsiaError Refused = new("ESIA-007004", "Владелец ресурса или сервис авторизации отклонил запрос", "access_denied");
    public static readonly EsiaError Scope = new("ESIA-007006", "Запрошенная область доступа указана неверно", "invalid_scope");
    public static readonly EsiaError Spent = new("ESIA-007011", "Авторизационный код или токен обновления недействителен", "invalid_grant");
    public static readonly EsiaError Wrong = new("ESIA-007014", "Запрос не содержит обязательного параметра либо он указан неверно");
    public static readonly EsiaError Time = new("ESIA-007015", "Неверное время в запросе");
    public static readonly EsiaError NotAllowed = new("ESIA-007019", "Отсутствует разрешение на доступ", "access_denied");
    public static readonly EsiaError Redirect = new("ESIA-007023", "Адрес возврата не разрешён для системы");
    public static readonly EsiaError Secret = new("ESIA-007053", "client_secret не соответствует запросу", "unauthorized_client");
    public static readonly EsiaError Unconfirmed = new("ESIA-007055", "Вход возможен только с подтверждённой учётной записью", "access_denied");
}

/// <summary>Checks who signs a request: ГОСТ Р 34.10-2012-256 against the registered certificate, in both dialects.</summary>
internal sealed class ClientSecrets(IOptions<Settings> settings, TimeProvider time)
{
    private const string Algorithm = "GOST3411-2012-256WITHECGOST3410-2012-256";
    private readonly ConcurrentDictionary<(string Path, DateTime Written), X509Certificate> certificates = new();

    public Client? Find(string? mnemonic) => settings.Value.Clients.FirstOrDefault(client => client.Mnemonic == mnemonic);

    /// <summary>Checks a request of the current dialect.</summary>
    /// <param name="client">The client it names.</param>
    /// <param name="read">A parameter by name, or null.</param>
    /// <param name="tail">What the signed string ends with: the redirect address, and the code at the token endpoint.</param>
    public EsiaError? CheckCurrent(Client client, Func<string, string?> read, string tail)
    {
        if (Missing(read, "client_secret", "client_certificate_hash", "scope", "timestamp", "state")) return EsiaError.Missing;
        if (!IsTimely(read("timestamp")!)) return EsiaError.Time;
        var certificate = CertificateOf(client);
        var hash = DigestUtilities.CalculateDigest("GOST3411-2012-256", certificate.GetEncoded());
        if (!Convert.ToHexString(hash).Equals(read("client_certificate_hash"), StringComparison.Ordinal)) return EsiaError.Secret;
        if (Decode(read("client_secret")!) is not { Length: 64 } signature) return EsiaError.Secret;
        var signer = SignerUtilities.GetSigner(Algorithm);
        signer.Init(false, certificate.GetPublicKey());
        signer.BlockUpdate(Encoding.UTF8.GetBytes(client.Mnemonic + read("scope") + read("timestamp") + read("state") + tail));
        return signer.VerifySignature(signature) ? null : EsiaError.Secret;
    }

    /// <summary>Checks a request of the legacy dialect: a detached CMS over scope, timestamp, client and state.</summary>
    public EsiaError? CheckLegacy(Client client, Func<string, string?> read)
    {
        if (Missing(read, "client_secret", "scope", "timestamp", "state")) return EsiaError.Missing;
        if (!IsTimely(read("timestamp")!)) return EsiaError.Time;
        var signed = Encoding.UTF8.GetBytes(read("scope") + read("timestamp") + client.Mnemonic + read("state"));
        try
        {
            var cms = new CmsSignedData(new CmsProcessableByteArray(signed), Decode(read("client_secret")!));
            var signers = cms.GetSignerInfos().GetSigners();
            return signers.Count == 1 && signers.All(signer => signer.Verify(CertificateOf(client))) ? null : EsiaError.Secret;
        }
        catch (Exception malformed) when (malformed is CmsException or IOException or ArgumentException or InvalidOperationException)
        {
            return EsiaError.Secret;
        }
    }

    private bool IsTimely(string timestamp) =>
        DateTimeOffset.TryParseExact(timestamp, "yyyy.MM.dd HH:mm:ss zz'00'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
        && (time.GetUtcNow() - at).Duration() <= TimeSpan.FromMinutes(settings.Value.TimestampMinutes);

    private X509Certificate CertificateOf(Client client) => certificates.GetOrAdd(
        (client.CertificateFile, File.GetLastWriteTimeUtc(client.CertificateFile)),
        key => new X509CertificateParser().ReadCertificate(File.ReadAllBytes(key.Path))
               ?? throw new InvalidOperationException($"No certificate in {key.Path}"));

    private static bool Missing(Func<string, string?> read, params string[] names) => Array.Exists(names, name => string.IsNullOrEmpty(read(name)));

    // Sources disagree on the alphabet, and so does ЕСИА: both are taken.
    private static byte[]? Decode(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var buffer = new byte[plain.Length];
        return Convert.TryFromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='), buffer, out var length) ? buffer[..length] : null;
    }
}
