using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MySchool.Kernel.Secrets;

/// <summary>
/// Keeps national identifiers (СНИЛС and the like) so that equality can be asked without reading them:
/// a keyed hash to find by, and an authenticated cipher to show by.
/// </summary>
public sealed class IdentifierVault
{
    private const int TurnAttempts = 500;
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(20);
    private const int KeyBytes = 64;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] hashKey;
    private readonly byte[] cipherKey;
    // Making a cipher costs more than using it, and one must not serve two threads at once.
    private readonly ConcurrentBag<AesGcm> ciphers = [];

    /// <summary>Opens the vault.</summary>
    /// <param name="key">64 bytes: 32 for the hash, 32 for the cipher.</param>
    /// <exception cref="ArgumentException">The key is of another length.</exception>
    public IdentifierVault(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != KeyBytes) throw new ArgumentException($"The vault key must be {KeyBytes} bytes", nameof(key));
        hashKey = key[..32];
        cipherKey = key[32..];
    }

    /// <summary>Reads the key file, or makes one readable by its owner only.</summary>
    /// <param name="path">File with 64 raw bytes.</param>
    public static IdentifierVault OpenOrCreate(string path)
    {
        if (!File.Exists(path)) Create(path);
        return new(File.ReadAllBytes(path));
    }

    // The whole key or no file; of processes that start at once one makes it and the others find it.
    private static void Create(string path)
    {
        using var turn = WaitForTurn(path + ".lock");
        if (File.Exists(path)) return;
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path);
    }

    private static FileStream WaitForTurn(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException) when (attempt < TurnAttempts)
            {
                Thread.Sleep(TurnPause);
            }
        }
    }

    /// <summary>HMAC-SHA256 of the identifier's digits: 32 bytes, the same for the same number however it is written.</summary>
    public byte[] Hash(string identifier) => HMACSHA256.HashData(hashKey, Digits(identifier));

    /// <summary>AES-256-GCM of the digits: nonce, tag, text.</summary>
    public byte[] Encrypt(string identifier)
    {
        var plain = Digits(identifier);
        var sealedBytes = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var cipher = TakeCipher();
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes));
        ciphers.Add(cipher);
        return sealedBytes;
    }

    /// <summary>The digits again.</summary>
    /// <exception cref="AuthenticationTagMismatchException">Another key, or the bytes were changed.</exception>
    public string Decrypt(byte[] sealedBytes)
    {
        ArgumentNullException.ThrowIfNull(sealedBytes);
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        var cipher = TakeCipher();
        cipher.Decrypt(sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), plain);
        ciphers.Add(cipher);
        return Encoding.ASCII.GetString(plain);
    }

    private AesGcm TakeCipher() => ciphers.TryTake(out var cipher) ? cipher : new AesGcm(cipherKey, TagBytes);

    private static byte[] Digits(string identifier) => [.. identifier.Where(char.IsAsciiDigit).Select(digit => (byte)digit)];
}
