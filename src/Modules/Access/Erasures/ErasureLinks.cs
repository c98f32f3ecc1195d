using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace MySchool.Access.Erasures;

/// <summary>Links to the act for somebody who can no longer sign in: whoever has the link has that act, and no other.</summary>
internal sealed class ErasureLinks(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("access.erasure");

    /// <summary>The path of the page, for a letter or to be copied.</summary>
    public string For(Guid erasure) => $"/erasure?key={WebEncoders.Base64UrlEncode(protector.Protect(erasure.ToByteArray()))}";

    /// <summary>The request of a link, or null when the link is not ours.</summary>
    public Guid? Open(string? key)
    {
        if (key is null or { Length: > 1000 }) return null;
        try
        {
            return protector.Unprotect(WebEncoders.Base64UrlDecode(key)) is { Length: 16 } bytes ? new Guid(bytes) : null;
        }
        catch (Exception notOurs) when (notOurs is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
