using MySchool.Contracts.Registry;

namespace MySchool.Connection.Domain;

/// <summary>Names as people type them beside names as a passport has them.</summary>
internal static class Names
{
    /// <summary>Whether the typed name is the proven one: the order of words, case and «ё» do not matter; отчество may be left out.</summary>
    public static bool AreSame(string typed, PersonName proven)
    {
        var words = Split(typed);
        return words.Count >= 2 && words.All(Split(proven.Full).Contains) && Split(proven.Last).All(words.Contains) && Split(proven.First).All(words.Contains);
    }

    /// <summary>Whether it may be a name at all: two to five words of letters.</summary>
    public static bool IsName(string typed)
    {
        var words = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return typed.Length <= 200 && words.Length is >= 2 and <= 6
            && words.All(word => word.All(letter => char.IsLetter(letter) || letter is '-' or '\'' or '’' or '.' or '(' or ')'));
    }

    private static HashSet<string> Split(string name) =>
        [.. name.ToLowerInvariant().Replace('ё', 'е').Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
