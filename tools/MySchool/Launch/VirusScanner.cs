namespace MySchool.CommandLine.Launch;

/// <summary>
/// clamd for the platform of this machine, on a socket in the data folder. Signatures are those of the machine (freshclam keeps them);
/// where there are none, a single one of our own that knows the harmless test file, so that the way of a file is the real one.
/// </summary>
internal static class VirusScanner
{
    private const string Program = "/usr/sbin/clamd";
    private const string Signatures = "/var/lib/clamav";

    // The test file of EICAR, as a pattern at any place of a file.
    private const string TestSignature =
        "Eicar-Test:0:*:58354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a\n";

    /// <summary>Where it listens.</summary>
    public static string SocketOf(DataFolder data) => Path.Combine(data.Scanner, "clamd.sock");

    /// <summary>Whether signatures of the machine are there.</summary>
    public static bool HasSignatures => Directory.Exists(Signatures) && Directory.EnumerateFiles(Signatures).Any(file => file.EndsWith(".cvd", StringComparison.Ordinal) || file.EndsWith(".cld", StringComparison.Ordinal));

    /// <summary>What to start, or null when clamd is not on this machine: files wait in quarantine then.</summary>
    public static ChildCommand? Prepare(DataFolder data, UnprivilegedAccount account)
    {
        // A path of a socket has 107 letters at most.
        if (!File.Exists(Program) || SocketOf(data).Length > 100) return null;
        var own = Path.Combine(data.Scanner, "signatures");
        Directory.CreateDirectory(own);
        File.WriteAllText(Path.Combine(own, "test.ndb"), TestSignature);
        var settings = Path.Combine(data.Scanner, "clamd.conf");
        File.WriteAllText(settings, $"""
            LocalSocket {SocketOf(data)}
            FixStaleSocket yes
            DatabaseDirectory {(HasSignatures ? Signatures : own)}
            Foreground yes
            StreamMaxLength 25M
            AlertExceedsMax yes
            MaxThreads 4

            """);
        account.Own(data.Scanner);
        return new ChildCommand("Проверка на вирусы", [Program, "-c", settings], Path.Combine(data.Logs, "clamd.log")) { Drop = account.Drop(), DeathSignal = UnixSignal.Kill };
    }
}
