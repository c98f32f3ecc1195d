using MySchool.Access.Erasures;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class ErasureRulesTests
{
    [Theory]
    [InlineData("2026-11-23", "2026-12-07")] // Monday: two whole weeks.
    [InlineData("2026-11-27", "2026-12-11")] // Friday.
    [InlineData("2026-11-28", "2026-12-11")] // Saturday: counting begins on Monday.
    [InlineData("2026-12-25", "2027-01-18")] // Eight days of the new year are free.
    [InlineData("2027-02-20", "2027-03-09")] // 23 February and 8 March.
    public void An_answer_is_due_in_ten_working_days(string asked, string due) =>
        Assert.Equal(DateOnly.Parse(due, null), ErasureRules.AnswerBy(DateOnly.Parse(asked, null)));

    [Theory]
    [InlineData("2026-05-25", 5, "2031-12-31")]
    [InlineData("2026-01-01", 5, "2031-12-31")]
    [InlineData("2026-12-31", 1, "2027-12-31")]
    public void A_term_runs_from_the_first_of_january_after_the_last_row(string last, int years, string until) =>
        Assert.Equal(DateOnly.Parse(until, null), ErasureRules.KeepUntil(DateOnly.Parse(last, null), years));
}
