using Org.BouncyCastle.Asn1.Rosstandart;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace MySchool.Access.Esia;

/// <summary>Makes a ГОСТ key and a self-signed certificate for demonstration and tests.</summary>
internal static class GostIdentity
{
    /// <summary>Writes both as PEM; the key is readable by its owner only.</summary>
    public static void Create(string keyPath, string certificatePath, DateTimeOffset now)
    {
        var random = new SecureRandom();
        var generator = new ECKeyPairGenerator("ECGOST3410");
        generator.Init(new ECKeyGenerationParameters(
            new ECGost3410Parameters(
                new ECNamedDomainParameters(
                    RosstandartObjectIdentifiers.id_tc26_gost_3410_12_256_paramSetA,
                    Org.BouncyCastle.Asn1.CryptoPro.ECGost3410NamedCurves.GetByOid(RosstandartObjectIdentifiers.id_tc26_gost_3410_12_256_paramSetA)),
                RosstandartObjectIdentifiers.id_tc26_gost_3410_12_256_paramSetA,
                RosstandartObjectIdentifiers.id_tc26_gost_3411_12_256,
                null),
            random));
        var pair = generator.GenerateKeyPair();

        var name = new X509Name("CN=MYSCHOOL, O=Demo, C=RU");
        var draft = new X509V3CertificateGenerator();
        draft.SetSerialNumber(new BigInteger(127, random));
        draft.SetIssuerDN(name);
        draft.SetSubjectDN(name);
        draft.SetNotBefore(now.UtcDateTime.AddDays(-1));
        draft.SetNotAfter(now.UtcDateTime.AddYears(5));
        draft.SetPublicKey(pair.Public);
        var certificate = draft.Generate(new Asn1SignatureFactory(GostSigner.Algorithm, pair.Private, random));

        WriteSecret(keyPath, Pem(new Pkcs8Generator(pair.Private)));
        File.WriteAllText(certificatePath, Pem(certificate));
    }

    private static void WriteSecret(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        // Closed to others from its first byte, not after it is written.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, System.Text.Encoding.ASCII, options);
        file.Write(pem);
    }

    private static string Pem(object content)
    {
        using var text = new StringWriter();
        using var pem = new PemWriter(text);
        pem.WriteObject(content);
        pem.Writer.Flush();
        return text.ToString();
    }
}
