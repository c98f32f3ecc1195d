using MySchool.Contracts.Registry;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Reads the files of a folder and copies their rows into the temporary tables.</summary>
internal sealed class ImportFiles(NpgsqlConnection connection, IReadOnlyList<OneRosterFile> files, BadRows bad, IProgress<ImportProgress>? progress)
{
    private const string Manifest = "manifest.csv";
    private const int ReportEvery = 20_000;
    private long rows;

    public async Task StageAsync(string folder, CancellationToken cancel)
    {
        // Windows tools change the case of names; Linux tells cases apart.
        var present = Directory.EnumerateFiles(folder).ToLookup(path => Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);
        await CheckManifestAsync(present[Manifest].FirstOrDefault(), cancel);
        foreach (var file in files)
            if (present[file.Name].FirstOrDefault() is { } path) await StageAsync(file, path, cancel);
            else if (file.IsRequired) bad.Add(file.Name, 0, "", Texts.BadFileMissing);
    }

    private async Task CheckManifestAsync(string? path, CancellationToken cancel)
    {
        if (path is null)
        {
            bad.Add(Manifest, 0, "", Texts.BadFileMissing);
            return;
        }
        using var table = await CsvTable.OpenAsync(path, ["propertyName", "value"], bad, cancel);
        while (table?.Read() == true)
        {
            var name = table.Text("propertyName", 100);
            var value = table.Text("value", 100);
            if (name == "oneroster.version" && value is not ("1.2" or "1.1"))
                table.Refuse("value", Texts.BadVersion);
            else if (value == "delta" && files.Any(file => name == $"file.{Path.GetFileNameWithoutExtension(file.Name)}"))
                table.Refuse("value", Texts.BadDelta);
        }
    }

    private async Task StageAsync(OneRosterFile file, string path, CancellationToken cancel)
    {
        using var table = await CsvTable.OpenAsync(path, file.Columns, bad, cancel);
        if (table is null) return;
        await using var copy = await connection.BeginBinaryImportAsync($"copy {file.Table} from stdin (format binary)", cancel);
        copy.Timeout = TimeSpan.Zero;
        var writer = new StageWriter(copy);
        while (table.Read())
        {
            file.Fill(table, writer);
            if (++rows % ReportEvery != 0) continue;
            cancel.ThrowIfCancellationRequested();
            progress?.Report(new ImportProgress(file.Name, rows));
        }
        await copy.CompleteAsync(cancel);
        progress?.Report(new ImportProgress(file.Name, rows));
    }
}
