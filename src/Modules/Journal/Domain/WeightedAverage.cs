using System.Globalization;

namespace MySchool.Journal.Domain;

/// <summary>Средневзвешенное: Σ(отметка × вес) ÷ Σ весов. Both figures of a split mark count. Absences, points, зачёт and н/а do not.</summary>
internal readonly record struct WeightedAverage(int Sum, int Weights, int Count)
{
    private static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>The average, or null when nothing counts.</summary>
    public decimal? Value => Weights == 0 ? null : (decimal)Sum / Weights;

    /// <summary>«4,44», rounded half away from zero as schools do.</summary>
    public string? Text => Value is { } value ? Math.Round(value, 2, MidpointRounding.AwayFromZero).ToString("0.00", Russian) : null;

    public static WeightedAverage Of(IEnumerable<(string Value, short Weight)> marks)
    {
        var total = new WeightedAverage();
        foreach (var (value, weight) in marks)
            foreach (var points in MarkValue.FiguresOf(value))
                total = new(total.Sum + points * weight, total.Weights + weight, total.Count + 1);
        return total;
    }

    /// <summary>The sum as a person would check it by hand: «(5×3 + 5×1 + 4×5) ÷ 9 = 4,44».</summary>
    public static string Formula(IEnumerable<(string Value, short Weight)> marks)
    {
        var counted = marks.SelectMany(mark => MarkValue.FiguresOf(mark.Value).Select(points => (Points: points, mark.Weight))).ToList();
        var average = Of(counted.Select(mark => ($"{mark.Points}", mark.Weight)));
        return average.Text is null
            ? "—"
            : $"({string.Join(" + ", counted.Select(m => $"{m.Points}×{m.Weight}"))}) ÷ {average.Weights} = {average.Text}";
    }
}
