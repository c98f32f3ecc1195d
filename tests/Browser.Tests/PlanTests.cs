using Microsoft.Playwright;
using MySchool.Kernel.Sheets;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>A plan from the teacher's own table to the evening's lesson, and a day's absence, as people do them.</summary>
public sealed class PlanTests(Contour contour)
{
    [Fact]
    public async Task A_table_becomes_a_plan_and_its_lines_move_by_keyboard()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        await teacher.GoAsync("/plans/new");
        await teacher.Page.SelectOptionAsync("select[name=for]", new SelectOptionValue { Label = "Практикум по решению задач, 7Б" });
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Создать план" }));
        using var file = new MemoryStream();
        SheetWriter.Write(file, new Sheet("КТП", [new("Тема урока"), new("Часы")], [["Текстовые задачи", 2], ["Проценты; Доли", 2], ["Графики", 1]]));
        await teacher.Page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "КТП.xlsx", MimeType = SheetWriter.MediaType, Buffer = file.ToArray() });
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Прочитать файл" }));
        await Expect(teacher.Page.Locator("main")).ToContainTextAsync("Текстовые задачи");
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Записать: 3 темы" }));
        Assert.Equal(["Текстовые задачи", "Проценты; Доли", "Графики"], await TopicsAsync(teacher));

        await teacher.Page.Locator("a[data-row]").Nth(0).FocusAsync();
        await teacher.Page.Keyboard.PressAsync("ArrowDown");
        await PressAsync(teacher, "Alt+r");
        Assert.Equal(["Текстовые задачи", "Проценты", "Доли", "Графики"], await TopicsAsync(teacher));
        // The page came back at the new line, under the fingers.
        await PressAsync(teacher, "Alt+ArrowDown");
        Assert.Equal(["Текстовые задачи", "Проценты", "Графики", "Доли"], await TopicsAsync(teacher));
        await PressAsync(teacher, "Delete");
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Отменить последнее изменение" }));
        Assert.Equal(["Текстовые задачи", "Проценты", "Графики", "Доли"], await TopicsAsync(teacher));
        await Expect(teacher.Page.Locator(".plan-dates").First).ToContainTextAsync(".");
        Assert.Empty(teacher.Troubles);
    }

    [Fact]
    public async Task The_evenings_topic_is_one_tap_and_a_day_of_absence_is_seen_in_the_grid()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        await teacher.GoAsync("/today");
        var row = teacher.Page.Locator("li", new() { HasText = "7Б, Алгебра" }).First;
        await Expect(row).ToContainTextAsync("по плану:");
        await teacher.FollowAsync(row.GetByRole(AriaRole.Button));
        await Expect(teacher.Page.Locator("li", new() { HasText = "7Б, Алгебра" }).First).Not.ToContainTextAsync("по плану:");
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        await grid.ReadyAsync();

        await using var leader = await contour.VisitAsAsync(People.ClassTeacher);
        await leader.GoAsync("/today");
        await leader.FollowAsync(leader.Page.GetByRole(AriaRole.Link, new() { Name = "Отметить отсутствие на день" }));
        await leader.Page.GetByLabel("Щеглов Александр").CheckAsync();
        await leader.Page.SelectOptionAsync("select[name=first]", "4");
        await leader.Page.Locator("input[name=code][value='У']").CheckAsync();
        await leader.FollowAsync(leader.Page.GetByRole(AriaRole.Button, new() { Name = "Отметить отсутствие" }));
        await Expect(leader.Page.Locator("main")).ToContainTextAsync("Отмечено уроков");
        // The teacher's open grid hears of it by itself.
        await Expect(teacher.Page.Locator("tr", new() { HasText = "Щеглов" }).Locator(".a", new() { HasTextString = "У" }).First).ToBeVisibleAsync();
        await leader.FollowAsync(leader.Page.GetByRole(AriaRole.Button, new() { Name = "Отменить: У, Щеглов Александр" }));
        await Expect(leader.Page.Locator("main")).ToContainTextAsync("Снято отметок об отсутствии");
        await Expect(teacher.Page.Locator("tr", new() { HasText = "Щеглов" }).Locator(".a", new() { HasTextString = "У" })).ToHaveCountAsync(0);
        Assert.Empty(teacher.Troubles);
        Assert.Empty(leader.Troubles);
    }

    private static async Task PressAsync(Visitor visitor, string key)
    {
        await visitor.Page.EvaluateAsync("() => { window.isLeft = true; }");
        await visitor.Page.Keyboard.PressAsync(key);
        await visitor.Page.WaitForFunctionAsync("() => !window.isLeft && document.readyState === 'complete'");
    }

    private static async Task<IReadOnlyList<string>> TopicsAsync(Visitor visitor) => await visitor.Page.Locator("a[data-row]").AllInnerTextsAsync();
}
