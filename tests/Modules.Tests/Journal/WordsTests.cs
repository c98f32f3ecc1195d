using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class WordsTests
{
    [Theory]
    [InlineData(1, "1 урок")]
    [InlineData(2, "2 урока")]
    [InlineData(5, "5 уроков")]
    [InlineData(11, "11 уроков")]
    [InlineData(21, "21 урок")]
    [InlineData(112, "112 уроков")]
    public void Count_takes_the_form_its_number_asks(int count, string said) => Assert.Equal(said, Words.Plural(count, "урок|урока|уроков"));

    [Fact]
    public void Near_days_are_named_and_far_ones_dated()
    {
        var today = new DateOnly(2026, 11, 23);
        Assert.Equal("сегодня", Words.Relative(today, today));
        Assert.Equal("завтра", Words.Relative(today.AddDays(1), today));
        Assert.Equal("чт, 26 ноября", Words.Relative(today.AddDays(3), today));
    }
}
