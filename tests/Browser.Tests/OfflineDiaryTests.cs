using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>The family's diary without a network: read, labelled, and gone with the person.</summary>
public sealed class OfflineDiaryTests(Contour contour)
{
    private const string Kept = """
        async () => {
          const names = (await caches.keys()).filter(name => name.startsWith("kept-"));
          return (await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).map(request => request.url)))).flat().filter(url => url.includes("/diary?"));
        }
        """;

    [Fact]
    public Task Diary_is_read_without_a_network_and_wiped_at_sign_out() => contour.InBrowserAsync(ReadAsync);

    private async Task ReadAsync()
    {
        // Consented by then; a session of its own, since it is ended here and others share the first.
        await (await contour.VisitAsAsync(People.Mother)).DisposeAsync();
        await using var mother = await contour.VisitAsync();
        await mother.SignInAsync(People.Mother);
        await mother.GoAsync("/diary");
        var kept = await WaitForKeptAsync(mother, 6);
        Assert.All(kept, url => Assert.Contains("/diary?learner=", url, StringComparison.Ordinal));
        await mother.GoAsync("/account");

        await mother.Context.SetOfflineAsync(true);
        await mother.Page.GotoAsync("/diary");
        await Expect(mother.Page.GetByText("Без сети, данные на")).ToBeVisibleAsync();
        Assert.DoesNotContain("{offline-at}", await mother.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.True(await mother.Page.Locator(".lessons li").CountAsync() > 15);
        // The next week, and the first page of the installed application.
        await mother.Page.GotoAsync(kept.Select(url => new Uri(url).PathAndQuery).Order(StringComparer.Ordinal).Last());
        await Expect(mother.Page.GetByText("Без сети, данные на")).ToBeVisibleAsync();
        await mother.Page.GotoAsync("/today");
        await Expect(mother.Page.GetByText("Без сети, данные на")).ToBeVisibleAsync();
        // Nobody's other page is kept.
        await Assert.ThrowsAnyAsync<PlaywrightException>(() => mother.Page.GotoAsync("/account"));

        await mother.Context.SetOfflineAsync(false);
        await mother.GoAsync("/diary");
        await Expect(mother.Page.GetByText("Без сети, данные на")).ToBeHiddenAsync();
        await mother.Page.EvaluateAsync("""
            async () => {
              const form = document.querySelector("form[action='/sign-out']");
              await fetch("/sign-out", { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
            }
            """);
        Assert.Empty(await WaitForKeptAsync(mother, 0));
    }

    [Fact]
    public Task Diary_goes_when_another_person_comes() => contour.InBrowserAsync(async () =>
    {
        await using var mother = await contour.VisitAsAsync(People.Mother);
        await mother.GoAsync("/diary");
        await WaitForKeptAsync(mother, 6);
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        // The same browser, the session of somebody else: as on a family's shared computer.
        await mother.Context.AddCookiesAsync((await teacher.Context.CookiesAsync()).Select(cookie => new Cookie
        {
            Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path, Secure = cookie.Secure, HttpOnly = cookie.HttpOnly,
        }));
        await mother.GoAsync("/today");
        Assert.Empty(await WaitForKeptAsync(mother, 0));
    });

    private static async Task<string[]> WaitForKeptAsync(Visitor visitor, int count)
    {
        for (var i = 0; i < 100; i++)
        {
            var kept = await visitor.Page.EvaluateAsync<string[]>(Kept);
            if (kept.Length == count) return kept;
            await visitor.Page.WaitForTimeoutAsync(100);
        }
        return await visitor.Page.EvaluateAsync<string[]>(Kept);
    }
}
