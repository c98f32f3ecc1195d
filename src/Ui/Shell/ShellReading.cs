namespace MySchool.Ui;

/// <summary>What the frame reads out of its state.</summary>
internal static class ShellReading
{
    public static ShellHat? WornHat(this ShellState state) => state.Hats.FirstOrDefault(hat => hat.IsWorn) ?? (state.Hats.Count > 0 ? state.Hats[0] : null);

    /// <summary>«page» for the place with the longest address that begins the request's path.</summary>
    public static string? CurrentMark(this ShellState state, NavItem item)
    {
        NavItem? best = null;
        foreach (var candidate in state.Nav)
            if (IsUnder(state.Path, candidate.Href) && candidate.Href.Length > (best?.Href.Length ?? 0)) best = candidate;
        return ReferenceEquals(best, item) ? "page" : null;
    }

    private static bool IsUnder(string path, string href) =>
        path.StartsWith(href, StringComparison.OrdinalIgnoreCase)
        && (path.Length == href.Length || path[href.Length] == '/' || (href == "/" && path.Length == 1));
}
