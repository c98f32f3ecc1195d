using MimeKit;

namespace MySchool.Kernel.Mail;

/// <summary>What counts as an address of electronic mail here.</summary>
public static class MailAddresses
{
    private const int MaxLength = 254;

    /// <summary>Whether the text is one plain address (RFC 5321 §4.1.2, at most 254 characters) without a name or comments.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 2 and <= MaxLength } && !text.Any(char.IsControl)
        && MailboxAddress.TryParse(text, out var address) && address.Name is null or "" && address.Address == text && text.IndexOf('@') is > 0 and < MaxLength - 2;
}
