using System.Net;
using System.Net.Sockets;
using MimeKit;
using MySchool.Kernel.Mail;
using Xunit;

namespace MySchool.Modules.Tests.Kernel;

public sealed class MailTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("mail-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("anna@school.example", true), InlineData("anna", false), InlineData("Анна <anna@school.example>", false), InlineData("a@b", true)]
    [InlineData("anna@school.example\r\nBcc: all@school.example", false), InlineData("a@x.example, b@x.example", false), InlineData(null, false), InlineData("@x", false)]
    public void Address_is_one_plain_address(string? text, bool isValid) => Assert.Equal(isValid, MailAddresses.IsValid(text));

    [Fact]
    public async Task Letter_laid_into_the_folder_is_a_message_a_mail_program_reads()
    {
        var letter = new Letter(Guid.CreateVersion7(), null, At, "anna@school.example", "Приглашение", "Здравствуйте!\nhttp://localhost/join");
        await new FolderMailer(new MailOptions { Folder = folder }).SendAsync([letter], default);
        using var message = await MimeMessage.LoadAsync(Assert.Single(Directory.GetFiles(folder)));
        Assert.Equal(("Приглашение", "anna@school.example", letter.Text), (message.Subject, message.To.Mailboxes.Single().Address, message.TextBody!.ReplaceLineEndings("\n").TrimEnd()));
    }

    [Fact]
    public async Task Letter_that_nobody_takes_is_an_io_failure_so_the_outbox_keeps_it()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        var mailer = new SmtpMailer(new MailOptions { Host = "localhost", Port = port, IsEncrypted = false });
        await Assert.ThrowsAsync<IOException>(() => mailer.SendAsync([new Letter(Guid.CreateVersion7(), null, At, "anna@school.example", "Тема", "Текст")], default));
    }

    [Fact]
    public async Task Server_is_given_the_letter_by_the_protocol()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var serving = ServeOneAsync(server);
        var mailer = new SmtpMailer(new MailOptions { Host = "localhost", Port = ((IPEndPoint)server.LocalEndpoint).Port, IsEncrypted = false });
        await mailer.SendAsync([new Letter(Guid.CreateVersion7(), null, At, "anna@school.example", "Тема", "Текст письма")], default);
        Assert.Contains("RCPT TO:<anna@school.example>", await serving, StringComparison.Ordinal);
    }

    private static async Task<string> ServeOneAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
        var heard = new System.Text.StringBuilder();
        await writer.WriteLineAsync("220 test");
        var isData = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            heard.AppendLine(line);
            if (isData)
            {
                if (line != ".") continue;
                isData = false;
            }
            else if (line == "DATA")
            {
                isData = true;
                await writer.WriteLineAsync("354 go on");
                continue;
            }
            await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
            if (line == "QUIT") break;
        }
        return heard.ToString();
    }
}
