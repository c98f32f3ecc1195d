using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MySchool.Access;
using MySchool.Kernel.Secrets;

namespace MySchool.CommandLine.Launch;

/// <summary>Keys made at the first start, all in the secrets folder: the ГОСТ identity for ЕСИА, and the wrapping of cookie keys.</summary>
internal sealed class PlatformKeys
{
    private const int KeyRingYears = 10;
    private readonly string folder;
    private readonly string standInFolder;

    private PlatformKeys(string folder, string standInFolder)
    {
        this.folder = folder;
        this.standInFolder = standInFolder;
    }

    public string EsiaKey => Path.Combine(folder, "esia.key");

    public string EsiaCertificate => Path.Combine(folder, "esia.crt");

    /// <summary>Public key of the stand-in's tokens; the stand-in writes it.</summary>
    public string TokenKey => Path.Combine(standInFolder, "tokens.pub");

    /// <summary>Private key of the stand-in's tokens; the stand-in makes it.</summary>
    public string StandInKey => Path.Combine(standInFolder, "tokens.key");

    public string KeyRingKey => Path.Combine(folder, "keyring.key");

    public string KeyRingCertificate => Path.Combine(folder, "keyring.crt");

    /// <summary>Key that seals СНИЛС.</summary>
    public string SnilsKey => Path.Combine(folder, "snils.key");

    /// <summary>Opens the keys; makes those that are missing.</summary>
    public static PlatformKeys Open(DataFolder data)
    {
        var keys = new PlatformKeys(data.Secrets, data.StandIn);
        // The certificate is written last: without it the pair is not whole and is made again.
        if (!File.Exists(keys.EsiaCertificate))
        {
            File.Delete(keys.EsiaKey);
            AccessModule.CreateEsiaIdentity(keys.EsiaKey, keys.EsiaCertificate);
        }
        if (!File.Exists(keys.KeyRingCertificate)) keys.MakeKeyRing();
        _ = IdentifierVault.OpenOrCreate(keys.SnilsKey);
        return keys;
    }

    /// <summary>Gives the platform's account what it reads: these keys alone, while the passwords beside them stay ours; and the stand-in's folder.</summary>
    public void GiveTo(UnprivilegedAccount account)
    {
        account.LetThrough(folder);
        foreach (var key in (string[])[EsiaKey, EsiaCertificate, KeyRingKey, KeyRingCertificate, SnilsKey]) account.Own(key);
        Directory.CreateDirectory(standInFolder);
        account.Own(standInFolder);
    }

    private void MakeKeyRing()
    {
        using var rsa = RSA.Create(3072);
        var request = new CertificateRequest("CN=myschool-keyring", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(KeyRingYears));
        File.Delete(KeyRingKey);
        using (var file = new FileStream(KeyRingKey, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var writer = new StreamWriter(file)) writer.Write(rsa.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(KeyRingCertificate, certificate.ExportCertificatePem());
    }
}
