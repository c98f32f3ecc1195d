using MySchool.Kernel.Secrets;
using Xunit;

namespace MySchool.Modules.Tests.Kernel;

/// <summary>The key of identifiers: one, whole and its owner's only.</summary>
public sealed class IdentifierVaultTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vault-").FullName;

    [Fact]
    public void Whoever_comes_first_makes_the_key_and_all_others_have_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = Path.Combine(folder, $"{round}.key");
            var hashes = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => Convert.ToHexString(IdentifierVault.OpenOrCreate(path).Hash("11223344595"))).ToList();
            Assert.Single(hashes.Distinct());
        }
        Assert.Equal(20, Directory.GetFiles(folder).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "0.key")));
    }

    [Fact]
    public void What_was_hidden_comes_back_and_another_key_cannot()
    {
        var vault = IdentifierVault.OpenOrCreate(Path.Combine(folder, "one.key"));
        Assert.Equal("11223344595", vault.Decrypt(vault.Encrypt("112-233-445 95")));
        Assert.Equal(vault.Hash("11223344595"), vault.Hash("112-233-445 95"));
        var other = IdentifierVault.OpenOrCreate(Path.Combine(folder, "two.key"));
        Assert.NotEqual(vault.Hash("11223344595"), other.Hash("11223344595"));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => other.Decrypt(vault.Encrypt("11223344595")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
