using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>The journal under a teacher's fingers.</summary>
public sealed class JournalTests(Contour contour)
{
    [Fact]
    public async Task Thirty_marks_take_at_most_two_keys_each()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("11Б", "Алгебра");
        var cells = await grid.OpenColumnAsync();
        await grid.ChooseAsync(cells[0]);
        var (keys, marks) = (0, new List<(GridCell Cell, string Mark)>());
        async Task PressAsync(string key)
        {
            await teacher.Page.Keyboard.PressAsync(key);
            keys++;
        }

        for (var column = 0; marks.Count < 30; column++)
        {
            foreach (var cell in cells.Take(30 - marks.Count))
            {
                var mark = "345"[marks.Count % 3].ToString();
                await PressAsync(mark);
                marks.Add((cell with { Column = cell.Column - column }, mark));
            }
            for (var page = 0; page < 4 && marks.Count < 30; page++) await PressAsync("PageUp");
            if (marks.Count < 30) await PressAsync("ArrowLeft");
        }
        Assert.True(keys <= 2 * marks.Count, $"{marks.Count} marks took {keys} keys");
        await grid.SavedAsync();
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        foreach (var (cell, mark) in marks) Assert.Equal(mark, await grid.At(cell).Locator(".m").InnerTextAsync());
        var held = await contour.Database.ScalarAsync<long>("select count(*) from journal.marks where lesson_id = $1", cells[0].Lesson);
        Assert.True(held >= Math.Min(30, cells.Count), $"The server holds {held} marks of the lesson");
        Assert.Empty(teacher.Troubles);
    }

    [Fact]
    public async Task Marks_typed_without_network_survive_a_reload_and_are_sent_once()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Алгебра");
        var cells = (await grid.OpenColumnAsync()).Take(3).ToList();
        await ClearAsync(teacher, grid, cells);
        var before = await HistoryAsync(cells[0].Lesson);

        var lost = 0;
        await teacher.Context.RouteAsync("**/marks", async route =>
        {
            // The first request reaches the server and its answer is lost; the others do not leave.
            if (lost++ == 0) await route.FetchAsync();
            await route.AbortAsync();
        });
        await grid.ChooseAsync(cells[0]);
        foreach (var mark in (string[])["5", "4", "3"])
        {
            await teacher.Page.Keyboard.PressAsync(mark);
            await teacher.Page.WaitForTimeoutAsync(250);
        }
        await Expect(grid.Banner).ToContainTextAsync("Нет связи");
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        await Expect(grid.At(cells[2]).Locator(".m")).ToHaveTextAsync("3");
        await Expect(grid.At(cells[2])).ToHaveAttributeAsync("data-state", "queued");

        await teacher.Context.UnrouteAsync("**/marks");
        await teacher.Page.EvaluateAsync("() => dispatchEvent(new Event('online'))");
        await grid.SavedAsync();
        await Expect(grid.Banner).ToBeHiddenAsync();
        Assert.Equal(before + 3, await HistoryAsync(cells[0].Lesson));
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        Assert.Equal(["5", "4", "3"], await Task.WhenAll(cells.Select(cell => grid.At(cell).Locator(".m").InnerTextAsync())));
        Assert.Equal(before + 3, await HistoryAsync(cells[0].Lesson));
    }

    [Fact]
    public async Task Pasted_column_fills_the_cells()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Геометрия");
        var cells = await grid.OpenColumnAsync();
        await grid.ChooseAsync(cells[0]);
        await grid.PasteAsync("5\r\n4\r\nН\r\n\r\n3\r\n");
        await Expect(grid.Status).ToContainTextAsync("Вставлено");
        await grid.SavedAsync();
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        await Expect(grid.At(cells[0]).Locator(".m")).ToHaveTextAsync("5");
        await Expect(grid.At(cells[1]).Locator(".m")).ToHaveTextAsync("4");
        await Expect(grid.At(cells[2]).Locator(".a")).ToHaveTextAsync("Н");
        await Expect(grid.At(cells[4]).Locator(".m")).ToHaveTextAsync("3");
    }

    [Fact]
    public async Task Cell_takes_a_split_mark_several_and_a_point_by_keys_and_by_its_panel()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Геометрия");
        var cells = await grid.OpenColumnAsync();
        await ClearAsync(teacher, grid, cells.Take(4).ToList());
        await grid.ChooseAsync(cells[0]);
        // Typed as one writes: the cursor has gone down after the first figure, the sign means the mark just put.
        foreach (var key in (string[])["4", "/", "5", "5", "+", "3", "."]) await teacher.Page.Keyboard.PressAsync(key);
        await grid.SavedAsync();
        await grid.ChooseAsync(cells[3]);
        await teacher.Page.Keyboard.PressAsync("3");
        await grid.ChooseAsync(cells[3]);
        await teacher.Page.Keyboard.PressAsync("F2");
        await grid.Panel.GetByRole(AriaRole.Button, new() { Name = "Ещё отметка" }).ClickAsync();
        await grid.Panel.GetByRole(AriaRole.Group, new() { Name = "2-я отметка" }).GetByRole(AriaRole.Button, new() { Name = "5", Exact = true }).ClickAsync();
        await grid.Panel.GetByRole(AriaRole.Button, new() { Name = "Готово" }).ClickAsync();
        await grid.SavedAsync();
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        var shown = new List<string>();
        foreach (var cell in cells.Take(4)) shown.Add(string.Join(' ', await grid.At(cell).Locator(".m").AllInnerTextsAsync()));
        Assert.Equal(["4/5", "5 3", "•", "3 5"], shown);
        Assert.Equal(14, await contour.Database.ScalarAsync<int>("select due_on - lesson_date from journal.debts where lesson_id = $1 and learner_id = $2", cells[2].Lesson, cells[2].Learner));
        Assert.Empty(teacher.Troubles);
    }

    [Fact]
    public async Task A_column_is_filled_at_once_and_taken_back_at_once()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("7Б", "Геометрия");
        var cells = await grid.OpenColumnAsync();
        await ClearAsync(teacher, grid, cells);
        await grid.ChooseAsync(cells[1]);
        await teacher.Page.Keyboard.PressAsync("4");
        await grid.ChooseAsync(cells[1]);
        await teacher.Page.Keyboard.PressAsync("Control+d");
        await Expect(grid.Status).ToContainTextAsync("Заполнено");
        await Expect(grid.At(cells[^1]).Locator(".m")).ToHaveTextAsync("4");
        await Expect(grid.At(cells[0])).ToBeEmptyAsync();
        await grid.SavedAsync();
        await teacher.Page.Keyboard.PressAsync("Control+z");
        await Expect(grid.At(cells[^1])).ToBeEmptyAsync();
        await Expect(grid.At(cells[1]).Locator(".m")).ToHaveTextAsync("4");
        await grid.SavedAsync();
    }

    [Fact]
    public async Task A_list_with_names_finds_its_rows_in_any_order()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Геометрия");
        var cells = await grid.OpenColumnAsync();
        await ClearAsync(teacher, grid, [cells[7], cells[8], cells[9]]);
        var names = await grid.Table.Locator("tbody th.name").AllInnerTextsAsync();
        await grid.ChooseAsync(cells[0]);
        await grid.PasteAsync($"Ученик\tОтметка\n{names[9]}\t5\n{names[7].ToUpperInvariant()}\t3\nНетакого Никто\t2\n{names[8]}\t4\n");
        await Expect(grid.Status).ToContainTextAsync("по фамилиям");
        await Expect(grid.Status).ToContainTextAsync("Нетакого Никто");
        await grid.SavedAsync();
        Assert.Equal(["3", "4", "5"], await Task.WhenAll(cells[7..10].Select(cell => grid.At(cell).Locator(".m").InnerTextAsync())));
    }

    [Fact]
    public async Task Undo_also_saves()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Алгебра");
        var cell = (await grid.OpenColumnAsync())[6];
        await ClearAsync(teacher, grid, [cell]);
        await teacher.Page.Keyboard.PressAsync("2");
        await grid.SavedAsync();
        await Expect(grid.At(cell).Locator(".m")).ToHaveTextAsync("2");
        await teacher.Page.Keyboard.PressAsync("Control+z");
        await Expect(grid.At(cell).Locator(".m")).ToHaveCountAsync(0);
        await teacher.Page.WaitForTimeoutAsync(300);
        await grid.SavedAsync();
        await teacher.Page.ReloadAsync();
        await grid.ReadyAsync();
        await Expect(grid.At(cell)).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Locked_cell_says_why()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("8Б", "Алгебра");
        var sent = 0;
        teacher.Page.Request += (_, request) => sent += request.Method == "POST" ? 1 : 0;
        var cell = (await grid.LockedColumnAsync())[0];
        var before = await grid.At(cell).InnerTextAsync();
        await grid.ChooseAsync(cell);
        await teacher.Page.Keyboard.PressAsync("5");
        await Expect(grid.Status).ToContainTextAsync("Урок ещё впереди");
        Assert.Equal(before, await grid.At(cell).InnerTextAsync());
        Assert.Equal(0, sent);
        await teacher.Page.Keyboard.PressAsync("F2");
        await Expect(grid.Panel.Locator(".notice")).ToContainTextAsync("Урок ещё впереди");
    }

    [Fact]
    public async Task Plain_form_saves_a_mark_without_script()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher, new() { JavaScriptEnabled = false });
        await teacher.GoAsync("/journal");
        await teacher.Page.GetByRole(AriaRole.Link, new() { Name = "Алгебра" }).First.ClickAsync();
        await Expect(teacher.Page.Locator("table[role=grid] tbody tr").First.Locator("th")).Not.ToBeEmptyAsync();
        await Expect(teacher.Page.Locator("table[role=grid] .m").First).ToBeVisibleAsync();

        await teacher.Page.Locator(".page-actions a").First.ClickAsync();
        var line = teacher.Page.Locator("ul.roll > li").Nth(1);
        var value = await line.Locator(".mark-4").CountAsync() > 0 ? "5" : "4";
        await line.Locator("input[name=value]").FillAsync(value);
        await line.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(teacher.Page.Locator("ul.roll > li").Nth(1).Locator($".mark-{value}")).ToBeVisibleAsync();

        await line.Locator("input[name=value]").FillAsync("7");
        await line.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(teacher.Page.Locator(".notice-danger")).ToBeVisibleAsync();
    }

    private static async Task ClearAsync(Visitor teacher, Grid grid, List<GridCell> cells)
    {
        foreach (var cell in cells)
        {
            await grid.ChooseAsync(cell);
            await teacher.Page.Keyboard.PressAsync("Delete");
        }
        await teacher.Page.WaitForTimeoutAsync(400);
        await grid.SavedAsync();
        await grid.ChooseAsync(cells[0]);
    }

    private Task<long> HistoryAsync(Guid lesson) => contour.Database.ScalarAsync<long>("select count(*) from journal.cell_history where lesson_id = $1", lesson);
}
