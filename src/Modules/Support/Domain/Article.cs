using System.Collections.Immutable;

namespace MySchool.Support.Domain;

/// <summary>A piece of an article's text.</summary>
internal abstract record Block
{
    public sealed record Heading(string Text) : Block;

    public sealed record Paragraph(ImmutableArray<Span> Spans) : Block;

    public sealed record Items(ImmutableArray<ImmutableArray<Span>> Lines, bool IsNumbered) : Block;
}

/// <summary>A run of text: plain, strong, or a link within the platform.</summary>
internal sealed record Span(string Text, bool IsStrong = false, string? Href = null);

/// <summary>
/// The text of an article: paragraphs, «## » headings, «- » and «1. » lists, **strong** words and [links](/to/pages) of the
/// platform. There is no way to write markup, or a link that leads outside.
/// </summary>
internal static class ArticleText
{
    public static ImmutableArray<Block> Read(string body)
    {
        var blocks = ImmutableArray.CreateBuilder<Block>();
        foreach (var part in body.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var lines = part.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (lines is [['#', '#', ' ', .. var heading]]) blocks.Add(new Block.Heading(heading));
            else if (lines.All(line => line.StartsWith("- ", StringComparison.Ordinal))) blocks.Add(new Block.Items([.. lines.Select(line => Spans(line[2..]))], false));
            else if (lines.All(line => Number(line) > 0)) blocks.Add(new Block.Items([.. lines.Select(line => Spans(line[Number(line)..]))], true));
            else blocks.Add(new Block.Paragraph(Spans(string.Join(' ', lines))));
        }
        return blocks.ToImmutable();
    }

    /// <summary>Runs of a text whose found words stand between two marks.</summary>
    public static IEnumerable<(string Text, bool IsFound)> Marked(string text, char opens, char closes)
    {
        var from = 0;
        var isFound = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != opens && text[i] != closes) continue;
            if (i > from) yield return (text[from..i], isFound);
            isFound = text[i] == opens;
            from = i + 1;
        }
        if (from < text.Length) yield return (text[from..], isFound);
    }

    // Length of «12. » at the start of a line, or zero.
    private static int Number(string line)
    {
        var digits = line.TakeWhile(char.IsAsciiDigit).Count();
        return digits is > 0 and < 3 && line.AsSpan(digits).StartsWith(". ") ? digits + 2 : 0;
    }

    private static ImmutableArray<Span> Spans(string text)
    {
        var spans = ImmutableArray.CreateBuilder<Span>();
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (ReadAt(text, i) is not { } found) continue;
            if (i > from) spans.Add(new Span(text[from..i]));
            spans.Add(found.Span);
            from = found.End;
            i = from - 1;
        }
        if (from < text.Length) spans.Add(new Span(text[from..]));
        return spans.ToImmutable();
    }

    private static (Span Span, int End)? ReadAt(string text, int at)
    {
        if (text.AsSpan(at).StartsWith("**") && text.IndexOf("**", at + 2, StringComparison.Ordinal) is var close && close > at + 2)
            return (new Span(text[(at + 2)..close], IsStrong: true), close + 2);
        if (text[at] != '[') return null;
        var middle = text.IndexOf("](", at, StringComparison.Ordinal);
        var end = middle < 0 ? -1 : text.IndexOf(')', middle);
        if (end < 0) return null;
        var href = text[(middle + 2)..end];
        // «//elsewhere» is another site.
        return href is ['/', ..] and not ['/', '/', ..] && !href.Contains('\\', StringComparison.Ordinal) ? (new Span(text[(at + 1)..middle], Href: href), end + 1) : null;
    }
}
