using System.Collections.Immutable;
using System.Globalization;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Domain;

/// <summary>What the regulation proposes and the sum behind it; the teacher decides.</summary>
/// <param name="Value">The mark, or null when nothing can be proposed.</param>
/// <param name="Why">«(5×1 + 4×3) ÷ 4 = 4,25; от 3,50 — «4»».</param>
internal readonly record struct Proposal(string? Value, string Why);

/// <summary>Proposed term, year and final marks: pure, so that each rule is a row of a table in the tests.</summary>
internal static class TermRules
{
    /// <summary>What may stand for a period.</summary>
    public static readonly ImmutableArray<string> Values = [.. MarkValue.All, MarkValue.Released];

    /// <summary>Reads what a person typed for a period.</summary>
    public static bool TryParse(string? typed, out string value)
    {
        value = MarkValue.Released;
        if (typed?.Trim().TrimEnd('.').Equals(MarkValue.Released, StringComparison.OrdinalIgnoreCase) == true) return true;
        var isMark = MarkValue.TryParse(typed, out var mark);
        value = isMark ? mark.Text : "";
        return isMark;
    }

    /// <summary>The mark of a term from its marks.</summary>
    public static Proposal OfTerm(IReadOnlyList<(string Value, short Weight)> marks, Regulation regulation)
    {
        var average = WeightedAverage.Of(marks);
        if (average.Value is { } mean)
        {
            if (average.Count < regulation.MinMarks) return new(null, string.Format(Words.Russian, Texts.TooFewMarks, average.Count, regulation.MinMarks));
            return Propose(regulation.MarkOf(mean), $"{WeightedAverage.Formula(marks)}", regulation);
        }
        var credits = marks.Where(mark => mark.Value is MarkValue.Passed or MarkValue.Failed).ToList();
        if (credits.Count == 0) return new(null, Texts.NothingCounts);
        var passed = credits.Count(mark => mark.Value == MarkValue.Passed);
        return new(2 * passed >= credits.Count ? MarkValue.Passed : MarkValue.Failed, string.Format(Words.Russian, Texts.CreditsOf, passed, credits.Count));
    }

    /// <summary>The mark of the year: from its terms or from all its marks, as the regulation says.</summary>
    /// <param name="terms">The marks of the terms in order; null where none was set.</param>
    /// <param name="marks">Every mark of the year.</param>
    /// <param name="regulation">The school's act.</param>
    public static Proposal OfYear(IReadOnlyList<string?> terms, IReadOnlyList<(string Value, short Weight)> marks, Regulation regulation)
    {
        if (terms.Any(term => term is null)) return new(null, Texts.TermsMissing);
        var points = terms.Select(term => MarkValue.TryParse(term, out var mark) ? mark.Points : null).OfType<int>().ToList();
        if (points.Count == 0)
        {
            var known = terms.Where(term => term != MarkValue.NotAttested).Distinct().ToList();
            return known is [{ } only] ? new(only, Texts.SameInAllTerms) : new(null, Texts.NothingCounts);
        }
        // A term without a mark («н/а») is left to the teacher: half a year is no year.
        if (2 * points.Count < terms.Count) return new(null, Texts.NothingCounts);
        return regulation.YearBy == YearBy.Marks ? OfTerm(marks, regulation) : Mean(points, regulation);
    }

    /// <summary>The final mark: the year's, or the mean of year and exam, a half in the learner's favour.</summary>
    public static Proposal OfFinal(string? year, string? exam)
    {
        if (year is null) return new(null, Texts.YearMissing);
        if (exam is null) return new(year, Texts.FinalIsYear);
        if (!MarkValue.TryParse(year, out var of) || of.Points is not { } one || !MarkValue.TryParse(exam, out var by) || by.Points is not { } other)
            return new(null, Texts.NothingCounts);
        var mean = (one + other) / 2m;
        var value = (int)Math.Round(mean, MidpointRounding.AwayFromZero);
        return new(Text(value), string.Format(Words.Russian, Texts.FinalOf, one, other, Number(mean), value));
    }

    private static Proposal Mean(List<int> points, Regulation regulation)
    {
        var mean = (decimal)points.Sum() / points.Count;
        var value = regulation.MarkOf(mean);
        return Propose(value, $"({string.Join(" + ", points)}) ÷ {points.Count} = {Number(mean)}", regulation);
    }

    private static Proposal Propose(int value, string sum, Regulation regulation) => new(Text(value), value == 2
        ? string.Format(Words.Russian, Texts.BelowThree, sum, Number(regulation.ThreeFrom))
        : string.Format(Words.Russian, Texts.FromThreshold, sum, Number(regulation.From(value)), value));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(decimal value) => Math.Round(value, 2, MidpointRounding.AwayFromZero).ToString("0.00", Words.Russian);
}
