using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class TermRulesTests
{
    private static readonly Regulation Usual = Regulation.Usual;

    private static (string, short)[] Marks(string marks) => [.. marks.Split(' ').Select(mark => (mark.Split('*')[0], short.Parse(mark.Split('*').ElementAtOrDefault(1) ?? "1", System.Globalization.CultureInfo.InvariantCulture)))];

    [Theory]
    [InlineData("5 4 5 4", "5")]
    [InlineData("5 4 4", "4")]
    [InlineData("4 3 4 3", "4")]
    [InlineData("3 3 2", "3")]
    [InlineData("2 2 3", "2")]
    [InlineData("5*3 5*1 4*5", "4")]
    [InlineData("зачёт незачёт зачёт", "зачёт")]
    [InlineData("незачёт незачёт зачёт", "незачёт")]
    [InlineData("5 5", null)]
    [InlineData("н/а", null)]
    public void Term_follows_from_its_marks(string marks, string? proposed) => Assert.Equal(proposed, TermRules.OfTerm(Marks(marks), Usual).Value);

    [Fact]
    public void A_proposal_shows_its_sum_and_threshold() =>
        Assert.Equal("(5×3 + 5×1 + 4×5) ÷ 9 = 4,44; от 3,50 — «4»", TermRules.OfTerm(Marks("5*3 5*1 4*5"), Usual).Why);

    [Fact]
    public void Thresholds_are_the_schools_own() => Assert.Equal("4", TermRules.OfTerm(Marks("5 4 5 4"), Usual with { FiveFrom = 4.6m }).Value);

    [Fact]
    public void Too_few_marks_say_how_many_are_missing() => Assert.Contains("2 из 3", TermRules.OfTerm(Marks("5 5"), Usual).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData("4 5 4 5", "5")]
    [InlineData("4 4 5 4", "4")]
    [InlineData("2 3 3 2", "3")]
    [InlineData("н/а 4 4 5", "4")]
    [InlineData("н/а н/а н/а 5", null)]
    [InlineData("осв осв осв осв", "осв")]
    [InlineData("зачёт зачёт", "зачёт")]
    [InlineData("4 5 - 5", null)]
    public void Year_follows_from_its_terms(string terms, string? proposed) =>
        Assert.Equal(proposed, TermRules.OfYear([.. terms.Split(' ').Select(term => term == "-" ? null : term)], [], Usual).Value);

    [Fact]
    public void Year_follows_from_all_marks_when_the_school_says_so() =>
        Assert.Equal("3", TermRules.OfYear(["5", "5"], Marks("3 3 3 4"), Usual with { YearBy = YearBy.Marks }).Value);

    [Theory]
    [InlineData("4", null, "4")]
    [InlineData("4", "5", "5")]
    [InlineData("5", "4", "5")]
    [InlineData("3", "5", "4")]
    [InlineData("4", "2", "3")]
    [InlineData(null, "5", null)]
    [InlineData("осв", "5", null)]
    public void Final_mark_is_the_year_or_its_mean_with_the_exam(string? year, string? exam, string? proposed) => Assert.Equal(proposed, TermRules.OfFinal(year, exam).Value);

    [Theory]
    [InlineData("5", "5")]
    [InlineData(" зачет", "зачёт")]
    [InlineData("Осв.", "осв")]
    [InlineData("н/а", "н/а")]
    public void What_is_typed_for_a_period_is_read_kindly(string typed, string value)
    {
        Assert.True(TermRules.TryParse(typed, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("6")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_mark_is_not(string? typed) => Assert.False(TermRules.TryParse(typed, out _));

    // The oracle adds marks one by one; whatever number the formula names is the least that reaches the threshold.
    [Fact]
    public void The_number_of_marks_needed_is_the_least_that_does_it()
    {
        var marks = Gen.Select(Gen.Int[2, 5], Gen.Int[1, 5]).Select((value, weight) => ($"{value}", (short)weight)).Array[1, 25];
        Gen.Select(marks, Gen.Int[210, 500], Gen.Int[2, 5], Gen.Int[1, 6]).Sample((given, hundredths, value, weight) =>
        {
            var (now, threshold) = (WeightedAverage.Of(given), hundredths / 100m);
            var needed = Targets.Needed(now, threshold, value, (short)weight);
            var found = Enumerable.Range(0, 4000).Cast<int?>().FirstOrDefault(count =>
                (decimal)(now.Sum + value * weight * count!.Value) / (now.Weights + weight * count.Value) >= threshold);
            return needed == found || needed > 3999;
        }, iter: 5_000);
    }

    [Fact]
    public void Ways_to_a_better_mark_fit_into_the_lessons_left()
    {
        var now = WeightedAverage.Of(Marks("4 4 3 4"));
        var targets = Targets.Above(now, Usual, [1, 3], 4);
        var five = Assert.Single(targets, target => target.Mark == 5);
        Assert.Equal([new TargetPath(2, 5, 3)], five.Paths.Where(path => path.Count == five.Paths[0].Count));
        Assert.DoesNotContain(five.Paths, path => path.Weight == 1);
        Assert.Empty(Targets.Above(now, Usual, [1, 3], 1).Single().Paths);
        Assert.Empty(Targets.Above(WeightedAverage.Of(Marks("5 5 5")), Usual, [1], 10));
    }

    [Fact]
    public void Forecast_goes_on_as_the_last_five_were()
    {
        Assert.Null(Targets.Forecast(Marks("5 5"), 10, 10));
        Assert.Equal(4m, Targets.Forecast(Marks("3 3 3 3 3 5 5 5 5 5"), 10, 0));
        Assert.Equal(4.5m, Targets.Forecast(Marks("3 3 3 3 3 5 5 5 5 5"), 10, 10));
    }
}
