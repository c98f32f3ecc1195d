using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>The journal and the roll without a network: opened, typed in, kept sealed, sent when the network is back, and gone with the person.</summary>
public sealed class OfflineJournalTests(Contour contour)
{
    // Everything the browser's databases and caches of pages hold, as text.
    private const string Stored = """
        async () => {
          const all = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
          const decode = (value) => new TextDecoder().decode(value);
          const opening = indexedDB.open("my-school-journal", 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore("queues", { keyPath: "id" });
          const database = await all(opening);
          const queues = await all(database.transaction("queues").objectStore("queues").getAll());
          database.close();
          const texts = queues.map((queue) => Object.entries(queue).map(([name, value]) => `${name}=${value instanceof ArrayBuffer ? decode(value) : value}`).join(" "));
          for (const name of (await caches.keys()).filter((each) => each.startsWith("kept-"))) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) texts.push(`${request.url} ${decode(await (await cache.match(request)).arrayBuffer())}`);
          }
          return texts;
        }
        """;

    [Fact]
    public Task Thirty_marks_without_a_network_survive_a_reload_and_arrive() => contour.InBrowserAsync(async () =>
    {
        await using var teacher = await contour.VisitAsync();
        await teacher.SignInAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("11Б", "Алгебра");
        await KeptAsync(teacher, "/journal/");
        var cells = await grid.OpenColumnAsync();
        var (first, second) = (cells.Take(15).ToList(), cells.Take(15).Select(cell => cell with { Column = cell.Column - 1 }).ToList());

        await teacher.Context.SetOfflineAsync(true);
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        await Expect(teacher.Page.GetByText("Без сети, данные на")).ToBeVisibleAsync();
        foreach (var column in (IReadOnlyList<GridCell>[])[first, second])
        {
            await grid.ChooseAsync(column[0]);
            for (var i = 0; i < column.Count; i++) await teacher.Page.Keyboard.PressAsync("453"[i % 3].ToString());
        }
        await Expect(grid.Banner).ToContainTextAsync(new Regex(@"\d\d отмет\S+ жд"));
        var stored = await teacher.Page.EvaluateAsync<string[]>(Stored);
        Assert.NotEmpty(stored);
        Assert.DoesNotContain(stored, text => text.Contains(first[0].Learner.ToString(), StringComparison.Ordinal) || text.Contains("Алгебра", StringComparison.Ordinal));

        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        await Expect(grid.Banner).ToContainTextAsync(new Regex(@"\d\d отмет\S+ жд"));
        await teacher.Context.SetOfflineAsync(false);
        await teacher.Page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await grid.SavedAsync();
        await Expect(grid.Banner).ToBeHiddenAsync();
        foreach (var column in (IReadOnlyList<GridCell>[])[first, second])
            for (var i = 0; i < column.Count; i++)
                Assert.Equal("453"[i % 3].ToString(), await contour.Database.ScalarAsync<string>("select m.value from journal.marks m where lesson_id = $1 and learner_id = $2",
                    await LessonAsync(teacher, column[i].Column), column[i].Learner));
    });

    [Fact]
    public Task Roll_is_called_without_a_network_and_everything_goes_at_sign_out() => contour.InBrowserAsync(async () =>
    {
        await using var teacher = await contour.VisitAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });
        await teacher.SignInAsync(People.Teacher);
        await teacher.GoAsync("/today");
        await KeptAsync(teacher, "/roll");
        await teacher.Context.SetOfflineAsync(true);
        await teacher.GoAsync("/journal");
        await teacher.Page.Locator(".panel", new() { Has = teacher.Page.GetByRole(AriaRole.Heading, new() { Name = "8Б", Exact = true }) }).GetByRole(AriaRole.Link, new() { Name = "Геометрия" }).ClickAsync();
        await teacher.Page.WaitForURLAsync("**/journal/*");
        await teacher.GoAsync(new Uri(teacher.Page.Url).AbsolutePath + "/roll");
        var rows = teacher.Page.Locator(".roll-call li");
        var buttons = rows.Locator(".roll-button");
        var was = await teacher.Page.Locator(".roll-button[aria-pressed=true]").CountAsync();
        var free = teacher.Page.Locator(".roll-call li[data-code='']");
        var learner = Guid.Parse((await free.First.GetAttributeAsync("data-learner"))!);
        var mine = teacher.Page.Locator($".roll-call li[data-learner='{learner}']");
        await mine.Locator(".roll-button").ClickAsync();
        await Expect(teacher.Page.Locator(".roll-total")).ToContainTextAsync($"Нет: {was + 1} из {await buttons.CountAsync()}");
        await mine.Locator(".roll-more").ClickAsync();
        await Expect(teacher.Page.Locator(".journal-banner")).ToContainTextAsync("1 отметка ждёт отправки");
        var code = await mine.GetAttributeAsync("data-code");
        Assert.True((await mine.Locator(".roll-button").BoundingBoxAsync())!.Height >= 48);

        await teacher.Context.SetOfflineAsync(false);
        await teacher.Page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await Expect(teacher.Page.Locator(".journal-banner")).ToBeHiddenAsync(new() { Timeout = 15_000 });
        var lesson = Guid.Parse((await teacher.Page.Locator("roll-call").GetAttributeAsync("lesson"))!);
        Assert.Equal(code, await contour.Database.ScalarAsync<string>("select code from journal.absences where lesson_id = $1 and learner_id = $2", lesson, learner));

        // A mark that waits is named before the person leaves; said yes, everything goes.
        await teacher.Context.RouteAsync("**/marks", route => route.AbortAsync());
        await mine.Locator(".roll-button").ClickAsync();
        await Expect(teacher.Page.Locator(".journal-banner")).ToContainTextAsync("ждёт отправки");
        var asked = new List<string>();
        teacher.Page.Dialog += async (_, dialog) =>
        {
            asked.Add(dialog.Message);
            await dialog.AcceptAsync();
        };
        await teacher.Page.EvaluateAsync("() => document.querySelector(\"form[action='/sign-out']\").requestSubmit()");
        await teacher.ArriveAsync("**/sign-in**");
        Assert.Contains("ещё не отправлены", Assert.Single(asked), StringComparison.Ordinal);
        for (var i = 0; i < 50 && (await teacher.Page.EvaluateAsync<string[]>(Stored)).Length > 0; i++) await teacher.Page.WaitForTimeoutAsync(100);
        Assert.Empty(await teacher.Page.EvaluateAsync<string[]>(Stored));
    });

    private static async Task<Guid> LessonAsync(Visitor teacher, int column) => Guid.Parse((await teacher.Page.Locator("th[data-lesson]").Nth(column).GetAttributeAsync("data-lesson"))!);

    private static async Task KeptAsync(Visitor teacher, string part)
    {
        for (var i = 0; i < 100; i++)
        {
            if ((await teacher.Page.EvaluateAsync<string[]>(Stored)).Any(text => text.Contains(part, StringComparison.Ordinal))) return;
            await teacher.Page.WaitForTimeoutAsync(100);
        }
        throw new TimeoutException($"No page of {part} was kept");
    }
}
