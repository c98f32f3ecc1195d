using System.Collections.Immutable;
using MySchool.Journal.Resources;
using MySchool.Kernel;

namespace MySchool.Journal.Domain;

/// <summary>One thing a work is judged by.</summary>
/// <param name="Name">«К1. Соответствие теме».</param>
/// <param name="Most">Points at most, 1 to 100.</param>
internal readonly record struct Criterion(string Name, short Most);

/// <summary>Criteria of a work and the shares of the total, in percent, from which marks begin.</summary>
internal sealed record CriteriaSet(ImmutableArray<Criterion> Criteria, short FiveFrom, short FourFrom, short ThreeFrom)
{
    public int Total => Criteria.Sum(criterion => criterion.Most);

    /// <summary>Unless the teacher sets others: 85, 65 and 45 %, a usual agreement of schools.</summary>
    public static CriteriaSet Usual => new([], 85, 65, 45);
}

/// <summary>From points to a mark: pure, so that each rule is a row of a table in the tests.</summary>
internal static class CriteriaRules
{
    public const int MostCriteria = 12;
    private const int LongestComment = 500;
    private const int LongestName = 60;
    private const int MostPoints = 100;

    /// <summary>The mark of a sum of points.</summary>
    public static string MarkOf(CriteriaSet set, IReadOnlyList<short> points)
    {
        // In whole hundredths of the total: a share that is just reached counts as reached.
        var share = 100 * points.Sum(each => each);
        return share >= set.FiveFrom * set.Total ? "5" : share >= set.FourFrom * set.Total ? "4" : share >= set.ThreeFrom * set.Total ? "3" : "2";
    }

    /// <summary>The words of the comment: «Соответствие теме 2 из 3, грамотность 1 из 2. Всего 3 из 5».</summary>
    public static string Words(CriteriaSet set, IReadOnlyList<short> points)
    {
        var named = Say((criterion, _) => criterion.Name);
        // Long names make room for numbers: a comment has its bounds.
        return named.Length <= LongestComment ? named : Say((_, index) => string.Format(Domain.Words.Russian, Texts.CriterionNumber, index + 1));

        string Say(Func<Criterion, int, string> name) => string.Format(Domain.Words.Russian, Texts.CriteriaComment,
            string.Join(", ", set.Criteria.Select((criterion, index) => string.Format(Domain.Words.Russian, Texts.CriterionOf, name(criterion, index), points[index], criterion.Most))),
            points.Sum(each => each), set.Total);
    }

    /// <summary>Reads what a teacher typed: a line a criterion, its points at the end («Грамотность 3»).</summary>
    public static Result<CriteriaSet> Parse(string? lines, string? five, string? four, string? three)
    {
        var criteria = ImmutableArray.CreateBuilder<Criterion>();
        foreach (var line in (lines ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = line.LastIndexOf(' ');
            if (cut <= 0 || !short.TryParse(line[(cut + 1)..], out var most) || most is < 1 or > MostPoints || line[..cut].Trim(' ', '-', '—', ':', ',').Length is 0 or > LongestName)
                return new Problem("journal.criterion", string.Format(Domain.Words.Russian, Texts.CriterionLine, line, LongestName, MostPoints), "criteria");
            criteria.Add(new(line[..cut].Trim(' ', '-', '—', ':', ','), most));
        }
        if (criteria.Count is 0 or > MostCriteria) return new Problem("journal.criteria-count", string.Format(Domain.Words.Russian, Texts.CriteriaCount, MostCriteria), "criteria");
        if (!short.TryParse(five, out var fiveFrom) || !short.TryParse(four, out var fourFrom) || !short.TryParse(three, out var threeFrom)
            || fiveFrom > 100 || threeFrom < 1 || fiveFrom <= fourFrom || fourFrom <= threeFrom)
            return new Problem("journal.criteria-shares", Texts.CriteriaShares, "five");
        return new CriteriaSet(criteria.ToImmutable(), fiveFrom, fourFrom, threeFrom);
    }
}
