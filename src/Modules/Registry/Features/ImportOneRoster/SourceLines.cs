using System.Globalization;
using System.Runtime.InteropServices;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>
/// Where the ids of the files stand. Most of an import are enrolments, and each names a class and a person: found here
/// by their lines, they come to the database as numbers, several times cheaper to move and to join than texts.
/// </summary>
internal sealed class SourceLines
{
    /// <summary>A row of classes.csv, as far as enrolments ask.</summary>
    public readonly record struct Class(int Line, bool IsGroup, string? School);

    private readonly Dictionary<(string File, string Column), Dictionary<string, int>> met = [];

    public Dictionary<string, Class> Classes { get; } = [];

    public Attendance Attendance { get; } = new();

    public int? Org(string? source) => Find("orgs.csv", source);

    public int? User(string? source) => Find("users.csv", source);

    /// <summary>
    /// Refuses what a row above has said of itself already. Only the first of such rows goes on, so that everything else
    /// wrong is found in the same run, and a thousand rows of one id do not join to a million.
    /// </summary>
    /// <returns>Whether the row is the first.</returns>
    public bool IsFirst(CsvTable row, string column, string? value, string reason)
    {
        if (value is null) return true;
        ref var lines = ref CollectionsMarshal.GetValueRefOrAddDefault(met, (row.File, column), out _);
        lines ??= [];
        if (lines.TryAdd(value, (int)row.Line)) return true;
        row.Refuse(column, string.Format(CultureInfo.InvariantCulture, reason, lines[value]));
        return false;
    }

    private int? Find(string file, string? source) =>
        source is not null && met.TryGetValue((file, "sourcedId"), out var lines) && lines.TryGetValue(source, out var line) ? line : null;
}
