namespace MySchool.Journal.Domain;

/// <summary>A way to a mark: so many marks of one value and weight.</summary>
/// <param name="Count">How many, at least one.</param>
/// <param name="Value">Each of them, 3 to 5.</param>
/// <param name="Weight">Weight of each.</param>
internal readonly record struct TargetPath(int Count, int Value, short Weight);

/// <summary>What a learner needs for a mark.</summary>
/// <param name="Mark">3 to 5.</param>
/// <param name="IsReached">Whether the average is there already.</param>
/// <param name="Paths">Ways that fit into what is left of the term, fewest marks first; empty when none does.</param>
internal sealed record Target(int Mark, bool IsReached, IReadOnlyList<TargetPath> Paths);

/// <summary>«Что нужно для пятёрки» and the forecast: arithmetic on the weighted average, no guess about the child.</summary>
internal static class Targets
{
    /// <summary>How many marks of a value raise an average to a threshold, or null when no number does.</summary>
    /// <param name="now">The average as it stands.</param>
    /// <param name="threshold">The average to reach.</param>
    /// <param name="value">2 to 5.</param>
    /// <param name="weight">Weight of each, at least 1.</param>
    public static int? Needed(WeightedAverage now, decimal threshold, int value, short weight)
    {
        // (S + v·w·n) ÷ (W + w·n) ≥ T  ⇔  n·w·(v − T) ≥ T·W − S
        var missing = threshold * now.Weights - now.Sum;
        if (missing <= 0 && now.Weights > 0) return 0;
        var gain = weight * (value - threshold);
        if (now.Weights == 0) return value >= threshold ? 1 : null;
        if (gain <= 0) return gain == 0 && missing <= 0 ? 0 : null;
        return (int)Math.Ceiling(missing / gain);
    }

    /// <summary>Ways to each mark above the one proposed now.</summary>
    /// <param name="now">The average of the term.</param>
    /// <param name="regulation">The school's thresholds.</param>
    /// <param name="weights">Weights of the school's work types.</param>
    /// <param name="lessonsLeft">Lessons of the subject still to come in the term.</param>
    public static IReadOnlyList<Target> Above(WeightedAverage now, Regulation regulation, IEnumerable<short> weights, int lessonsLeft)
    {
        if (now.Value is not { } mean || regulation.MarkOf(mean) is 5) return [];
        var usable = weights.Where(weight => weight > 0).Distinct().Order().ToList();
        return [.. Enumerable.Range(regulation.MarkOf(mean) + 1, 5 - regulation.MarkOf(mean)).Select(mark => new Target(mark, false, Paths(mark)))];

        List<TargetPath> Paths(int mark) =>
            [.. from value in Enumerable.Range(mark, 6 - mark).Reverse() from weight in usable
                let count = Needed(now, regulation.From(mark), value, weight)
                where count is > 0 && count <= Math.Max(lessonsLeft, 0)
                orderby count, value, weight
                select new TargetPath(count.Value, value, weight)];
    }

    /// <summary>
    /// The average at the end of the term if marks go on as often as so far and as the last five were; null with fewer than
    /// three marks. «Если дальше будет так же».
    /// </summary>
    /// <param name="marks">Marks of the term in order.</param>
    /// <param name="lessonsHeld">Lessons held so far.</param>
    /// <param name="lessonsLeft">Lessons to come.</param>
    public static decimal? Forecast(IReadOnlyList<(string Value, short Weight)> marks, int lessonsHeld, int lessonsLeft)
    {
        var now = WeightedAverage.Of(marks);
        if (now.Count < 3 || lessonsHeld <= 0) return null;
        var recent = WeightedAverage.Of(marks.Where(mark => MarkValue.FiguresOf(mark.Value).Any() && mark.Weight > 0).TakeLast(5));
        if (recent.Value is not { } lately) return null;
        var coming = (decimal)now.Weights * Math.Max(lessonsLeft, 0) / lessonsHeld;
        return (now.Sum + lately * coming) / (now.Weights + coming);
    }
}
