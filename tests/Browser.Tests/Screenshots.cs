using Microsoft.Playwright;
using Xunit;

namespace MySchool.Browser.Tests;

/// <summary>Pictures of the main pages for docs/images: SCREENSHOTS=1 takes them anew.</summary>
public sealed class Screenshots(Contour contour)
{
    private static readonly string[] Wide =
        ["sign-in", "today-teacher", "journal", "lesson", "diary-week", "diary-term", "today-family", "today-school", "today-region", "account", "search", "school"];

    private static readonly string[] Narrow = ["diary-week", "today-family", "today-teacher", "journal", "lesson"];
    private static readonly string[] Dark = ["journal", "today-family"];

    [Fact]
    public async Task Main_pages_are_pictured()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SCREENSHOTS") == "1", "SCREENSHOTS=1 takes pictures");
        foreach (var name in Wide) await TakeAsync(name, $"{name}.png", new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        foreach (var name in Narrow)
            await TakeAsync(name, $"{name}-360.png", new() { ViewportSize = new() { Width = 360, Height = 780 }, HasTouch = true, IsMobile = true, DeviceScaleFactor = 1.5f });
        foreach (var name in Dark) await TakeAsync(name, $"{name}-dark.png", new() { ViewportSize = new() { Width = 1440, Height = 900 }, ColorScheme = ColorScheme.Dark });
    }

    /// <summary>A page is looked at before it is called done: LOOK=diary-week,absence lays three widths, light and dark, into the folder LOOK_AT.</summary>
    [Fact]
    public async Task Pages_are_looked_at()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LOOK") is { Length: > 0 }, "LOOK=names takes pictures to look at");
        var folder = Directory.CreateDirectory(Environment.GetEnvironmentVariable("LOOK_AT") ?? Path.Combine(Path.GetTempPath(), "looks")).FullName;
        foreach (var name in Environment.GetEnvironmentVariable("LOOK")!.Split(','))
            foreach (var width in (int[])[360, 768, 1440])
            {
                await using var visitor = await Place.Of(name).VisitAsync(contour, new() { ViewportSize = new() { Width = width, Height = 900 } });
                foreach (var theme in (string[])["light", "dark"])
                {
                    await visitor.Page.EvaluateAsync("async theme => { document.documentElement.dataset.theme = theme; await document.fonts.ready; }", theme);
                    await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{theme}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
                }
            }
    }

    private async Task TakeAsync(string name, string file, BrowserNewContextOptions options)
    {
        await using var visitor = await Place.Of(name).VisitAsync(contour, options);
        if (options.ColorScheme == ColorScheme.Dark) await visitor.Page.EvaluateAsync("() => { document.documentElement.dataset.theme = 'dark'; }");
        await visitor.Page.EvaluateAsync("() => document.fonts.ready");
        await visitor.Page.WaitForTimeoutAsync(200);
        var path = Path.Combine(Repository.Root, "docs/images", file);
        await visitor.Page.ScreenshotAsync(new() { Path = path, Animations = ScreenshotAnimations.Disabled });
        Assert.True(new FileInfo(path).Length < 200 * 1024, $"{file} is too large");
    }
}
