using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class RemarkRulesTests
{
    [Theory]
    [InlineData("open", "answer", "answered")]
    [InlineData("open", "close", "closed")]
    [InlineData("answered", "return", "open")]
    [InlineData("answered", "close", "closed")]
    [InlineData("open", "return", null)]
    [InlineData("answered", "answer", null)]
    [InlineData("closed", "answer", null)]
    [InlineData("closed", "return", null)]
    [InlineData("closed", "close", null)]
    public void A_remark_goes_from_hand_to_hand_and_ends(string state, string step, string? next) => Assert.Equal(next, RemarkRules.Next(state, step));

    [Fact]
    public void Each_kind_has_its_own_name() => Assert.Equal(RemarkRules.Kinds.Length, RemarkRules.Kinds.Select(RemarkRules.KindName).Distinct().Count());
}
