using System.Diagnostics;
using System.IO.Compression;
using MySchool.CommandLine.Launch;
using MySchool.Generator;
using MySchool.Generator.Export;

namespace MySchool.Bench;

/// <summary>The import as an operator runs it: a process of its own, a zip, an empty migrated database.</summary>
internal static class ImportRun
{
    // The tree is the large region's; so many of its schools have about a hundred thousand people.
    private const int Schools = 62;

    /// <summary>Imports and counts the time from the start of the process to the word that everything is committed.</summary>
    public static async Task<(long People, TimeSpan Took)> MeasureAsync(string folder, RegionSize size, CancellationToken cancel)
    {
        var (zip, people) = await ZipAsync(folder, size, cancel);
        var place = Path.Combine(folder, "import");
        using (var data = DataFolder.Open(place)) data.Wipe();
        await RunAsync(["migrate", "--data", place], cancel);
        return (people, await RunAsync(["import", zip, "--data", place], cancel));
    }

    // Made once; the number of people stands in its name.
    public static async Task<(string Path, long People)> ZipAsync(string folder, RegionSize size, CancellationToken cancel)
    {
        var prefix = size == RegionSize.Small ? "import-small-" : "import-large-";
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFiles(folder, prefix + "*.zip").FirstOrDefault() is not { } made)
        {
            var files = Directory.CreateTempSubdirectory("bench-import-").FullName;
            var people = size == RegionSize.Small
                ? OneRosterExport.Write(files, size, new DateOnly(2026, 11, 23), 2026, null)
                : OneRosterExport.Write(files, RegionSize.Region, new DateOnly(2026, 11, 23), 2026, null, Schools);
            made = Path.Combine(folder, $"{prefix}{people}.zip");
            await ZipFile.CreateFromDirectoryAsync(files, made, cancel);
            Directory.Delete(files, recursive: true);
        }
        return (made, long.Parse(Path.GetFileNameWithoutExtension(made)[prefix.Length..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<TimeSpan> RunAsync(string[] arguments, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "myschool.dll"), .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var took = TimeSpan.Zero;
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
            if (line.Contains("Загружено", StringComparison.Ordinal)) took = watch.Elapsed;
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? took : throw new InvalidOperationException($"myschool {arguments[0]} ended with {process.ExitCode}");
    }
}
