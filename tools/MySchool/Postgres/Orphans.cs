using System.Globalization;
using MySchool.CommandLine.Launch;

namespace MySchool.CommandLine.Postgres;

/// <summary>Clears what a killed cluster left: living processes of it first, then its lock file.</summary>
internal static class Orphans
{
    /// <summary>
    /// Call only under the data folder's lock. A backend that outlived its postmaster still holds shared memory and
    /// may write: PostgreSQL refuses to start beside it, rightly.
    /// </summary>
    public static void Clear(string clusterFolder)
    {
        var lockFile = Path.Combine(clusterFolder, "postmaster.pid");
        if (!File.Exists(lockFile)) return;

        // A postmaster that is still alive gets the chance to stop cleanly.
        if (ProcessesOf(clusterFolder) is { Count: > 0 } living)
        {
            Signal(living, UnixSignal.Interrupt);
            if (!AreGone(clusterFolder, TimeSpan.FromSeconds(20)))
            {
                Signal(ProcessesOf(clusterFolder), UnixSignal.Kill);
                if (!AreGone(clusterFolder, TimeSpan.FromSeconds(10)))
                    throw new OperatorException("Прежние процессы PostgreSQL не завершаются. Проверьте их командой ps и повторите.");
            }
        }
        File.Delete(lockFile);
    }

    private static void Signal(IEnumerable<int> processes, UnixSignal signal)
    {
        foreach (var id in processes) _ = ChildProcess.Kill(id, signal);
    }

    private static bool AreGone(string clusterFolder, TimeSpan patience)
    {
        for (var waited = TimeSpan.Zero; waited < patience; waited += TimeSpan.FromMilliseconds(100))
        {
            if (ProcessesOf(clusterFolder).Count == 0) return true;
            Thread.Sleep(100);
        }
        return false;
    }

    // Every process of a cluster works in its folder; no other process does.
    private static List<int> ProcessesOf(string clusterFolder)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (new FileInfo(Path.Combine(folder, "cwd")).LinkTarget == clusterFolder
                    && new FileInfo(Path.Combine(folder, "exe")).LinkTarget?.Contains("postgres", StringComparison.Ordinal) == true)
                    found.Add(id);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or somebody else's: not our cluster's.
            }
        }
        return found;
    }
}
