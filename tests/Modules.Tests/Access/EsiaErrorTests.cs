using MySchool.Access.Esia;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class EsiaErrorTests
{
    [Theory]
    [InlineData("007003", "access.esia-007003")]
    [InlineData("007004", "access.esia-refused")]
    [InlineData("007006", "access.esia-007006")]
    [InlineData("007011", "access.esia-code-spent")]
    [InlineData("007014", "access.esia-007014")]
    [InlineData("007015", "access.esia-clock")]
    [InlineData("007019", "access.esia-permission")]
    [InlineData("007023", "access.esia-007023")]
    [InlineData("007053", "access.esia-007053")]
    [InlineData("007055", "access.esia-unconfirmed")]
    [InlineData("036700", "access.esia-consent")]
    [InlineData("036707", "access.esia-consent")]
    [InlineData("036716", "access.esia-consent")]
    [InlineData("999999", "access.esia-unknown")]
    public void Every_known_code_has_words_of_ours(string code, string expected)
    {
        var problem = EsiaErrors.From("invalid_request", $"ESIA-{code}: <b>text of theirs</b>");
        Assert.Equal(expected, problem.Code);
        Assert.DoesNotContain("theirs", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_without_a_code_is_still_answered() => Assert.Equal("access.esia-unknown", EsiaErrors.From(null, null).Code);
}
