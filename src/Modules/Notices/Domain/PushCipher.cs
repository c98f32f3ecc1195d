using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MySchool.Notices.Domain;

/// <summary>Message Encryption for Web Push (RFC 8291) in the content coding aes128gcm (RFC 8188): one record, read by one browser only.</summary>
internal static class PushCipher
{
    private const int RecordSize = 4096;
    private const int SaltBytes = 16;
    private const int PointBytes = 65;
    private const int TagBytes = 16;

    /// <summary>Longest text of a message: a push service takes a body of 4,096 octets.</summary>
    public const int MostBytes = RecordSize - SaltBytes - 4 - 1 - PointBytes - TagBytes - 1;

    /// <param name="plain">At most <see cref="MostBytes"/>.</param>
    /// <param name="browserKey">The browser's public key, an uncompressed point of P-256.</param>
    /// <param name="secret">The browser's authentication secret, 16 bytes.</param>
    /// <returns>The body of the request.</returns>
    /// <exception cref="CryptographicException">The key is no point of the curve.</exception>
    public static byte[] Encrypt(byte[] plain, byte[] browserKey, byte[] secret)
    {
        using var sender = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(plain, browserKey, secret, sender, RandomNumberGenerator.GetBytes(SaltBytes));
    }

    internal static byte[] Encrypt(byte[] plain, byte[] browserKey, byte[] secret, ECDiffieHellman sender, byte[] salt)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plain.Length, MostBytes);
        using var browser = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = browserKey[1..33], Y = browserKey[33..] } });
        var senderKey = Point(sender.ExportParameters(false));
        var shared = sender.DeriveRawSecretAgreement(browser.PublicKey);
        // RFC 8291, 3.3 and 3.4.
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, [.. "WebPush: info\0"u8, .. browserKey, .. senderKey]);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, [.. "Content-Encoding: aes128gcm\0"u8]);
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, [.. "Content-Encoding: nonce\0"u8]);

        var header = SaltBytes + 4 + 1 + PointBytes;
        var body = new byte[header + plain.Length + 1 + TagBytes];
        salt.CopyTo(body, 0);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(SaltBytes), RecordSize);
        body[SaltBytes + 4] = PointBytes;
        senderKey.CopyTo(body, SaltBytes + 5);
        // The last record ends with the octet 2 (RFC 8188, 2).
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, [.. plain, 2], body.AsSpan(header, plain.Length + 1), body.AsSpan(header + plain.Length + 1));
        return body;
    }

    /// <summary>An uncompressed point: 4, X, Y.</summary>
    public static byte[] Point(ECParameters key) => [4, .. key.Q.X!, .. key.Q.Y!];

    /// <summary>Voluntary Application Server Identification (RFC 8292): a token of at most a day for one push service.</summary>
    /// <param name="signer">The platform's key.</param>
    /// <param name="endpoint">The browser's address; its origin is the audience.</param>
    /// <param name="contact">A link or address by which a push service finds the operator.</param>
    /// <param name="until">When the token ends.</param>
    /// <returns>The header Authorization.</returns>
    public static string Vapid(ECDsa signer, Uri endpoint, string contact, DateTimeOffset until)
    {
        var header = Base64("{\"typ\":\"JWT\",\"alg\":\"ES256\"}"u8);
        var claims = Base64(Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, object> { ["aud"] = endpoint.GetLeftPart(UriPartial.Authority), ["exp"] = until.ToUnixTimeSeconds(), ["sub"] = contact })));
        var signature = signer.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"vapid t={header}.{claims}.{Base64(signature)}, k={Base64(Point(signer.ExportParameters(false)))}";
    }

    private static string Base64(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
