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
    private readonly byte[] hashKey;
    private readonly byte[] cipherKey;
    private readonly Sealer sealer;

    /// <summary>Opens the vault.</summary>
    /// <param name="key">64 bytes: 32 for the hash, 32 for the cipher.</param>
    /// <exception cref="ArgumentException">The key is of another length.</exception>
    public IdentifierVault(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != KeyBytes) throw new ArgumentException($"The vault key must be {KeyBytes} bytes", nameof(key));
        hashKey = key[..32];
        cipherKey = key[32..];
        sealer = new Sealer(cipherKey);
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

    /// <summary>The digits, sealed.</summary>
    public byte[] Encrypt(string identifier) => sealer.Seal(Digits(identifier));

    /// <summary>The digits again.</summary>
    /// <exception cref="CryptographicException">Another key, or the bytes were changed.</exception>
    public string Decrypt(byte[] sealedBytes) => Encoding.ASCII.GetString(sealer.Open(sealedBytes));

    /// <summary>A sealer of its own for one purpose, whose key follows from the vault's (RFC 5869).</summary>
    /// <param name="purpose">Stable: another word is another key.</param>
    public Sealer SealerFor(string purpose) => new(KeyFor(purpose));

    /// <summary>A key of its own for one purpose: 32 bytes that follow from the vault's (RFC 5869).</summary>
    /// <param name="purpose">Stable: another word is another key.</param>
    public byte[] KeyFor(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, cipherKey, 32, info: Encoding.UTF8.GetBytes(purpose));

    private static byte[] Digits(string identifier) => [.. identifier.Where(char.IsAsciiDigit).Select(digit => (byte)digit)];
}
