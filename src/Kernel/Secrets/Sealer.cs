using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MySchool.Kernel.Secrets;

/// <summary>Seals bytes so that only the holder of the key reads them and nobody changes them unseen: AES-256-GCM.</summary>
/// <param name="key">32 bytes.</param>
public sealed class Sealer(byte[] key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    // Making a cipher costs more than using it, and one must not serve two threads at once.
    private readonly ConcurrentBag<AesGcm> ciphers = [];

    /// <summary>Nonce, tag, text.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var cipher = TakeCipher();
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        ciphers.Add(cipher);
        return sealedBytes;
    }

    /// <summary>The bytes again.</summary>
    /// <exception cref="CryptographicException">Another key, too short, or the bytes were changed.</exception>
    public byte[] Open(byte[] sealedBytes)
    {
        ArgumentNullException.ThrowIfNull(sealedBytes);
        if (sealedBytes.Length < NonceBytes + TagBytes) throw new CryptographicException("Too short to have been sealed");
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        var cipher = TakeCipher();
        cipher.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), plain);
        ciphers.Add(cipher);
        return plain;
    }

    private AesGcm TakeCipher() => ciphers.TryTake(out var cipher) ? cipher : new AesGcm(key, TagBytes);
}
