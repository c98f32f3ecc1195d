using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class WeightedAverageTests
{
    private static (string, short)[] Marks(params (string, int)[] marks) => [.. marks.Select(m => (m.Item1, (short)m.Item2))];

    [Fact]
    public void Average_is_the_sum_of_marks_by_weight_over_the_sum_of_weights() =>
        // The example of a school's regulation; a page that prints 4,33 for it is wrong.
        Assert.Equal("4,44", WeightedAverage.Of(Marks(("5", 3), ("5", 1), ("4", 5))).Text);

    [Fact]
    public void Formula_can_be_checked_by_hand() =>
        Assert.Equal("(5×3 + 4×5) ÷ 8 = 4,38", WeightedAverage.Formula(Marks(("5", 3), ("зачёт", 1), ("4", 5))));

    [Fact]
    public void Nothing_that_counts_gives_no_average() => Assert.Null(WeightedAverage.Of(Marks(("зачёт", 1), ("н/а", 1))).Text);

    [Fact]
    public void Average_rounds_half_up_as_schools_do() => Assert.Equal("4,13", WeightedAverage.Of(Marks(("4", 7), ("5", 1))).Text);

    [Fact]
    public void Average_lies_between_the_lowest_and_the_highest_mark_and_order_does_not_matter() =>
        Gen.Select(Gen.Int[2, 5], Gen.Int[1, 10]).Array[1, 40].Sample(pairs =>
        {
            var marks = pairs.Select(p => ($"{p.Item1}", (short)p.Item2)).ToArray();
            var average = WeightedAverage.Of(marks).Value!.Value;
            return average >= pairs.Min(p => p.Item1) && average <= pairs.Max(p => p.Item1)
                && average == WeightedAverage.Of(marks.Reverse()).Value;
        });
}
