using System.IO.Compression;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace MySchool.Browser.Tests;

/// <summary>What holds for every page.</summary>
public sealed class PageTests(Contour contour)
{
    private const int Kilobyte = 1024;
    private static readonly List<string> Tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    // Schemes differ in colours alone, so the rules about colours are asked in each and all the others once.
    private static readonly List<string> ColourRules = ["color-contrast", "link-in-text-block"];
    private static readonly (string Theme, string Contrast)[] Schemes =
        [("dark", "none"), ("light", "black-white"), ("light", "white-black"), ("light", "blue"), ("light", "beige"), ("light", "green")];

    public static TheoryData<string> Names => [.. Place.Names];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_page_passes_axe_in_every_theme(string name)
    {
        await using var visitor = await Place.Of(name).VisitAsync(contour);
        var found = await AskAxeAsync(visitor.Page, "light", new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = Tags } });
        foreach (var (theme, contrast) in Schemes)
        {
            await visitor.Page.EvaluateAsync("([theme, contrast]) => { document.documentElement.dataset.theme = theme; document.documentElement.dataset.contrast = contrast; }",
                new[] { theme, contrast });
            found.AddRange(await AskAxeAsync(visitor.Page, $"{theme}, {contrast}", new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "rule", Values = ColourRules } }));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Pages_fit_320_px_and_double_text(string name)
    {
        await using var visitor = await Place.Of(name).VisitAsync(contour, new() { ViewportSize = new() { Width = 320, Height = 640 }, HasTouch = true, IsMobile = true });
        var found = new List<string>();
        foreach (var (width, scale) in ((int, string)[])[(320, "100"), (360, "200"), (320, "200")])
        {
            await visitor.Page.SetViewportSizeAsync(width, 640);
            await visitor.Page.EvaluateAsync("scale => { document.documentElement.dataset.scale = scale; }", scale);
            var wide = await visitor.Page.EvaluateAsync<string[]>("""
                () => {
                  const width = document.documentElement.clientWidth;
                  if (document.documentElement.scrollWidth <= width) return [];
                  const scrolls = element => element.closest('.grid-scroll, .tabs, .table-wrap, .menu-sheet, .skip') !== null;
                  return [document.documentElement.scrollWidth + ' px', ...[...document.body.querySelectorAll('*')].filter(element => element.getBoundingClientRect().right > width + 1 && !scrolls(element))
                    .slice(0, 4).map(element => element.outerHTML.slice(0, 120))];
                }
                """);
            if (wide.Length > 0) found.Add($"{width} px, {scale} %: {string.Join(" | ", wide)}");
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Pages_ask_no_foreign_host_and_stay_in_budget(string name)
    {
        var place = Place.Of(name);
        await using var visitor = await place.VisitAsync(contour);
        var answers = new List<IResponse>();
        visitor.Page.Response += (_, answer) => answers.Add(answer);
        await visitor.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.Load });
        await visitor.Page.WaitForTimeoutAsync(200);

        Assert.DoesNotContain(visitor.Troubles, trouble => name != "not-found" || !trouble.Contains("404", StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.StartsWith(contour.Url, answer.Url, StringComparison.Ordinal));
        var sizes = new Dictionary<string, int>();
        foreach (var answer in answers.Where(answer => answer.Status == 200 && answer.Request.ResourceType is "document" or "script" or "stylesheet" or "font" or "image"))
        {
            var kind = answer.Request.ResourceType;
            var body = await answer.BodyAsync();
            sizes[kind] = sizes.GetValueOrDefault(kind) + (kind == "font" ? body.Length : Compressed(body));
        }
        Assert.True(sizes.GetValueOrDefault("script") <= 30 * Kilobyte, $"script: {sizes.GetValueOrDefault("script")} bytes");
        Assert.True(sizes.GetValueOrDefault("stylesheet") <= 12 * Kilobyte, $"style: {sizes.GetValueOrDefault("stylesheet")} bytes");
        if (name is "sign-in" or "today-family" or "today-teacher") Assert.True(sizes.Values.Sum() <= 60 * Kilobyte, string.Join(", ", sizes));
    }

    private static async Task<List<string>> AskAxeAsync(IPage page, string scheme, AxeRunOptions options)
    {
        options.ResultTypes = [ResultType.Violations];
        var result = await page.RunAxe(options);
        return [.. result.Violations.SelectMany(violation => violation.Nodes.Take(3).Select(node =>
            $"{scheme}: {violation.Id}: {node.Html[..Math.Min(160, node.Html.Length)]} {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}"))];
    }

    private static int Compressed(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(body);
        return (int)compressed.Length;
    }
}
