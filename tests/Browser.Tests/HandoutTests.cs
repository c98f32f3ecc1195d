using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace MySchool.Browser.Tests;

/// <summary>Sheets for the parents' meeting, as they leave the printer.</summary>
public sealed class HandoutTests(Contour contour)
{
    [Theory]
    [InlineData("", 2)]
    [InlineData("&size=a4", 1)]
    public async Task Sheets_of_a_class_take_the_pages_they_are_meant_to(string size, int aPage)
    {
        await using var head = await contour.VisitAsAsync(People.Head);
        await Place.OpenClassAsync(head, $"/meeting?term=1{size}");
        var sheets = await head.Page.Locator("article.handout").CountAsync();
        Assert.True(sheets > 10, $"{sheets} sheets");
        var pdf = await head.Page.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true });
        if (Environment.GetEnvironmentVariable("KEEP_PRINT") is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, $"handouts-{aPage}.pdf"), pdf, TestContext.Current.CancellationToken);
        Assert.Equal((sheets + aPage - 1) / aPage, Regex.Count(Encoding.Latin1.GetString(pdf), @"/Type\s*/Page[^s]"));
    }
}
