using System.Security.Cryptography;

namespace MySchool.Ui;

/// <summary>
/// Marks an answer as one that the person's own device may keep for reading without a network. Set as a feature of the request by a
/// page of the person's own data; everything not marked is never kept.
/// </summary>
/// <param name="Url">The address it is kept under, or null when this page only offers to keep others.</param>
public sealed record OfflineOffer(string? Url)
{
    /// <summary>The header with the address.</summary>
    public const string Header = "X-Offline";

    /// <summary>The header that names whose page it is, so that one person's pages go when another's come.</summary>
    public const string OwnerHeader = "X-Owner";

    /// <summary>A short name of a person that is not their id.</summary>
    public static string OwnerOf(Guid personId)
    {
        Span<byte> id = stackalloc byte[16], hash = stackalloc byte[32];
        personId.TryWriteBytes(id);
        SHA256.HashData(id, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }
}
