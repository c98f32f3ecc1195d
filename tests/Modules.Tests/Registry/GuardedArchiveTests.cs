using System.IO.Compression;
using MySchool.Kernel.Files;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class GuardedArchiveTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Fact]
    public async Task Plain_files_are_unpacked_and_swept_away()
    {
        Pack(("users.csv", "a,b"), ("orgs.csv", "c"));
        var done = await GuardedArchive.ExtractAsync(path, new ArchiveLimits(), TestContext.Current.CancellationToken);
        var folder = done.Value;
        Assert.Equal("a,b", await File.ReadAllTextAsync(Path.Combine(folder.Path, "users.csv"), TestContext.Current.CancellationToken));
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path));
    }

    [Theory]
    [InlineData("../users.csv")]
    [InlineData("..\\users.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("folder/users.csv")]
    [InlineData("folder/")]
    [InlineData("C:users.csv")]
    [InlineData("..")]
    [InlineData("a\u0000b.csv")]
    public async Task Paths_are_refused(string name)
    {
        Pack((name, "x"));
        Assert.Equal("archive.nested", await CodeAsync(new ArchiveLimits()));
    }

    [Fact]
    public async Task Too_many_files_are_refused()
    {
        Pack([.. Enumerable.Range(0, 4).Select(i => ($"{i}.csv", "x"))]);
        Assert.Equal("archive.too-many", await CodeAsync(new ArchiveLimits(MaxEntries: 3)));
    }

    [Fact]
    public async Task Two_files_of_one_name_are_refused()
    {
        Pack(("users.csv", "1"), ("USERS.csv", "2"));
        Assert.Equal("archive.twice", await CodeAsync(new ArchiveLimits()));
    }

    [Fact]
    public async Task A_bomb_is_stopped_by_bytes_and_by_ratio()
    {
        Pack(("zeros.csv", new string('0', 40 << 20)));
        Assert.Equal("archive.too-big", await CodeAsync(new ArchiveLimits()));
        Assert.Equal("archive.too-big", await CodeAsync(new ArchiveLimits(MaxBytes: 1 << 20, MaxRatio: 100_000)));
        using var folder = (await GuardedArchive.ExtractAsync(path, new ArchiveLimits(MaxRatio: 100_000), TestContext.Current.CancellationToken)).Value;
    }

    [Fact]
    public async Task A_link_is_refused()
    {
        using (var archive = new ZipArchive(File.Open(path, FileMode.Create), ZipArchiveMode.Create))
            archive.CreateEntry("users.csv").ExternalAttributes = unchecked((int)(0xA1FFu << 16));
        Assert.Equal("archive.link", await CodeAsync(new ArchiveLimits()));
    }

    [Fact]
    public async Task What_is_not_a_zip_is_refused()
    {
        await File.WriteAllTextAsync(path, "sourcedId,name\n", TestContext.Current.CancellationToken);
        Assert.Equal("archive.damaged", await CodeAsync(new ArchiveLimits()));
    }

    public void Dispose() => File.Delete(path);

    private async Task<string?> CodeAsync(ArchiveLimits limits) =>
        (await GuardedArchive.ExtractAsync(path, limits, TestContext.Current.CancellationToken)).Problem?.Code;

    private void Pack(params (string Name, string Text)[] files)
    {
        using var archive = new ZipArchive(File.Open(path, FileMode.Create), ZipArchiveMode.Create);
        foreach (var (name, text) in files)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
