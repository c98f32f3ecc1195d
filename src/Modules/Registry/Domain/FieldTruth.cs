using System.Collections.Immutable;

namespace MySchool.Registry.Domain;

/// <summary>What becomes of a source's word about a field.</summary>
internal enum FieldVerdict
{
    /// <summary>Nothing was said, or nothing new.</summary>
    Nothing,

    /// <summary>The card takes the value.</summary>
    Apply,

    /// <summary>The card has the value already, and from now on on the word of a stronger source.</summary>
    Confirm,

    /// <summary>A stronger source holds the field: a person decides.</summary>
    Propose,
}

/// <summary>Which source is believed when two disagree about a field of a person. Pure; the imports say the same in SQL, a set at a time.</summary>
internal static class FieldTruth
{
    /// <summary>ЕСИА: the identity document itself.</summary>
    public const string Esia = "esia";

    /// <summary>A region's system, by an import of the operator.</summary>
    public const string Region = "region";

    /// <summary>An administrator's own hand.</summary>
    public const string School = "school";

    /// <summary>A file that a school has loaded.</summary>
    public const string Import = "import";

    /// <summary>Who began the card is not known.</summary>
    public const string Platform = "platform";

    /// <summary>Sources the operator ranks.</summary>
    public static readonly ImmutableArray<string> Sources = [Esia, Region, School, Import];

    /// <summary>Fields that are ranked, as columns of <c>registry.people</c>, in the order of telling.</summary>
    public static readonly ImmutableArray<string> Fields = ["last_name", "first_name", "middle_name", "birth_date", "gender"];

    /// <summary>Judges a source's word.</summary>
    /// <param name="told">What the source says; null when it is silent, empty when it says that there is none.</param>
    /// <param name="source">Who says it.</param>
    /// <param name="held">What the card says; empty when nothing.</param>
    /// <param name="holder">On whose word.</param>
    /// <param name="ranks">Sources of the field, the strongest first.</param>
    public static FieldVerdict Judge(string? told, string source, string held, string holder, IReadOnlyList<string> ranks) =>
        told is null ? FieldVerdict.Nothing
        : told == held ? held.Length > 0 && Rank(source, ranks) < Rank(holder, ranks) ? FieldVerdict.Confirm : FieldVerdict.Nothing
        // What nobody has said yet, anybody may.
        : held.Length == 0 || Rank(source, ranks) <= Rank(holder, ranks) ? FieldVerdict.Apply
        : told.Length == 0 ? FieldVerdict.Nothing : FieldVerdict.Propose;

    private static int Rank(string source, IReadOnlyList<string> ranks)
    {
        for (var i = 0; i < ranks.Count; i++)
            if (ranks[i] == source) return i;
        return ranks.Count;
    }
}
