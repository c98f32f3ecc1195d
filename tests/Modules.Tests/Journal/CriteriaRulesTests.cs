using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class CriteriaRulesTests
{
    private static readonly CriteriaSet Essay = new([new("Тема", 3), new("Грамотность", 2), new("Объём", 15)], 85, 65, 45);

    [Theory]
    [InlineData(3, 2, 12, "5")]
    [InlineData(3, 2, 11, "4")]
    [InlineData(0, 0, 13, "4")]
    [InlineData(0, 0, 12, "3")]
    [InlineData(0, 0, 9, "3")]
    [InlineData(0, 0, 8, "2")]
    [InlineData(0, 0, 0, "2")]
    public void Mark_begins_at_its_share_of_the_total(short theme, short spelling, short size, string mark) => Assert.Equal(mark, CriteriaRules.MarkOf(Essay, [theme, spelling, size]));

    [Fact]
    public void More_points_never_give_a_lower_mark() => Gen.Select(Gen.Short[0, 3], Gen.Short[0, 2], Gen.Short[0, 14]).Sample((theme, spelling, size) =>
        string.CompareOrdinal(CriteriaRules.MarkOf(Essay, [theme, spelling, size]), CriteriaRules.MarkOf(Essay, [theme, spelling, (short)(size + 1)])) <= 0);

    [Fact]
    public void Comment_tells_every_point_and_fits() =>
        Assert.Equal("Тема 2 из 3, Грамотность 1 из 2, Объём 10 из 15. Всего 13 из 20", CriteriaRules.Words(Essay, [2, 1, 10]));

    [Fact]
    public void Long_names_give_way_to_numbers()
    {
        var wide = new CriteriaSet([.. Enumerable.Range(0, 12).Select(_ => new Criterion(new string('ы', 60), 100))], 85, 65, 45);
        var words = CriteriaRules.Words(wide, [.. Enumerable.Repeat((short)100, 12)]);
        Assert.StartsWith("К1 100 из 100", words, StringComparison.Ordinal);
        Assert.True(words.Length <= 500);
    }

    [Fact]
    public void Criteria_are_read_line_by_line()
    {
        var read = CriteriaRules.Parse("Соответствие теме — 3\r\n\r\nГрамотность: 2\n", "85", "65", "45").Value;
        Assert.Equal([new("Соответствие теме", 3), new("Грамотность", 2)], read.Criteria);
    }

    [Theory]
    [InlineData("", "85", "65", "45", "journal.criteria-count")]
    [InlineData("Тема", "85", "65", "45", "journal.criterion")]
    [InlineData("Тема 0", "85", "65", "45", "journal.criterion")]
    [InlineData("Тема 101", "85", "65", "45", "journal.criterion")]
    [InlineData("3", "85", "65", "45", "journal.criterion")]
    [InlineData("Тема 3", "65", "65", "45", "journal.criteria-shares")]
    [InlineData("Тема 3", "101", "65", "45", "journal.criteria-shares")]
    [InlineData("Тема 3", "85", "x", "45", "journal.criteria-shares")]
    public void What_cannot_be_is_refused(string lines, string five, string four, string three, string code) => Assert.Equal(code, CriteriaRules.Parse(lines, five, four, three).Problem!.Code);
}
