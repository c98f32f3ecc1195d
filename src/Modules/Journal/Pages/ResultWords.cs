using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Pages;

/// <summary>Term marks in words.</summary>
internal static class ResultWords
{
    private const int MostNamed = 8;

    /// <summary>«2-я четверть», «год», «экзамен», «итоговая».</summary>
    public static string PeriodName(GroupRoster group, short period) => period switch
    {
        Period.Year => Texts.Year, Period.Exam => Texts.Exam, Period.Final => Texts.FinalMark,
        _ => group.Terms.FirstOrDefault(term => term.Number == period)?.Name ?? $"{period}",
    };

    /// <summary>The first names and how many more there are.</summary>
    public static string Some(ImmutableArray<string> names) => names.Length <= MostNamed
        ? string.Join(", ", names) : string.Format(Words.Russian, Texts.AndOthers, string.Join(", ", names.Take(MostNamed)), names.Length - MostNamed);

    /// <summary>Успеваемость, качество знаний and the mean of the marks set.</summary>
    public static string Summary(IReadOnlyList<string> values)
    {
        var points = values.Select(value => MarkValue.TryParse(value, out var mark) ? mark.Points : null).OfType<int>().ToList();
        if (points.Count == 0) return Texts.NoResultsYet;
        return string.Format(Words.Russian, Texts.ResultsSummary,
            Percent(points.Count(p => p >= 3)), Percent(points.Count(p => p >= 4)), points.Average().ToString("0.00", Words.Russian), points.Count);

        string Percent(int part) => (100.0 * part / points.Count).ToString("0", Words.Russian);
    }
}
