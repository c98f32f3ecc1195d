using System.Text.RegularExpressions;

namespace MySchool.Ui;

/// <summary>The way to support from any page: it carries the page, and never the ids in its address.</summary>
public static partial class SupportLink
{
    /// <summary>Address of the form, knowing where it was opened.</summary>
    /// <param name="path">Path of the page.</param>
    /// <param name="trace">Number of a failure that the page shows, or null.</param>
    public static string Of(string path, string? trace = null) =>
        path is "/" or "" || path.StartsWith("/support", StringComparison.Ordinal) ? "/support/new"
            : $"/support/new?from={Uri.EscapeDataString(Masked(path))}{(trace is null ? "" : $"&trace={Uri.EscapeDataString(trace)}")}";

    /// <summary>The path with every id and every secret-looking piece replaced by an ellipsis: an address must tell of a page, not of a child.</summary>
    /// <param name="path">Path of a page.</param>
    public static string Masked(string path) => Named().Replace(path, "…");

    // A GUID, a number, or any long run without a hyphen in it: codes of invitations, tokens.
    [GeneratedRegex("(?<=/)([0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9]+|[^/-]{20,}|[^/]*%[^/]*|[^/]*[^\\x20-\\x7e][^/]*)(?=/|$)")]
    private static partial Regex Named();
}
