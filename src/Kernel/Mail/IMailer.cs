namespace MySchool.Kernel.Mail;

/// <summary>The edge where letters leave the platform.</summary>
public interface IMailer
{
    /// <summary>Hands letters over; returns when all of them are taken.</summary>
    /// <param name="letters">At least one.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <exception cref="IOException">They could not be handed over and stay where they are.</exception>
    Task SendAsync(IReadOnlyList<Letter> letters, CancellationToken cancel);
}

/// <summary>Where letters go. Section <c>Mail</c> of the configuration.</summary>
public sealed class MailOptions
{
    /// <summary>The section of configuration.</summary>
    public const string Section = "Mail";

    /// <summary>The server; empty: letters are laid into <see cref="Folder"/> as files.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port of the server, 1–65535.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Account at the server; empty: none is asked for.</summary>
    public string User { get; set; } = "";

    /// <summary>File with the account's password.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>Whether the line must be encrypted. False only for a server on the same machine.</summary>
    public bool IsEncrypted { get; set; } = true;

    /// <summary>Whose name stands under the letters.</summary>
    public string From { get; set; } = "noreply@myschool.invalid";

    /// <summary>Where letters are laid as <c>.eml</c> files when there is no server; empty: beside the program.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Address of the platform as people type it, for links in letters: <c>https://school.example</c>.</summary>
    public string SiteAddress { get; set; } = "http://localhost:5000";
}
