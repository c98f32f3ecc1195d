using System.Text.RegularExpressions;
using Xunit;

namespace MySchool.Browser.Tests;

/// <summary>The sprite holds what pages ask for.</summary>
public sealed partial class IconTests
{
    [Fact]
    public void Every_icon_used_is_in_the_sprite()
    {
        var listed = File.ReadAllLines(Path.Combine(Repository.Root, "web/icons.txt")).ToHashSet();
        var used = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(path => (path.EndsWith(".razor", StringComparison.Ordinal) || path.EndsWith(".cs", StringComparison.Ordinal)) && !path.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => UsedIcon().Matches(File.ReadAllText(path)).SelectMany(found => Literal().Matches(found.Value)).Select(found => found.Groups[1].Value)).ToHashSet();
        Assert.True(used.Count > 20);
        Assert.Empty(used.Except(listed));
    }

    // Icon="…" and Icon="@(… ? "…" : "…")" of components, Name="…" of <Icon>, and the places of the rail.
    [GeneratedRegex("""\bIcon="(?:[a-z0-9-]+"|@\([^)]*\)")|<Icon Name="[a-z0-9-]+"|new NavEntry\([^,]+, "[^"]+", "[a-z0-9-]+["]""")]
    private static partial Regex UsedIcon();

    [GeneratedRegex("\"([a-z][a-z0-9-]+)\"")]
    private static partial Regex Literal();
}
