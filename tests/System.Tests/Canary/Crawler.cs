using System.Net;
using System.Text.RegularExpressions;

namespace MySchool.System.Tests.Canary;

/// <summary>Follows every link of the platform's own from the first page on.</summary>
internal static partial class Crawler
{
    private const int PagesOfAKind = 2;
    private const int MaxPages = 50;

    /// <summary>Walks and shows every answer.</summary>
    /// <returns>How many pages were asked.</returns>
    public static async Task<int> WalkAsync(Visitor visitor, Action<Answer> show)
    {
        var seen = new HashSet<string> { "/" };
        var next = new Queue<string>(seen);
        // Of pages that differ by ids and dates only, two are enough.
        var kinds = new Dictionary<string, int>();
        var asked = 0;
        while (next.TryDequeue(out var path) && asked++ < MaxPages)
        {
            var answer = await visitor.GetAsync(path);
            show(answer);
            foreach (var link in Links(answer).Where(seen.Add))
            {
                var kind = Varying().Replace(link, "*");
                if ((kinds[kind] = kinds.GetValueOrDefault(kind) + 1) <= PagesOfAKind) next.Enqueue(link);
            }
        }
        return asked;
    }

    private static IEnumerable<string> Links(Answer answer)
    {
        var links = Address().Matches(answer.Body).Select(found => WebUtility.HtmlDecode(found.Groups[1].Value));
        const string location = "Location: ";
        if (answer.Headers.Split('\n').FirstOrDefault(line => line.StartsWith(location + "/", StringComparison.Ordinal)) is { } moved) links = links.Append(moved[location.Length..]);
        return links.Select(link => link.Split('#')[0]).Where(link => !link.Contains("//", StringComparison.Ordinal) && !File().IsMatch(link));
    }

    [GeneratedRegex("(?:href|data-[\\w-]+)=\"(/[^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("[0-9a-f-]{8,}|\\d+")]
    private static partial Regex Varying();

    [GeneratedRegex("\\.(css|js|woff2|svg|png|ico|webmanifest|map)(\\?|$)")]
    private static partial Regex File();
}
