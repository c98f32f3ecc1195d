using MySchool.Registry.Domain;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class FieldTruthTests
{
    private static readonly string[] Usual = ["esia", "region", "school", "import"];
    private static readonly string[] SchoolFirst = ["school", "esia", "region", "import"];

    [Theory]
    [InlineData("Петров", "esia", "Иванов", "school", "Apply")]
    [InlineData("Петров", "school", "Иванов", "school", "Apply")]
    [InlineData("Петров", "import", "Иванов", "school", "Propose")]
    [InlineData("Петров", "school", "Иванов", "esia", "Propose")]
    [InlineData("Петров", "region", "Иванов", "platform", "Apply")]
    [InlineData("Петров", "import", "", "esia", "Apply")]
    [InlineData("Иванов", "esia", "Иванов", "import", "Confirm")]
    [InlineData("Иванов", "import", "Иванов", "esia", "Nothing")]
    [InlineData("Иванов", "esia", "Иванов", "esia", "Nothing")]
    [InlineData("", "esia", "", "import", "Nothing")]
    [InlineData("", "school", "Ильич", "import", "Apply")]
    [InlineData("", "import", "Ильич", "school", "Nothing")]
    [InlineData(null, "esia", "Иванов", "import", "Nothing")]
    public void A_word_is_taken_confirmed_proposed_or_passed_over(string? told, string source, string held, string holder, string verdict) =>
        Assert.Equal(verdict, FieldTruth.Judge(told, source, held, holder, Usual).ToString());

    [Fact]
    public void The_operators_order_decides()
    {
        Assert.Equal(FieldVerdict.Propose, FieldTruth.Judge("Петров", "esia", "Иванов", "school", SchoolFirst));
        Assert.Equal(FieldVerdict.Apply, FieldTruth.Judge("Петров", "school", "Иванов", "esia", SchoolFirst));
    }

    [Fact]
    public async Task Imports_judge_in_the_database_as_one_card_is_judged_here()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        string[] everybody = [.. FieldTruth.Sources, FieldTruth.Platform];
        foreach (var ranks in (string[][])[Usual, SchoolFirst])
            foreach (var (source, holder) in everybody.SelectMany(_ => everybody, (source, holder) => (source, holder)))
                Assert.Equal(FieldTruth.Judge("Петров", source, "Иванов", holder, ranks) == FieldVerdict.Apply,
                    await database.ScalarAsync<bool>("select registry.outranks($1, $2, $3)", source, holder, ranks));
    }
}
