using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace MySchool.Federation.Wire;

/// <summary>A key of ECDSA over P-256 with SHA-256 (FIPS 186-5), private or public.</summary>
internal sealed class EcKey
{
    private readonly ECParameters parameters;
    // Importing costs more than using, and one must not serve two threads at once.
    private readonly ConcurrentBag<ECDsa> idle = [];

    private EcKey(ECParameters parameters) => this.parameters = parameters;

    /// <summary>Reads a private key, PEM.</summary>
    public static EcKey OfFile(string path)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new(key.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>Reads a public key, base64 of SubjectPublicKeyInfo with or without PEM lines; null when it is none of P-256.</summary>
    public static EcKey? OfPublic(string text)
    {
        var bare = string.Concat(text.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal)).Select(line => line.Trim()));
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(bare), out _);
            return key.KeySize == 256 ? new(key.ExportParameters(includePrivateParameters: false)) : null;
        }
        catch (Exception wrong) when (wrong is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The public half, base64 of SubjectPublicKeyInfo.</summary>
    public string Public()
    {
        using var key = ECDsa.Create(new ECParameters { Curve = parameters.Curve, Q = parameters.Q });
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>64 bytes: r and s.</summary>
    public byte[] Sign(byte[] data) => Use(key => key.SignData(data, HashAlgorithmName.SHA256));

    public bool Verify(byte[] data, byte[] signature) => Use(key => key.VerifyData(data, signature, HashAlgorithmName.SHA256));

    private T Use<T>(Func<ECDsa, T> work)
    {
        if (!idle.TryTake(out var key)) key = ECDsa.Create(parameters);
        var done = work(key);
        idle.Add(key);
        return done;
    }
}

/// <summary>Public keys of one partner by the names it gives them: two at once while one replaces the other.</summary>
internal sealed class PartnerKeys
{
    private readonly Dictionary<string, EcKey> keys = new(StringComparer.Ordinal);

    /// <summary>Reads lines «name base64»; null when a line is something else.</summary>
    public static PartnerKeys? Read(string lines)
    {
        var read = new PartnerKeys();
        foreach (var line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[0].Length > 60 || EcKey.OfPublic(parts[1]) is not { } key) return null;
            read.keys[parts[0]] = key;
        }
        return read;
    }

    public int Count => keys.Count;

    public EcKey? Find(string keyId) => keys.GetValueOrDefault(keyId);
}
