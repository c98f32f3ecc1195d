using MySchool.Registry.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class SnilsTests
{
    [Theory]
    [InlineData("112-233-445 95", "11223344595")]
    [InlineData("11223344595", "11223344595")]
    [InlineData("087-654-303 00", "08765430300")] // A remainder of 100 is written 00.
    [InlineData("001-001-998 77", "00100199877")] // Numbers up to this one have no control sum.
    public void A_number_is_read_in_any_spelling(string text, string digits)
    {
        Assert.True(Snils.TryParse(text, out var snils));
        Assert.Equal(digits, snils.Digits);
    }

    [Theory]
    [InlineData("112-233-445 96")]
    [InlineData("112-233-445")]
    [InlineData("112-233-445 95 1")]
    [InlineData("１１２-233-445 95")]
    [InlineData("=1+1")]
    [InlineData("")]
    [InlineData(null)]
    public void A_wrong_number_is_refused(string? text) => Assert.False(Snils.TryParse(text, out _));
}
