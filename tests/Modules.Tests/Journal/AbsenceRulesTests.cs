using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class AbsenceRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Theory]
    [InlineData("2026-11-23", null, null, "illness", null, null)]
    [InlineData("2026-11-24", null, null, "other", "Соревнования", null)]
    [InlineData("other", "2026-11-23", "2026-11-27", "family", null, null)]
    [InlineData("other", "2026-11-25", null, "doctor", null, null)]
    [InlineData("2026-11-16", null, null, "illness", null, null)]
    [InlineData("2026-11-15", null, null, "illness", null, "from")]
    [InlineData("other", "2026-11-25", "2026-11-24", "illness", null, "to")]
    [InlineData("other", "2026-11-25", "2026-12-26", "illness", null, "to")]
    [InlineData("2027-03-01", null, null, "illness", null, "to")]
    [InlineData("other", "", "", "illness", null, "from")]
    [InlineData("tomorrow", null, null, "illness", null, "from")]
    [InlineData(null, null, null, "illness", null, "from")]
    [InlineData("2026-11-23", null, null, "laziness", null, "reason")]
    [InlineData("2026-11-23", null, null, null, null, "reason")]
    [InlineData("2026-11-23", null, null, "other", "  ", "text")]
    public void A_note_names_days_within_reach_and_a_reason(string? day, string? from, string? to, string? reason, string? text, string? field)
    {
        var judged = AbsenceRules.Judge(new(day, from, to, reason, text), Today);
        Assert.Equal(field, judged.Problem?.Field);
    }

    [Fact]
    public void Words_of_a_family_have_a_limit()
    {
        Assert.True(AbsenceRules.Judge(new("2026-11-23", null, null, "family", new string('а', 300)), Today).IsOk);
        Assert.Equal("text", AbsenceRules.Judge(new("2026-11-23", null, null, "family", new string('а', 301)), Today).Problem?.Field);
    }

    [Theory]
    [InlineData(1, true, true)]
    [InlineData(1, false, true)]
    [InlineData(0, false, true)]
    [InlineData(0, true, false)]
    [InlineData(-1, false, false)]
    public void A_note_is_taken_back_before_its_day_or_until_it_is_accepted(int days, bool isAccepted, bool may) =>
        Assert.Equal(may, AbsenceRules.MayWithdraw(Today.AddDays(days), isAccepted, Today));

    [Fact]
    public void On_saturday_the_next_day_is_monday() => Assert.Equal(new DateOnly(2026, 11, 30), AbsenceRules.NextDay(new(2026, 11, 28)));

    [Fact]
    public void A_trend_is_the_average_after_each_mark_that_counts()
    {
        var points = TrendPoint.Of([Mark("5", 1), Mark("зачёт", 1), Mark("3", 3), Mark("4", 0)]);
        Assert.Equal([5m, 3.5m, 3.5m], points.Select(point => point.Average));
        static MySchool.Journal.Features.DiaryMark Mark(string value, short weight) => new(Guid.Empty, "Алгебра", Today, value, weight, "", null, "");
    }
}
