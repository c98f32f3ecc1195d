using System.Collections.Immutable;

namespace MySchool.Registry.Domain;

/// <summary>What was typed into the search box, ready to be compared: lower case, «ё» as «е», words as prefixes of LIKE.</summary>
internal sealed record SearchWords
{
    private const int MaxLength = 100;
    private const int MaxWords = 4;
    private const int MinLength = 2;

    private SearchWords(string typed, ImmutableArray<string> prefixes)
    {
        Typed = typed;
        Prefixes = prefixes;
    }

    /// <summary>As typed, without edge spaces.</summary>
    public string Typed { get; }

    /// <summary>Each word with its special characters escaped and «%» at the end.</summary>
    public ImmutableArray<string> Prefixes { get; }

    /// <summary>Whether there is enough to search by.</summary>
    public bool IsEnough => Prefixes.Length > 0 && Typed.Length >= MinLength;

    public static SearchWords Of(string? text)
    {
        var typed = string.Concat((text ?? "").Trim().Take(MaxLength).Where(c => !char.IsControl(c)));
        var words = Fold(typed).Split([' ', ',', '.', '«', '»', '"'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // «7-Б» and «7 б» are one class; a name keeps its hyphen.
        var joined = words.Length == 2 && words[0].All(char.IsAsciiDigit) && words[1].Length == 1 ? [words[0] + words[1]] : words;
        return new SearchWords(typed, [.. joined.Take(MaxWords).Select(ToPrefix)]);
    }

    /// <summary>The same folding as the SQL: <c>translate(lower(x), 'ё', 'е')</c>.</summary>
    public static string Fold(string text) => text.ToLowerInvariant().Replace('ё', 'е');

    private static string ToPrefix(string word)
    {
        var plain = word.Length > 2 && char.IsAsciiDigit(word[0]) ? word.Replace("-", "", StringComparison.Ordinal) : word;
        return plain.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
    }
}
