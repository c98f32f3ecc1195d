using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>The RSA key of tokens: kept in a file so that a restart changes nothing, its public half written for clients.</summary>
internal sealed class TokenKeys
{
    public TokenKeys(Settings settings)
    {
        var rsa = RSA.Create(2048);
        if (settings.SigningKeyFile.Length > 0)
        {
            if (File.Exists(settings.SigningKeyFile)) rsa.ImportFromPem(File.ReadAllText(settings.SigningKeyFile));
            else Write(settings.SigningKeyFile, rsa.ExportPkcs8PrivateKeyPem(), isSecret: true);
        }
        if (settings.TokenKeyFile.Length > 0) Write(settings.TokenKeyFile, rsa.ExportSubjectPublicKeyInfoPem(), isSecret: false);
        Key = new RsaSecurityKey(rsa);
    }

    public RsaSecurityKey Key { get; }

    private static void Write(string path, string pem, bool isSecret)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        // Another process may be waiting for the file: it must never see half of it.
        var draft = path + ".new";
        File.WriteAllText(draft, pem);
        if (isSecret && !OperatingSystem.IsWindows()) File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(draft, path, overwrite: true);
    }
}
