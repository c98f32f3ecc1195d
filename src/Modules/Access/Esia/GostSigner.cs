using Org.BouncyCastle.Cms;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities.Collections;
using Org.BouncyCastle.X509;

namespace MySchool.Access.Esia;

/// <summary>The port's implementation on BouncyCastle. Not certified: a СКЗИ takes its place where the law asks for one.</summary>
internal sealed class GostSigner(EsiaOptions options) : IEsiaSigner
{
    internal const string Algorithm = "GOST3411-2012-256WITHECGOST3410-2012-256";
    internal const string Digest = "GOST3411-2012-256";

    // Lazily, so that a node whose key has not arrived yet can start and serve those who are signed in.
    private readonly Lazy<(AsymmetricKeyParameter Key, X509Certificate Certificate)> identity =
        new(() => Read(options), LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    public string CertificateHash => Convert.ToHexString(DigestUtilities.CalculateDigest(Digest, identity.Value.Certificate.GetEncoded()));

    /// <inheritdoc/>
    public byte[] SignRaw(byte[] data)
    {
        var signer = SignerUtilities.GetSigner(Algorithm);
        signer.Init(true, identity.Value.Key);
        signer.BlockUpdate(data);
        return signer.GenerateSignature();
    }

    /// <inheritdoc/>
    public byte[] SignCms(byte[] data)
    {
        var (key, certificate) = identity.Value;
        var generator = new CmsSignedDataGenerator();
        // The generator's own AddSigner writes the key's 2001 identifier, which ЕСИА refuses; the builder writes 2012's.
        generator.AddSignerInfoGenerator(new SignerInfoGeneratorBuilder().Build(new Asn1SignatureFactory(Algorithm, key), certificate));
        generator.AddCertificates(CollectionUtilities.CreateStore<X509Certificate>([certificate]));
        return generator.Generate(new CmsProcessableByteArray(data), encapsulate: false).GetEncoded();
    }

    private static (AsymmetricKeyParameter, X509Certificate) Read(EsiaOptions options)
    {
        using var text = File.OpenText(options.KeyFile);
        using var pem = new PemReader(text);
        var key = pem.ReadObject() switch
        {
            AsymmetricKeyParameter { IsPrivate: true } alone => alone,
            AsymmetricCipherKeyPair pair => pair.Private,
            _ => throw new InvalidOperationException($"No private key in {options.KeyFile}"),
        };
        var certificate = new X509CertificateParser().ReadCertificate(File.ReadAllBytes(options.CertificateFile))
            ?? throw new InvalidOperationException($"No certificate in {options.CertificateFile}");
        return (key, certificate);
    }
}
