using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MySchool.Contracts.Registry;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Reads the files of a folder and copies their rows into the temporary tables: one core reads ahead, another sends.</summary>
internal sealed class ImportFiles(NpgsqlConnection connection, IReadOnlyList<OneRosterFile> files, BadRows bad, IProgress<ImportProgress>? progress) : IAsyncDisposable
{
    private const string Manifest = "manifest.csv";
    private const int ReadAhead = 256;
    private readonly Channel<Portion> portions = Channel.CreateBounded<Portion>(new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource stop = new();
    private Task reading = Task.CompletedTask;
    private long rows;

    /// <summary>Rows of a file, ready to be sent.</summary>
    private readonly record struct Portion(OneRosterFile File, ReadOnlyMemory<byte> Rows);

    /// <summary>Copies everything but the last file, the largest one, which goes on being read while the database works on the others.</summary>
    public async Task StageFirstAsync(string folder, CancellationToken cancel)
    {
        // Windows tools change the case of names; Linux tells cases apart.
        var present = Directory.EnumerateFiles(folder).ToLookup(path => Path.GetFileName(path), StringComparer.OrdinalIgnoreCase);
        await CheckManifestAsync(present[Manifest].FirstOrDefault(), cancel);
        reading = Task.Run(() => ReadAllAsync(present, portions.Writer, stop.Token), stop.Token);
        foreach (var file in files.SkipLast(1)) await StageWriter.CopyAsync(connection, file.Table, RowsOf(file, cancel), cancel);
    }

    /// <summary>Copies the last file and waits until all is read.</summary>
    public async Task StageLastAsync(CancellationToken cancel)
    {
        await StageWriter.CopyAsync(connection, files[^1].Table, RowsOf(files[^1], cancel), cancel);
        await portions.Reader.Completion;
    }

    /// <summary>Stops reading, whatever has come of sending.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
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

    private async Task ReadAllAsync(ILookup<string, string> present, ChannelWriter<Portion> to, CancellationToken cancel)
    {
        try
        {
            foreach (var file in files)
                if (present[file.Name].FirstOrDefault() is { } path) await ReadAsync(file, path, to, cancel);
                else if (file.IsRequired) bad.Add(file.Name, 0, "", Texts.BadFileMissing);
            to.Complete();
        }
        catch (Exception broken)
        {
            to.Complete(broken);
            throw;
        }
    }

    private async Task ReadAsync(OneRosterFile file, string path, ChannelWriter<Portion> to, CancellationToken cancel)
    {
        using var table = await CsvTable.OpenAsync(path, file.Columns, bad, cancel);
        if (table is null) return;
        var writer = new StageWriter();
        while (table.Read())
        {
            file.Fill(table, writer);
            rows++;
            if (!writer.IsFull) continue;
            await to.WriteAsync(new Portion(file, writer.Take()), cancel);
            progress?.Report(new ImportProgress(file.Name, rows));
        }
        await to.WriteAsync(new Portion(file, writer.Take()), cancel);
        progress?.Report(new ImportProgress(file.Name, rows));
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> RowsOf(OneRosterFile file, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (await portions.Reader.WaitToReadAsync(cancel) && portions.Reader.TryPeek(out var next) && next.File == file)
            if (portions.Reader.TryRead(out next)) yield return next.Rows;
    }
}
