using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class SharesTests
{
    private static readonly Gen<string[]> Marks = Gen.Int[0, 6].Select(at => new[] { "5", "4", "3", "2", "н/а", "зачёт", "осв" }[at]).Array[0, 40];

    [Fact]
    public void Shares_are_counted_as_schools_report_them()
    {
        var shares = Shares.Of(["5", "4", "4", "3", "2", "н/а", "зачёт", "осв"]);
        Assert.Equal(6, shares.Counted);
        Assert.Equal(100m * 4 / 6, shares.Progress);
        Assert.Equal(100m * 3 / 6, shares.Quality);
        Assert.Equal((100m + 64 + 64 + 36 + 16 + 7) / 6, shares.Mastery);
        Assert.Equal(18m / 5, shares.Average);
    }

    [Fact]
    public void Quality_never_exceeds_progress_and_all_shares_stay_within_a_hundred() => Marks.Sample(marks =>
    {
        var shares = Shares.Of(marks);
        return shares.Counted == 0 ? shares is { Progress: null, Quality: null, Mastery: null, Average: null }
            : shares.Quality <= shares.Progress && shares.Progress <= 100 && shares.Mastery is >= 7 and <= 100 && shares.Average is null or (>= 2 and <= 5);
    });

    [Fact]
    public void Shares_of_two_groups_are_shares_of_their_marks_together() =>
        Gen.Select(Marks, Marks).Sample((one, other) => Shares.Of(one) + Shares.Of(other) == Shares.Of([.. one, .. other]));

    [Theory]
    [InlineData("5 5 5", "Excellent")]
    [InlineData("5 4 зачёт", "Good")]
    [InlineData("5 4 3", "Middling")]
    [InlineData("5 2 н/а", "Failing")]
    [InlineData("5 н/а", "NotAttested")]
    [InlineData("осв зачёт", "Unknown")]
    public void Standing_follows_from_the_worst_mark(string marks, string standing) => Assert.Equal(standing, Standings.Of(marks.Split(' ')).ToString());

    [Fact]
    public void A_better_mark_never_worsens_the_standing() => Gen.Select(Gen.Int[0, 2].Select(at => new[] { "2", "3", "4" }[at]).Array[1, 20], Gen.Int[0, 19]).Sample((marks, at) =>
    {
        var better = marks.ToArray();
        better[at % marks.Length] = ((char)(better[at % marks.Length][0] + 1)).ToString();
        return Rank(Standings.Of(better)) <= Rank(Standings.Of(marks));

        static int Rank(Standing standing) => standing switch { Standing.Excellent => 0, Standing.Good => 1, Standing.Middling => 2, _ => 3 };
    });

    [Fact]
    public void Learners_of_whom_nothing_is_known_are_not_counted()
    {
        Assert.Equal((null, null), Standings.Of([Standing.Unknown]));
        Assert.Equal((75m, 50m), Standings.Of([Standing.Excellent, Standing.Good, Standing.Middling, Standing.Failing, Standing.Unknown]));
    }
}
