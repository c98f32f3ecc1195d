using System.Security.Cryptography;
using MySchool.Kernel.Secrets;

namespace MySchool.Kernel.Files;

/// <summary>Bytes that lie in the store. Whoever keeps this row can read them; when the row is deleted, nobody can.</summary>
/// <param name="Address">SHA-256 of the sealed bytes in hex: the store can be checked without any key.</param>
/// <param name="SealedKey">The key of these bytes alone, sealed by the platform's.</param>
/// <param name="Digest">Keyed hash of what is inside: tells the same file sent twice, and nothing to whoever has no key.</param>
/// <param name="Size">Bytes inside.</param>
public sealed record StoredBytes(string Address, byte[] SealedKey, byte[] Digest, long Size);

/// <summary>
/// The folder of bytes: content-addressed, each file under a key of its own. Bytes are on the disk before anybody is told of them,
/// and rows name them; bytes that no row names are swept. So a row alone decides, and deleting it destroys the key at once.
/// </summary>
/// <param name="where">Where.</param>
/// <param name="vault">Seals the keys of files.</param>
public sealed class ByteStore(FilesOptions where, IdentifierVault vault)
{
    private const int PrefixLetters = 2;
    private readonly Lazy<Sealer> sealer = new(() => vault.SealerFor("files"));
    private readonly Lazy<byte[]> digestKey = new(() => vault.KeyFor("file digests"));

    private string Incoming => Path.Combine(where.Folder, "incoming");

    /// <summary>Keeps what a stream holds.</summary>
    /// <param name="plain">Read to its end.</param>
    /// <param name="most">Bytes it may hold.</param>
    /// <param name="cancel">Cancels; nothing is kept then.</param>
    /// <returns>Null when the stream held more.</returns>
    public async Task<StoredBytes?> PutAsync(Stream plain, long most, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plain);
        Directory.CreateDirectory(Incoming);
        var draft = Path.Combine(Incoming, Ids.New().ToString("N"));
        var key = RandomNumberGenerator.GetBytes(SealedChunks.KeyBytes);
        using var address = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            long size;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var file = new FileStream(draft, options))
            {
                size = await SealedChunks.SealAsync(plain, file, key, most, (address, digest), cancel);
                if (size < 0) return null;
                file.Flush(flushToDisk: true);
            }
            var name = Convert.ToHexStringLower(address.GetHashAndReset());
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
            File.Move(draft, PathOf(name), overwrite: true);
            return new StoredBytes(name, sealer.Value.Seal(key), HMACSHA256.HashData(digestKey.Value, digest.GetHashAndReset()), size);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes the bytes as they were; nothing of a piece that was changed on the disk.</summary>
    /// <exception cref="CryptographicException">The bytes were changed, or the key is another file's.</exception>
    /// <exception cref="FileNotFoundException">The bytes are not in the folder.</exception>
    public async Task CopyToAsync(string address, byte[] sealedKey, Stream target, CancellationToken cancel)
    {
        await using var file = new FileStream(PathOf(address), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        await SealedChunks.OpenAsync(file, target, sealer.Value.Open(sealedKey), cancel);
    }

    /// <summary>All of the bytes at once, for those who must see the whole: at most a file's limit.</summary>
    public async Task<byte[]> ReadAsync(string address, byte[] sealedKey, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        await CopyToAsync(address, sealedKey, memory, cancel);
        return memory.ToArray();
    }

    /// <summary>Whether the bytes are in the folder.</summary>
    public bool Has(string address) => File.Exists(PathOf(address));

    /// <summary>Removes the bytes; those that are gone already are no fault.</summary>
    public void Remove(string address)
    {
        if (Has(address)) File.Delete(PathOf(address));
    }

    /// <summary>Names the 256 drawers of the folder.</summary>
    internal static IEnumerable<string> Drawers => Enumerable.Range(0, 256).Select(i => i.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Addresses in a drawer that have lain there since before a moment.</summary>
    internal IEnumerable<string> OlderThan(string drawer, DateTimeOffset moment)
    {
        var folder = Path.Combine(where.Folder, drawer);
        return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < moment.UtcDateTime).Select(file => drawer + file.Name) : [];
    }

    /// <summary>Removes what an upload left that ended before its end.</summary>
    internal void ForgetUnfinished(DateTimeOffset before)
    {
        if (!Directory.Exists(Incoming)) return;
        foreach (var file in new DirectoryInfo(Incoming).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before.UtcDateTime)) file.Delete();
    }

    private string PathOf(string address)
    {
        // The address comes from our own rows; a path is made of nothing but hex all the same.
        if (address.Length != 64 || !address.All(char.IsAsciiHexDigitLower)) throw new ArgumentException("Not an address of the store", nameof(address));
        return Path.Combine(where.Folder, address[..PrefixLetters], address[PrefixLetters..]);
    }
}
