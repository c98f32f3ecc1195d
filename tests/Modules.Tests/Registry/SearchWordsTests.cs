using MySchool.Registry.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Семёнов", new[] { "семенов%" })]
    [InlineData("  петрова   анна ", new[] { "петрова%", "анна%" })]
    [InlineData("7Б", new[] { "7б%" })]
    [InlineData("7-Б", new[] { "7б%" })]
    [InlineData("7 «Б»", new[] { "7б%" })]
    [InlineData("Салтыков-Щедрин", new[] { "салтыков-щедрин%" })]
    [InlineData("100%_", new[] { @"100\%\_%" })]
    [InlineData(@"a\b", new[] { @"a\\b%" })]
    public void What_is_typed_becomes_prefixes(string typed, string[] prefixes) => Assert.Equal(prefixes, SearchWords.Of(typed).Prefixes);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("и")]
    [InlineData("  \u0001 ")]
    public void Too_little_finds_nothing(string? typed) => Assert.False(SearchWords.Of(typed).IsEnough);

    [Fact]
    public void Words_and_length_are_limited()
    {
        Assert.Equal(4, SearchWords.Of("а б в г д е").Prefixes.Length);
        Assert.Equal(100, SearchWords.Of(new string('я', 5_000)).Typed.Length);
    }
}
