using System.Globalization;

namespace MySchool.Bench;

/// <summary>CPU time of processes as the kernel accounts it: utime + stime, in milliseconds.</summary>
internal static class ProcessCpu
{
    private const double TicksPerSecond = 100;

    /// <summary>One process with all its threads.</summary>
    public static double Of(int process) => Fields(process) is { } fields ? Milliseconds(fields[13]) + Milliseconds(fields[14]) : 0;

    /// <summary>A postmaster, its living backends, and those that have ended.</summary>
    public static double OfPostgres(int postmaster)
    {
        var total = Of(postmaster);
        if (Fields(postmaster) is { } own) total += Milliseconds(own[15]) + Milliseconds(own[16]);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process)
                && Fields(process) is { } fields && fields[3] == postmaster.ToString(CultureInfo.InvariantCulture))
                total += Milliseconds(fields[13]) + Milliseconds(fields[14]);
        return total;
    }

    /// <summary>Resident memory of a process, MiB.</summary>
    public static double MemoryMiB(int process) =>
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kib, ..] ? double.Parse(kib, CultureInfo.InvariantCulture) / 1024 : 0;

    private static double Milliseconds(string ticks) => double.Parse(ticks, CultureInfo.InvariantCulture) * 1000 / TicksPerSecond;

    // The second field, the program's name, may hold spaces: fields are counted after its closing parenthesis.
    private static string[]? Fields(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return ["", "", .. text[(text.LastIndexOf(')') + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
