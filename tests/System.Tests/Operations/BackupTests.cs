using MySchool.CommandLine;
using MySchool.CommandLine.Backup;
using MySchool.Generator.Load;
using MySchool.Kernel.Files;
using MySchool.Kernel.Secrets;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Operations;

public sealed class BackupTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("backup-").FullName;
    private TestDatabase full = null!;
    private TestDatabase empty = null!;

    private string BackupFile => Path.Combine(folder, "copy");

    public async ValueTask InitializeAsync()
    {
        full = await TestDatabase.CreateAsync();
        empty = await TestDatabase.CreateEmptyAsync();
        await using var owner = NpgsqlDataSource.Create(empty.Options.Owner);
        await new DemoState(owner).ReadAsync(CancellationToken.None);
        await new BackupWriter(full.Options.Owner, full.Secrets).WriteAsync(BackupFile, null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await full.DisposeAsync();
        await empty.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Restored_database_holds_the_same_rows()
    {
        var manifest = await RestoreAsync(BackupFile);
        Assert.True(manifest.Tables.Single(t => t.Name == "journal.marks").Rows > 1000);
        foreach (var table in manifest.Tables)
        {
            var digest = $"select md5(string_agg(t::text, '|' order by t::text)) from {table.Name} t";
            Assert.Equal(await full.ScalarAsync<string>(digest), await empty.ScalarAsync<string>(digest));
        }
    }

    [Fact]
    public async Task Database_with_data_is_not_overwritten_unless_forced()
    {
        await RestoreAsync(BackupFile);
        await Assert.ThrowsAsync<OperatorException>(() => RestoreAsync(BackupFile));
        await RestoreAsync(BackupFile, isForced: true);
    }

    [Fact]
    public async Task Numbers_go_on_after_those_of_the_copy()
    {
        await RestoreAsync(BackupFile);
        foreach (var (table, column) in ((string, string)[])[("registry.changes", "id"), ("access.erasures", "number")])
            Assert.True(await empty.ScalarAsync<bool>($"select nextval(pg_get_serial_sequence('{table}', '{column}')) > coalesce((select max({column}) from {table}), 0)"), table);
        Assert.True(await empty.ScalarAsync<long>("select count(*) from registry.changes") > 0);
    }

    [Fact]
    public async Task Damaged_copy_is_refused_and_nothing_is_touched()
    {
        var bytes = await File.ReadAllBytesAsync(BackupFile);
        bytes[bytes.Length / 2] ^= 0x55;
        await File.WriteAllBytesAsync(BackupFile, bytes);
        await Assert.ThrowsAsync<OperatorException>(() => RestoreAsync(BackupFile));
        Assert.Equal(0, await empty.ScalarAsync<long>("select count(*) from registry.people"));
    }

    [Fact]
    public async Task Files_go_with_the_rows_and_one_that_was_changed_is_refused()
    {
        var (from, to) = (Path.Combine(folder, "from"), Path.Combine(folder, "to"));
        var store = new ByteStore(new FilesOptions { Folder = from }, IdentifierVault.OpenOrCreate(Path.Combine(full.Secrets, "snils.key")));
        var kept = (await store.PutAsync(new MemoryStream(PaperFiles.Pdf()), 1 << 20, default))!;
        await new BackupWriter(full.Options.Owner, full.Secrets, from).WriteAsync(BackupFile, null, default);
        var manifest = await new BackupReader(empty.Options.Owner, folder, to).RestoreAsync(BackupFile, false, null, default);
        Assert.Equal(1, manifest.Files);
        var restored = new ByteStore(new FilesOptions { Folder = to }, IdentifierVault.OpenOrCreate(Path.Combine(full.Secrets, "snils.key")));
        Assert.Equal(PaperFiles.Pdf(), await restored.ReadAsync(kept.Address, kept.SealedKey, default));

        var path = Path.Combine(from, kept.Address[..2], kept.Address[2..]);
        await File.WriteAllBytesAsync(path, [.. (await File.ReadAllBytesAsync(path))[1..], 0]);
        await new BackupWriter(full.Options.Owner, full.Secrets, from).WriteAsync(BackupFile, null, default);
        Directory.Delete(to, recursive: true);
        await Assert.ThrowsAsync<OperatorException>(() => new BackupReader(empty.Options.Owner, folder, to).RestoreAsync(BackupFile, true, null, default));
        Assert.False(restored.Has(kept.Address));
    }

    [Fact]
    public void Copy_can_be_read_by_its_owner_alone() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(BackupFile));

    private Task<BackupManifest> RestoreAsync(string path, bool isForced = false) =>
        new BackupReader(empty.Options.Owner, folder).RestoreAsync(path, isForced, null, CancellationToken.None);
}
