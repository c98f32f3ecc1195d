using System.Security.Cryptography;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using MySchool.Kernel.Files;
using MySchool.Kernel.Secrets;
using MySchool.Modules.Tests.Support;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Kernel;

/// <summary>The door of files: what comes in, what lies on the disk, what comes out.</summary>
public sealed class FileStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("files-").FullName;
    private readonly IdentifierVault vault = new(RandomNumberGenerator.GetBytes(64));
    private readonly ClamStandIn clam = new();
    private readonly FilesOptions options;
    private readonly ByteStore store;

    public FileStoreTests()
    {
        options = new FilesOptions { Folder = folder, Scanner = clam.Address, ScanSeconds = 5 };
        store = new ByteStore(options, vault);
    }

    public void Dispose()
    {
        clam.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Bytes_of_any_length_come_out_as_they_went_in() =>
        await Gen.OneOf(Gen.Int[0, 200_000], Gen.Int[65_534, 65_538], Gen.Int[131_070, 131_074]).Select(size => RandomNumberGenerator.GetBytes(size)).SampleAsync(async bytes =>
        {
            var kept = (await store.PutAsync(new MemoryStream(bytes), bytes.Length, default))!;
            Assert.Equal(bytes, await store.ReadAsync(kept.Address, kept.SealedKey, default));
            Assert.Equal(bytes.Length, kept.Size);
            if (bytes.Length > 0) Assert.Null(await store.PutAsync(new MemoryStream(bytes), bytes.Length - 1, default));
        }, iter: 40);

    [Fact]
    public async Task A_byte_changed_or_cut_off_anywhere_is_noticed()
    {
        var kept = (await store.PutAsync(new MemoryStream(RandomNumberGenerator.GetBytes(150_000)), 1 << 20, default))!;
        var path = Path.Combine(folder, kept.Address[..2], kept.Address[2..]);
        var whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(kept.Address, Convert.ToHexStringLower(SHA256.HashData(whole)));
        await Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Bool).SampleAsync(async (at, isCut) =>
        {
            var broken = isCut ? whole[..at] : [.. whole[..at], (byte)(whole[at] ^ 1), .. whole[(at + 1)..]];
            await File.WriteAllBytesAsync(path, broken);
            await Assert.ThrowsAnyAsync<CryptographicException>(() => store.ReadAsync(kept.Address, kept.SealedKey, default));
        }, iter: 60, threads: 1);
        // Pieces in another order, and a piece from another place.
        await File.WriteAllBytesAsync(path, [.. whole[..1], .. whole[65_553..131_105], .. whole[1..65_553], .. whole[131_105..]], TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => store.ReadAsync(kept.Address, kept.SealedKey, default));
    }

    [Fact]
    public async Task Nothing_of_a_file_lies_open_on_the_disk_and_no_other_key_opens_it()
    {
        var secret = "Совсем секретное сочинение ученика"u8.ToArray();
        var (one, other) = ((await store.PutAsync(new MemoryStream(secret), 1000, default))!, (await store.PutAsync(new MemoryStream(secret), 1000, default))!);
        Assert.NotEqual(one.Address, other.Address);
        Assert.Equal(one.Digest, other.Digest);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => store.ReadAsync(one.Address, other.SealedKey, default));
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            Assert.True((await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).AsSpan().IndexOf(secret.AsSpan(0, 12)) < 0, path);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "incoming")));
    }

    [Fact]
    public void A_path_is_made_of_nothing_but_an_address() =>
        Assert.All((string[])["../../etc/passwd", "", new string('a', 63) + "/", new string('A', 64), new string('g', 64)], address => Assert.Throws<ArgumentException>(() => store.Has(address)));

    [Fact]
    public async Task A_file_is_what_its_bytes_say_whatever_it_is_called()
    {
        Assert.Equal("application/pdf", (await TakeAsync(PaperFiles.Pdf(), "вирус.exe")).Kind.MediaType);
        Assert.Equal("вирус.pdf", (await TakeAsync(PaperFiles.Pdf(), "вирус.exe")).Name);
        Assert.Equal(".docx", (await TakeAsync(PaperFiles.Docx(), "сочинение.docx")).Kind.Extension);
        Assert.Equal(".odt", (await TakeAsync(PaperFiles.Package(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<a/>")), "a.odt")).Kind.Extension);
        foreach (var (bytes, code) in ((byte[], string)[])
        [
            ("MZ\x90\0"u8.ToArray(), "file.kind"), ("<html><script>alert(1)</script>"u8.ToArray(), "file.kind"), ("<svg onload=alert(1)>"u8.ToArray(), "file.kind"), ([], "file.empty"),
            (PaperFiles.Package(("[Content_Types].xml", ""), ("word/document.xml", ""), ("word/vbaProject.bin", "")), "file.kind"), (PaperFiles.Package(("any.txt", "")), "file.kind"),
            ([0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1"u8], "file.heic"), ([.. PaperFiles.Pdf(), .. ClamStandIn.Eicar], "file.virus"),
        ])
            Assert.Equal(code, (await Intake().TakeAsync(new MemoryStream(bytes), "фото.jpg", default)).Problem!.Code);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "incoming")));
    }

    [Fact]
    public async Task A_photograph_loses_the_place_it_was_taken_at()
    {
        var taken = await TakeAsync(Drawings.LoadedJpeg(40, 20), "IMG_0001.JPG");
        var bytes = await store.ReadAsync(taken.Bytes.Address, taken.Bytes.SealedKey, default);
        Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Drawings.Secret)) < 0);
        Assert.Single(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task More_than_the_limit_is_refused_and_nothing_of_it_is_kept()
    {
        var refused = await Intake().TakeAsync(new MemoryStream(new byte[FileIntake.MostBytes + 1]), "большой.pdf", default);
        Assert.Equal(("file.big", 413), (refused.Problem!.Code, refused.Problem.Status));
        Assert.Contains("20 МБ", refused.Problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_waits_when_nobody_can_look_at_it()
    {
        Assert.Equal(FileStates.Clean, (await TakeAsync(PaperFiles.Pdf(), "a.pdf")).State);
        clam.Says = "INSTREAM size limit exceeded. ERROR";
        Assert.Equal(FileStates.Waiting, (await TakeAsync(PaperFiles.Pdf(), "a.pdf")).State);
        options.Scanner = "127.0.0.1:1";
        Assert.Equal(FileStates.Waiting, (await TakeAsync(PaperFiles.Pdf(), "a.pdf")).State);
        options.Scanner = Path.Combine(folder, "no.sock");
        Assert.Equal(FileStates.Waiting, (await TakeAsync(PaperFiles.Pdf(), "a.pdf")).State);
        options.Scanner = "";
        Assert.Equal(FileStates.Waiting, (await TakeAsync(PaperFiles.Pdf(), "a.pdf")).State);
    }

    [Theory]
    [InlineData("stream: OK", ScanVerdict.Clean)]
    [InlineData("stream: Win.Test FOUND", ScanVerdict.Infected)]
    [InlineData("stream: OK FOUND OK", ScanVerdict.Unknown)]
    [InlineData("", ScanVerdict.Unknown)]
    [InlineData("OK", ScanVerdict.Unknown)]
    public void Only_the_very_words_of_the_scanner_let_a_file_out(string answer, ScanVerdict verdict) => Assert.Equal(verdict, ClamScanner.Judge(answer));

    [Fact]
    public void A_name_is_a_name_and_no_path() => Gen.String.Sample(typed =>
    {
        var name = FileIntake.NameOf(typed);
        Assert.True(name.Length is > 0 and <= 160 && !name.Contains('/') && !name.Contains('\\') && !name.Any(char.IsControl) && name[0] != '.', name);
    });

    [Fact]
    public async Task Pages_of_a_pdf_are_drawn_behind_walls()
    {
        Assert.SkipUnless(Sandbox.Has("pdftoppm"), "poppler-utils and bubblewrap are not here");
        var pdf = PaperFiles.Pdf(3);
        Assert.Equal(3, await PdfPages.CountAsync(pdf, default));
        var page = await PdfPages.DrawAsync(pdf, 2, default);
        Assert.Equal("image/jpeg", page!.MediaType);
        Assert.Equal(1600, page.Height);
        Assert.Equal(0, await PdfPages.CountAsync("%PDF-1.4 nonsense"u8.ToArray(), default));
        Assert.Null(await PdfPages.DrawAsync("%PDF-1.4 nonsense"u8.ToArray(), 1, default));
    }

    [Fact]
    public async Task Walls_hide_the_machine_and_end_what_goes_on_too_long()
    {
        Assert.SkipUnless(Sandbox.Has("cat"), "bubblewrap is not here");
        Assert.Equal("hello"u8.ToArray(), await Sandbox.RunAsync("cat", [], "hello"u8.ToArray(), 100, TimeSpan.FromSeconds(5), default));
        Assert.Null(await Sandbox.RunAsync("cat", [folder], default, 100, TimeSpan.FromSeconds(5), default));
        Assert.Null(await Sandbox.RunAsync("cat", ["/etc/passwd"], default, 10_000, TimeSpan.FromSeconds(5), default));
        Assert.Null(await Sandbox.RunAsync("cat", ["/dev/zero"], default, 1000, TimeSpan.FromSeconds(5), default));
        Assert.Null(await Sandbox.RunAsync("sleep", ["20"], default, 100, TimeSpan.FromMilliseconds(300), default));
    }

    private FileIntake Intake() => new(store, new ClamScanner(options), NullLogger<FileIntake>.Instance);

    private async Task<TakenFile> TakeAsync(byte[] bytes, string name) => (await Intake().TakeAsync(new MemoryStream(bytes), name, default)).Value;
}
