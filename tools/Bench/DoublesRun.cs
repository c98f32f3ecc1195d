using System.Diagnostics;
using System.Globalization;
using MySchool.CommandLine.Launch;
using MySchool.Generator;

namespace MySchool.Bench;

/// <summary>A figure beside its bar.</summary>
internal sealed record BarLine(string Name, double Value, double Bar, string Detail);

/// <summary>
/// An import of a hundred thousand people with the search for doubles, into an empty migrated database; then the same file again,
/// which compares every row and writes none. Each in a process of its own, as an operator runs it.
/// </summary>
internal static class DoublesRun
{
    private const string Name = "doubles of 100,000 people";
    private const double ImportBar = 60;
    private const double UnchangedBar = 20;
    private const double MemoryBar = 500;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    public static async Task<IReadOnlyList<BarLine>> MeasureAsync(RunRequest request, CancellationToken cancel)
    {
        if (!Name.StartsWith(request.Only, StringComparison.Ordinal)) return [];
        var (zip, people) = await ImportRun.ZipAsync(request.Data, RegionSize.Region, cancel);
        var place = Path.Combine(request.Data, "doubles");
        using (var data = DataFolder.Open(place)) data.Wipe();
        await RunAsync(place, ["migrate", "--data", place], cancel);
        var first = await RunAsync(place, ["import", zip, "--data", place], cancel);
        var again = await RunAsync(place, ["import", zip, "--data", place], cancel);
        return
        [
            new($"import of {people:N0} people with doubles, s", first.Seconds, ImportBar, first.Cpu),
            new("memory of the import, MiB", first.PeakMiB, MemoryBar, "peak RSS of the process"),
            new("the same file again, nothing changed, s", again.Seconds, UnchangedBar, again.Cpu),
        ];
    }

    private static async Task<Ran> RunAsync(string place, string[] arguments, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "myschool.dll"), .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEndAsync(cancel);
        var (cpu, postgres, peak) = (0.0, 0.0, 0.0);
        while (!process.HasExited)
        {
            cpu = Math.Max(cpu, ProcessCpu.Of(process.Id));
            postgres = Math.Max(postgres, Postmaster(place) is { } postmaster ? ProcessCpu.OfPostgres(postmaster) : 0);
            peak = Math.Max(peak, PeakMiB(process.Id));
            await Task.Delay(Beat, cancel);
        }
        await lines;
        return process.ExitCode == 0 ? new Ran(watch.Elapsed.TotalSeconds, peak, cpu / 1000, postgres / 1000)
            : throw new InvalidOperationException($"myschool {arguments[0]} ended with {process.ExitCode}");
    }

    private static int? Postmaster(string place)
    {
        var file = Path.Combine(place, "pg", "postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private static double PeakMiB(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM", StringComparison.Ordinal))?
                .Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kib, ..] ? double.Parse(kib, CultureInfo.InvariantCulture) / 1024 : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private sealed record Ran(double Seconds, double PeakMiB, double AppCpu, double PostgresCpu)
    {
        public string Cpu => string.Create(CultureInfo.InvariantCulture, $"CPU {AppCpu:0.0} s + PostgreSQL {PostgresCpu:0.0} s");
    }
}
