namespace MySchool.CommandLine.Backup;

/// <summary>A table in a backup.</summary>
/// <param name="Name">Schema and table.</param>
/// <param name="Columns">Columns in the order of the data; a newer schema may have more.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Bytes">Length of the data.</param>
/// <param name="Sha256">Of the data, in hex.</param>
public sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256);

/// <summary>What a backup holds; the last entry of its archive.</summary>
/// <param name="Format">Version of this layout.</param>
/// <param name="TakenAt">When the snapshot was taken.</param>
/// <param name="Migrations">Scripts that made the schema.</param>
/// <param name="Tables">Tables in the order they are restored in: those referred to come first.</param>
/// <param name="Secrets">Names of key files kept inside, without which СНИЛС cannot be read.</param>
public sealed record BackupManifest(
    int Format, DateTimeOffset TakenAt, IReadOnlyList<string> Migrations, IReadOnlyList<BackupTable> Tables, IReadOnlyList<string> Secrets)
{
    /// <summary>Files of people, each named by the hash of its sealed bytes.</summary>
    public int Files { get; init; }

    /// <summary>Name of a file in the archive.</summary>
    /// <param name="address">SHA-256 in hex.</param>
    public static string FileOf(string address) => $"{FilesFolder}{address}";

    /// <summary>Where the files are in the archive.</summary>
    public const string FilesFolder = "files/";

    /// <summary>The layout written today.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Name of the manifest in the archive.</summary>
    public const string Entry = "manifest.json";

    /// <summary>Name of a table's data in the archive.</summary>
    public static string DataOf(string table) => $"data/{table}.copy";

    /// <summary>Name of a key file in the archive.</summary>
    public static string SecretOf(string name) => $"secrets/{name}";
}
