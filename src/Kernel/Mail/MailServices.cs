using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Npgsql;

namespace MySchool.Kernel.Mail;

/// <summary>Gives letters to a mail server (RFC 5321), all of a batch in one conversation.</summary>
public sealed class SmtpMailer(MailOptions options) : IMailer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<Letter> letters, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(letters);
        try
        {
            using var client = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
            await client.ConnectAsync(options.Host, options.Port, options.IsEncrypted ? SecureSocketOptions.Auto : SecureSocketOptions.None, cancel);
            if (options.User.Length > 0)
                await client.AuthenticateAsync(options.User, (await File.ReadAllTextAsync(options.PasswordFile, cancel)).Trim(), cancel);
            foreach (var letter in letters)
            {
                using var message = Messages.Of(letter, options);
                await client.SendAsync(message, cancel);
            }
            await client.DisconnectAsync(true, cancel);
        }
        catch (Exception failure) when (failure is ProtocolException or CommandException or SocketException or AuthenticationException or TimeoutException or SslHandshakeException)
        {
            throw new IOException("the mail server did not take the letters", failure);
        }
    }
}

/// <summary>Lays letters into a folder, where an operator or a mail program picks them up.</summary>
public sealed class FolderMailer(MailOptions options) : IMailer
{
    private readonly string folder = options.Folder.Length > 0 ? options.Folder : Path.Combine(AppContext.BaseDirectory, "mail");

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<Letter> letters, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(letters);
        Directory.CreateDirectory(folder);
        foreach (var letter in letters)
        {
            using var message = Messages.Of(letter, options);
            // Whole or absent: whoever watches the folder never reads half a letter.
            var path = Path.Combine(folder, $"{letter.EventId}.eml");
            await message.WriteToAsync(path + ".part", cancel);
            File.Move(path + ".part", path, overwrite: true);
        }
    }
}

/// <summary>Takes letters out of the outbox to the mailer.</summary>
public sealed class SendLetters(IMailer mailer) : IEventHandler<Letter>
{
    /// <inheritdoc/>
    public Task HandleAsync(IReadOnlyList<Letter> happened, NpgsqlConnection connection, CancellationToken cancel) => mailer.SendAsync(happened, cancel);
}

internal static class Messages
{
    public static MimeMessage Of(Letter letter, MailOptions options)
    {
        var message = new MimeMessage
        {
            MessageId = $"{letter.EventId:N}@{MailboxAddress.Parse(options.From).Domain}",
            Date = letter.OccurredAt,
            Subject = letter.Subject,
            Body = new TextPart("plain") { Text = letter.Text },
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.Add(MailboxAddress.Parse(letter.To));
        // RFC 3834: no answering machine shall answer.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
