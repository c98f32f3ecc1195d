using System.Text.Json;
using Microsoft.Playwright;

namespace MySchool.Bench;

/// <summary>
/// From a key of a teacher to the painted cell, in Chromium, on a grid of usual size (30 × 40). Frames are not held back to the beat of a screen: what
/// is measured is the work, and a screen shows it at its next beat.
/// </summary>
internal static class KeyRun
{
    public const string Name = "key to paint";
    private const int Keys = 200;

    // The frame that follows the key is drawn when a message posted from it comes back.
    private const string Watch = """
        () => {
          window.took = [];
          document.addEventListener("keydown", () => {
            const start = performance.now();
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => window.took.push(performance.now() - start);
              port2.postMessage(null);
            });
          }, { capture: true });
        }
        """;

    public static async Task<BarLine?> MeasureAsync(Platform platform, TeacherPerson teacher)
    {
        if (FindChromium() is not { } chromium)
        {
            Console.WriteLine($"{Name}: no Chromium here, not measured (deploy/setup --tests installs it)");
            return null;
        }
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu-vsync", "--disable-frame-rate-limit"] });
        await using var context = await browser.NewContextAsync(new() { BaseURL = platform.Address.ToString(), ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "ru-RU" });
        await context.AddCookiesAsync([new Cookie { Name = "__Host-session", Value = teacher.Token, Domain = platform.Address.Host, Path = "/", Secure = true, HttpOnly = true }]);
        var page = await context.NewPageAsync();
        await page.GotoAsync(teacher.Path);
        var cells = await page.Locator("td[role=gridcell]").CountAsync();
        await page.Locator("td[tabindex='0']").WaitForAsync();
        await page.EvaluateAsync("() => { const cell = document.querySelector(\"td[tabindex='0']\"); cell.focus(); }");
        await page.EvaluateAsync(Watch);
        for (var i = 0; i < Keys; i++)
        {
            // Down the column and up again: each key writes a mark, moves the cursor and lights a row and a column.
            await page.Keyboard.PressAsync(i % 25 == 24 ? "PageUp" : "345"[i % 3].ToString());
            await page.WaitForTimeoutAsync(15);
        }
        var took = (await page.EvaluateAsync<JsonElement>("() => window.took")).EnumerateArray().Select(each => each.GetDouble()).Order().ToList();
        return took.Count < Keys / 2 ? throw new InvalidOperationException($"{took.Count} keys were seen of {Keys}")
            : new($"{Name}, p95 ms", took[(int)(took.Count * 0.95)], 16, $"{cells:N0} cells, {took.Count} keys, p50 {took[took.Count / 2]:0.0} ms");
    }

    private static string? FindChromium() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(folder => (string[])[Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser"), Path.Combine(folder, "google-chrome")])
        .Prepend(Environment.GetEnvironmentVariable("MYSCHOOL_CHROMIUM") ?? "").FirstOrDefault(File.Exists);
}
