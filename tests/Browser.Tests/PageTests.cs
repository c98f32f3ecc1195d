using System.Collections.Concurrent;
using System.IO.Compression;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;

namespace MySchool.Browser.Tests;

/// <summary>What holds for every page.</summary>
public sealed class PageTests(Contour contour)
{
    private const int Kilobyte = 1024;
    private static readonly Lazy<string> Axe = new(() => new BundledAxeScriptProvider().GetScript());
    private static readonly string[] Tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    private static readonly (string Theme, string Contrast)[] Schemes =
        [("light", "none"), ("dark", "none"), ("light", "black-white"), ("light", "white-black"), ("light", "blue"), ("light", "beige"), ("light", "green")];

    // Schemes differ in colours alone, so the rules about colours are asked in each and all the others once. Rows of the grid are alike: eight speak for all.
    private const string AskAxe = """
        async ([schemes, tags]) => {
          const root = document.documentElement, found = [];
          const context = { include: [['html']], exclude: [['table[role=grid] tbody tr:nth-child(n+9)']] };
          for (const [theme, contrast] of schemes) {
            root.dataset.theme = theme;
            root.dataset.contrast = contrast;
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            for (const animation of document.getAnimations()) animation.finish();
            const only = found.asked ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } : { type: 'tag', values: tags };
            found.asked = true;
            const { violations } = await axe.run(context, { runOnly: only, resultTypes: ['violations'], preload: false, iframes: false });
            for (const { id, nodes } of violations)
              for (const node of nodes.slice(0, 3)) found.push(`${theme}, ${contrast}: ${id}: ${node.html.slice(0, 160)} ${[...node.any, ...node.all].map(check => check.message).join('; ')}`);
          }
          return [...found];
        }
        """;

    public static TheoryData<string> Names => [.. Place.Names];

    [Theory, MemberData(nameof(Names))]
    public Task Every_page_passes_axe_in_every_theme(string name) => contour.InBrowserAsync(() => AskAxeAsync(name));

    private async Task AskAxeAsync(string name)
    {
        await using var visitor = await Place.Of(name).VisitAsync(contour);
        await visitor.Page.EvaluateAsync(Axe.Value);
        var found = await visitor.Page.EvaluateAsync<string[]>(AskAxe, new object[] { Schemes.Select(scheme => new[] { scheme.Theme, scheme.Contrast }).ToArray(), Tags });
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Theory, MemberData(nameof(Names))]
    public Task Pages_fit_320_px_and_double_text(string name) => contour.InBrowserAsync(() => MeasureWidthAsync(name));

    private async Task MeasureWidthAsync(string name)
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
    public Task Pages_ask_no_foreign_host_and_stay_in_budget(string name) => contour.InBrowserAsync(() => WeighAsync(name));

    private async Task WeighAsync(string name)
    {
        var place = Place.Of(name);
        await using var visitor = await place.VisitAsync(contour);
        var heard = new ConcurrentQueue<IResponse>();
        visitor.Page.Response += (_, answer) => heard.Enqueue(answer);
        await visitor.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.Load });
        await visitor.Page.WaitForTimeoutAsync(200);
        var answers = heard.ToList();

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

    private static int Compressed(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(body);
        return (int)compressed.Length;
    }
}
