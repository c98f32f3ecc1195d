namespace MySchool.Access.Esia;

/// <summary>
/// Signs requests to ЕСИА. A port, because production may demand a certified СКЗИ in place of a library.
/// </summary>
internal interface IEsiaSigner
{
    /// <summary>Raw ГОСТ Р 34.10-2012-256 signature: 64 bytes.</summary>
    byte[] SignRaw(byte[] data);

    /// <summary>Detached CMS (PKCS#7) with our certificate inside.</summary>
    byte[] SignCms(byte[] data);

    /// <summary>Стрибог-256 of our certificate's DER, upper-case hex: ЕСИА finds the key by it.</summary>
    string CertificateHash { get; }
}
