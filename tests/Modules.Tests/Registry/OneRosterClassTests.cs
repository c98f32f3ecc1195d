using MySchool.Registry.Features.ImportOneRoster;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class OneRosterClassTests
{
    [Theory]
    [InlineData("7Б", "Б")]
    [InlineData("7-б", "Б")]
    [InlineData("7 «Б»", "Б")]
    [InlineData("7 \"Б\" класс", "Б")]
    [InlineData("10 ИНЖ", "ИНЖ")]
    [InlineData("11", "")]
    public void The_letter_is_what_stands_after_the_grade(string title, string letter) => Assert.Equal(letter, OneRosterClass.LetterOf(title));

    [Theory]
    [InlineData("7Б Английский язык, 1-я подгруппа", "1-я подгруппа")]
    [InlineData("Английский 1", "Английский 1")]
    [InlineData(null, "")]
    public void A_part_is_named_after_the_comma(string? title, string part) => Assert.Equal(part, OneRosterClass.PartOf(title));
}
