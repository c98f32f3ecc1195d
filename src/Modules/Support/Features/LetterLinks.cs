using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Kernel.Mail;

namespace MySchool.Support.Features;

/// <summary>Links in the letters of those who have no session: whoever has the link has the ticket, and no other.</summary>
internal sealed class LetterLinks(IDataProtectionProvider protection, MailOptions mail)
{
    private readonly IDataProtector protector = protection.CreateProtector("support.letter");

    public string KeyOf(Guid ticket) => WebEncoders.Base64UrlEncode(protector.Protect(ticket.ToByteArray()));

    /// <summary>The whole address, for a letter.</summary>
    public string For(Guid ticket) => $"{mail.SiteAddress}/support/letter?key={KeyOf(ticket)}";

    /// <summary>The ticket of a link, or null when the link is not ours.</summary>
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
