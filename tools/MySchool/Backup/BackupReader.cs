using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace MySchool.CommandLine.Backup;

/// <summary>
/// Puts a backup into a migrated database: hashes are checked before anything is touched, all tables are filled in one
/// transaction, row counts are compared before it commits. The schema may be newer than the backup's, never older.
/// </summary>
public sealed class BackupReader(string ownerConnection, string secretsFolder, string? filesFolder = null)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Restores.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="isForced">Replace the data that are there.</param>
    /// <param name="report">Told what is being done, step, of how many.</param>
    /// <param name="cancel">Cancels; nothing is changed then.</param>
    /// <exception cref="OperatorException">The file is damaged, the database holds data, or the schema is older.</exception>
    public async Task<BackupManifest> RestoreAsync(string path, bool isForced, Action<string, int, int>? report, CancellationToken cancel)
    {
        if (!File.Exists(path)) throw new OperatorException($"Нет файла {path}.");
        await using var archive = await OpenAsync(path, cancel);
        var manifest = await ReadManifestAsync(archive, cancel);
        for (var i = 0; i < manifest.Tables.Count; i++)
        {
            report?.Invoke("Проверяю копию", i, manifest.Tables.Count);
            await VerifyAsync(archive, manifest.Tables[i], cancel);
        }

        // Files first: they change nothing that is there, and rows that name them come after.
        if (filesFolder is not null) await RestoreFilesAsync(archive, manifest, filesFolder, cancel);

        await using var connection = new NpgsqlConnection(ownerConnection);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await CheckSchemaAsync(connection, manifest, cancel);
        var tables = await TableList.ReadAsync(connection, cancel);
        if (!isForced && await FirstFilledAsync(connection, cancel) is { } filled)
            throw new OperatorException($"База не пуста (в {filled} есть строки). Чтобы заменить данные копией, добавьте --force.");

        await RunAsync(connection, $"truncate {string.Join(", ", tables.Select(t => t.Name))}", cancel);
        // The copy holds what the triggers once wrote; writing it again would change it.
        await RunAsync(connection, Triggers("disable"), cancel);
        for (var i = 0; i < manifest.Tables.Count; i++)
        {
            report?.Invoke("Восстанавливаю", i, manifest.Tables.Count);
            await FillAsync(archive, connection, manifest.Tables[i], cancel);
        }
        await RunAsync(connection, Triggers("enable"), cancel);
        await RunAsync(connection, GoOnCounting, cancel);

        await transaction.CommitAsync(cancel);
        await RunAsync(connection, "analyze", cancel);
        await RestoreKeysAsync(archive, manifest, cancel);
        return manifest;

        string Triggers(string word) => string.Join("; ", manifest.Tables.Select(table => $"alter table {table.Name} {word} trigger user"));
    }

    // Numbers the tables give themselves go on after those of the copy.
    private const string GoOnCounting = """
        do $$
        declare c record; top bigint;
        begin
          for c in select format('%I.%I', n.nspname, t.relname) as "table", a.attname from pg_attribute a join pg_class t on t.oid = a.attrelid join pg_namespace n on n.oid = t.relnamespace
                    where a.attidentity <> '' and not a.attisdropped and n.nspname not in ('pg_catalog', 'information_schema') loop
            execute format('select max(%I) from %s', c.attname, c."table") into top;
            if top is not null then perform setval(pg_get_serial_sequence(c."table", c.attname), greatest(top, nextval(pg_get_serial_sequence(c."table", c.attname)) - 1)); end if;
          end loop;
        end $$
        """;

    private static async Task<ZipArchive> OpenAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await ZipFile.OpenReadAsync(path, cancel);
        }
        catch (InvalidDataException)
        {
            throw new OperatorException($"{path} — не резервная копия платформы или файл повреждён.");
        }
    }

    private static async Task<BackupManifest> ReadManifestAsync(ZipArchive archive, CancellationToken cancel)
    {
        if (archive.GetEntry(BackupManifest.Entry) is not { } entry) throw new OperatorException("В файле нет описи: это не резервная копия платформы.");
        await using var stream = await entry.OpenAsync(cancel);
        var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(stream, Json, cancel);
        return manifest?.Format == BackupManifest.CurrentFormat
            ? manifest : throw new OperatorException($"Копия сделана другой версией программы (формат {manifest?.Format}).");
    }

    private static async Task VerifyAsync(ZipArchive archive, BackupTable table, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var stream = await DataOf(archive, table).OpenAsync(cancel);
            var buffer = new byte[128 * 1024];
            for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;) hash.AppendData(buffer, 0, read);
        }
        catch (InvalidDataException)
        {
            throw new OperatorException($"Копия повреждена: {table.Name} не читается.");
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != table.Sha256)
            throw new OperatorException($"Копия повреждена: у {table.Name} другая контрольная сумма.");
    }

    private static ZipArchiveEntry DataOf(ZipArchive archive, BackupTable table) =>
        archive.GetEntry(BackupManifest.DataOf(table.Name)) ?? throw new OperatorException($"Копия повреждена: нет данных {table.Name}.");

    private static async Task CheckSchemaAsync(NpgsqlConnection connection, BackupManifest manifest, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select array(select scriptname::text from public.schema_versions)", connection);
        var here = (string[])(await command.ExecuteScalarAsync(cancel))!;
        if (manifest.Migrations.Except(here).FirstOrDefault() is { } missing)
            throw new OperatorException($"Копия новее программы: в ней есть изменение схемы {missing}. Обновите платформу.");
    }

    // Texts of consents come with the schema itself; people and schools do not.
    private static async Task<string?> FirstFilledAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var name in (string[])["registry.organisations", "registry.people", "journal.marks", "access.sessions", "kernel.audit"])
        {
            await using var command = new NpgsqlCommand($"select exists (select from {name})", connection);
            if ((bool)(await command.ExecuteScalarAsync(cancel))!) return name;
        }
        return null;
    }

    private static async Task FillAsync(ZipArchive archive, NpgsqlConnection connection, BackupTable table, CancellationToken cancel)
    {
        await using (var source = await DataOf(archive, table).OpenAsync(cancel))
        await using (var target = await connection.BeginRawBinaryCopyAsync(
            $"copy {table.Name} ({TableList.Quote(table.Columns)}) from stdin (format binary)", cancel))
            await source.CopyToAsync(target, 128 * 1024, cancel);

        await using var count = new NpgsqlCommand($"select count(*) from {table.Name}", connection) { CommandTimeout = 0 };
        var rows = (long)(await count.ExecuteScalarAsync(cancel))!;
        if (rows != table.Rows) throw new OperatorException($"В {table.Name} восстановлено строк: {rows}, а в копии {table.Rows}. Ничего не изменено.");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    // A file's name is the hash of its bytes: the copy is checked as it is written.
    private static async Task RestoreFilesAsync(ZipArchive archive, BackupManifest manifest, string folder, CancellationToken cancel)
    {
        var restored = 0;
        foreach (var entry in archive.Entries.Where(entry => entry.FullName.StartsWith(BackupManifest.FilesFolder, StringComparison.Ordinal)))
        {
            var address = entry.FullName[BackupManifest.FilesFolder.Length..];
            if (address.Length != 64 || !address.All(char.IsAsciiHexDigitLower)) throw new OperatorException($"Копия повреждена: странное имя файла {entry.FullName}.");
            var path = Path.Combine(folder, address[..2], address[2..]);
            restored++;
            if (File.Exists(path)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var hash = SHA256.Create();
            await using (var source = await entry.OpenAsync(cancel))
            await using (var target = new CryptoStream(new FileStream(path + ".new", FileMode.Create, FileAccess.Write), hash, CryptoStreamMode.Write))
                await source.CopyToAsync(target, cancel);
            if (Convert.ToHexStringLower(hash.Hash!) != address) throw new OperatorException($"Копия повреждена: файл {address} не сходится с контрольной суммой.");
            File.Move(path + ".new", path);
        }
        if (restored != manifest.Files) throw new OperatorException($"Копия повреждена: файлов {restored} вместо {manifest.Files}.");
    }

    // Keys follow the data: with others nobody's СНИЛС would be found.
    private async Task RestoreKeysAsync(ZipArchive archive, BackupManifest manifest, CancellationToken cancel)
    {
        foreach (var name in manifest.Secrets.Where(BackupWriter.KeyFiles.Contains))
        {
            if (archive.GetEntry(BackupManifest.SecretOf(name)) is not { } entry) continue;
            var path = Path.Combine(secretsFolder, name);
            if (File.Exists(path)) File.Move(path, path + ".before-restore", overwrite: true);
            await using var source = await entry.OpenAsync(cancel);
            await using var target = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            await source.CopyToAsync(target, cancel);
        }
    }
}
