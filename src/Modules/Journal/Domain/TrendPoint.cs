using System.Collections.Immutable;
using MySchool.Journal.Features;

namespace MySchool.Journal.Domain;

/// <summary>A mark that counts and the weighted average after it.</summary>
/// <param name="Date">Day of the lesson.</param>
/// <param name="Points">2 to 5.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Average">Average of all marks up to it.</param>
internal sealed record TrendPoint(DateOnly Date, int Points, short Weight, decimal Average)
{
    /// <summary>The course of an average, from old to new.</summary>
    public static ImmutableArray<TrendPoint> Of(IEnumerable<DiaryMark> marks)
    {
        var points = ImmutableArray.CreateBuilder<TrendPoint>();
        var counted = new List<(string, short)>();
        foreach (var mark in marks)
        {
            counted.Add((mark.Value, mark.Weight));
            foreach (var figure in MarkValue.FiguresOf(mark.Value))
                if (WeightedAverage.Of(counted).Value is { } average) points.Add(new(mark.Date, figure, mark.Weight, average));
        }
        return points.ToImmutable();
    }
}
