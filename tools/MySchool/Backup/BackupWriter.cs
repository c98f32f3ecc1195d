using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace MySchool.CommandLine.Backup;

/// <summary>
/// A logical copy of the whole database in one file: binary COPY of every table, all from one snapshot, so that work
/// may go on meanwhile. Needs no pg_dump. Holds children's data and the keys to it: the file is made readable by its owner only.
/// </summary>
public sealed class BackupWriter(string ownerConnection, string secretsFolder, string? filesFolder = null)
{
    /// <summary>Keys without which restored data cannot be read.</summary>
    internal static readonly string[] KeyFiles = ["snils.key", "keyring.key", "keyring.crt"];

    /// <summary>Writes the file; it appears whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="report">Told table by table: name, number, of how many.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<BackupManifest> WriteAsync(string path, Action<string, int, int>? report, CancellationToken cancel)
    {
        var draft = path + ".new";
        BackupManifest manifest;
        await using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
                manifest = await FillAsync(archive, report, cancel);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
        return manifest;
    }

    private async Task<BackupManifest> FillAsync(ZipArchive archive, Action<string, int, int>? report, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var (takenAt, migrations) = await ReadVersionAsync(connection, cancel);
        var tables = await TableList.ReadAsync(connection, cancel);

        var written = new List<BackupTable>();
        foreach (var (name, columns) in tables)
        {
            report?.Invoke(name, written.Count, tables.Count);
            written.Add(await CopyAsync(archive, connection, name, columns, cancel));
        }
        var secrets = KeyFiles.Where(key => File.Exists(Path.Combine(secretsFolder, key))).ToArray();
        foreach (var key in secrets) await archive.CreateEntryFromFileAsync(Path.Combine(secretsFolder, key), BackupManifest.SecretOf(key), cancel);

        // After the tables: bytes are on the disk before their rows are, and never change; so every row of the snapshot finds its own.
        var files = filesFolder is null ? 0 : await CopyFilesAsync(archive, filesFolder, cancel);
        var manifest = new BackupManifest(BackupManifest.CurrentFormat, takenAt, migrations, written, secrets) { Files = files };
        await using var stream = await archive.CreateEntry(BackupManifest.Entry).OpenAsync(cancel);
        await JsonSerializer.SerializeAsync(stream, manifest, BackupReader.Json, cancel);
        return manifest;
    }

    private static async Task<(DateTimeOffset, List<string>)> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var migrations = new List<string>();
        DateTimeOffset takenAt = default;
        await using var command = new NpgsqlCommand("select scriptname, now() from public.schema_versions order by schemaversionsid", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            migrations.Add(reader.GetString(0));
            takenAt = reader.GetFieldValue<DateTimeOffset>(1);
        }
        return (takenAt, migrations);
    }

    private static async Task<int> CopyFilesAsync(ZipArchive archive, string folder, CancellationToken cancel)
    {
        var count = 0;
        foreach (var drawer in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(path => Path.GetFileName(path).Length == 2) : [])
            foreach (var path in Directory.EnumerateFiles(drawer))
            {
                try
                {
                    // Sealed bytes do not pack.
                    await archive.CreateEntryFromFileAsync(path, BackupManifest.FileOf(Path.GetFileName(drawer) + Path.GetFileName(path)), CompressionLevel.NoCompression, cancel);
                    count++;
                }
                catch (FileNotFoundException) { /* Swept meanwhile: no row names it. */ }
            }
        return count;
    }

    private static async Task<BackupTable> CopyAsync(ZipArchive archive, NpgsqlConnection connection, string name, string[] columns, CancellationToken cancel)
    {
        long rows;
        await using (var count = new NpgsqlCommand($"select count(*) from {name}", connection) { CommandTimeout = 0 })
            rows = (long)(await count.ExecuteScalarAsync(cancel))!;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        await using (var target = await archive.CreateEntry(BackupManifest.DataOf(name), CompressionLevel.Fastest).OpenAsync(cancel))
        await using (var source = await connection.BeginRawBinaryCopyAsync(
            $"copy (select {TableList.Quote(columns)} from {name}) to stdout (format binary)", cancel))
        {
            var buffer = new byte[128 * 1024];
            for (int read; (read = await source.ReadAsync(buffer, cancel)) > 0; bytes += read)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        return new BackupTable(name, columns, rows, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
