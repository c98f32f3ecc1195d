using System.Collections.Immutable;

namespace MySchool.Registry.Domain;

/// <summary>What two rows are compared by.</summary>
internal sealed record Likeness(string LastName, string FirstName, string MiddleName, DateOnly? BirthDate, string? Gender);

/// <summary>What the identifiers of two people say together.</summary>
internal enum IdentifierWord
{
    /// <summary>At least one of them has no СНИЛС.</summary>
    Nothing,

    /// <summary>Each has one, and they differ.</summary>
    Differ,
}

/// <summary>How likely two rows are one person, 1–100, and why: codes of the sentences a person reads.</summary>
internal sealed record Judgement(int Score, ImmutableArray<string> Reasons)
{
    /// <summary>Below this a pair is not shown to anyone.</summary>
    public const int Threshold = 50;

    public bool IsLikely => Score >= Threshold;
}

/// <summary>Judges whether two rows may be one person. Pure: the search brings pairs with something in common, this decides.</summary>
internal static class DoubleRules
{
    /// <summary>Judges a pair; the order of the two does not matter.</summary>
    /// <param name="one">One row.</param>
    /// <param name="other">The other.</param>
    /// <param name="identifiers">What their identifiers say.</param>
    /// <param name="signals">Clashes of identifiers seen: <c>snils</c>, <c>esia</c>.</param>
    public static Judgement Judge(Likeness one, Likeness other, IdentifierWord identifiers, IReadOnlyCollection<string> signals)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        var score = Math.Min(Names(one, other, reasons), 90);
        if (score > 0) score += Births(one, other, reasons);
        if (score > 0) score += Middles(one, other, reasons) + Genders(one, other, reasons);
        if (identifiers == IdentifierWord.Differ)
        {
            // A СНИЛС carries a control sum: two true ones belong to two people.
            score -= 60;
            reasons.Add("SnilsDiffer");
        }
        if (signals.Count > 0)
        {
            reasons.InsertRange(0, signals.Order(StringComparer.Ordinal).Select(signal => signal == "esia" ? "EsiaClash" : "SnilsClash"));
            score = 100;
        }
        return new Judgement(Math.Clamp(score, 0, 100), reasons.ToImmutable());
    }

    private static int Names(Likeness one, Likeness other, ImmutableArray<string>.Builder reasons)
    {
        var (last, first) = (Spelling(one.LastName), Spelling(one.FirstName));
        var (otherLast, otherFirst) = (Spelling(other.LastName), Spelling(other.FirstName));
        var (score, reason) =
            last == otherLast && first == otherFirst ? (80, Written(one, other) ? "SameName" : "SameNameSpelled")
            : last == otherFirst && first == otherLast ? (75, "NamesSwapped")
            : first == otherFirst && IsPart(one.LastName, other.LastName) ? (65, "DoubleSurname")
            : first == otherFirst && IsOneSlip(last, otherLast) ? (65, "SlipInLastName")
            : last == otherLast && IsOneSlip(first, otherFirst) ? (55, "SlipInFirstName")
            : (0, "");
        if (score > 0) reasons.Add(reason);
        return score;
    }

    private static int Births(Likeness one, Likeness other, ImmutableArray<string>.Builder reasons)
    {
        if (one.BirthDate is not { } born || other.BirthDate is not { } otherBorn)
        {
            reasons.Add("BirthUnknown");
            return -25;
        }
        if (born == otherBorn)
        {
            reasons.Add("SameBirth");
            return 10;
        }
        if (born.Year == otherBorn.Year && born.Month == otherBorn.Day && born.Day == otherBorn.Month)
        {
            reasons.Add("BirthSwapped");
            return -5;
        }
        return -100;
    }

    private static int Middles(Likeness one, Likeness other, ImmutableArray<string>.Builder reasons)
    {
        var (middle, otherMiddle) = (Spelling(one.MiddleName), Spelling(other.MiddleName));
        if (middle.Length == 0 || otherMiddle.Length == 0) return 0;
        if (middle == otherMiddle) return 5;
        if (IsOneSlip(middle, otherMiddle)) return 0;
        reasons.Add("MiddleDiffers");
        return -35;
    }

    private static int Genders(Likeness one, Likeness other, ImmutableArray<string>.Builder reasons)
    {
        if (one.Gender is null || other.Gender is null || one.Gender == other.Gender) return 0;
        reasons.Add("GenderDiffers");
        return -30;
    }

    private static bool Written(Likeness one, Likeness other) => one.LastName == other.LastName && one.FirstName == other.FirstName;

    /// <summary>A name as it is compared: «ё» as «е», small letters, no spaces, hyphens or apostrophes.</summary>
    public static string Spelling(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsLetter)).Replace('\u0451', '\u0435');

    // «Петрова» beside «Иванова-Петрова».
    private static bool IsPart(string one, string other)
    {
        var (parts, otherParts) = (Parts(one), Parts(other));
        return parts.Length != otherParts.Length && (parts.All(otherParts.Contains) || otherParts.All(parts.Contains));
    }

    private static string[] Parts(string name) =>
        [.. name.Split('-', ' ').Select(Spelling).Where(part => part.Length > 1)];

    /// <summary>Whether one letter was added, left out, changed, or traded places with its neighbour; names of two letters are too short to tell.</summary>
    public static bool IsOneSlip(string one, string other)
    {
        if (one == other || Math.Min(one.Length, other.Length) < 3 || Math.Abs(one.Length - other.Length) > 1) return false;
        var start = 0;
        while (start < Math.Min(one.Length, other.Length) && one[start] == other[start]) start++;
        var end = 0;
        while (end < Math.Min(one.Length, other.Length) - start && one[^(end + 1)] == other[^(end + 1)]) end++;
        var (middle, otherMiddle) = (one[start..^end], other[start..^end]);
        return (middle.Length <= 1 && otherMiddle.Length <= 1)
            || (middle.Length == 2 && otherMiddle.Length == 2 && middle[0] == otherMiddle[1] && middle[1] == otherMiddle[0]);
    }
}
