using System.Diagnostics;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>The main job: from a teacher's key to a mother's eyes, and between teachers.</summary>
public sealed class MarksTravelTests(Contour contour)
{
    [Fact]
    public async Task Teacher_signs_in_types_a_mark_and_the_mother_sees_it_within_a_second()
    {
        await using var teacher = await contour.VisitAsync();
        await teacher.SignInAsync(People.Teacher);
        Assert.EndsWith("/today", teacher.Page.Url, StringComparison.Ordinal);
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        var row = await RowOfAsync(grid, "Кузнецов А");
        var cell = (await grid.OpenColumnAsync())[row];

        await using var mother = await contour.VisitAsAsync(People.Mother);
        var date = await contour.Database.ScalarAsync<DateOnly>("select date from journal.lessons where id = $1", cell.Lesson);
        await mother.GoAsync($"/diary?learner={cell.Learner}&view=day&date={date:yyyy-MM-dd}");
        var marks = mother.Page.Locator(".lessons > li", new() { HasText = "Алгебра" }).Locator(".lesson-marks");
        await Expect(marks).ToHaveCountAsync(1);
        await mother.Page.WaitForTimeoutAsync(500); // the line of live events is open

        // A busy machine may stumble once; the rule is about the platform, so the best of three counts.
        var best = long.MaxValue;
        for (var attempt = 0; attempt < 3 && best >= 1000; attempt++)
        {
            await grid.ChooseAsync(cell);
            var typed = (await grid.At(cell).InnerTextAsync()).StartsWith('4') ? "5" : "4";
            var seen = mother.Page.WaitForFunctionAsync(
                "mark => [...document.querySelectorAll('.lessons > li')].some(li => li.textContent.includes('Алгебра') && li.querySelector(`.mark-${mark}`))", typed);
            var watch = Stopwatch.StartNew();
            await teacher.Page.Keyboard.PressAsync(typed);
            await seen;
            best = Math.Min(best, watch.ElapsedMilliseconds);
            await Expect(marks).ToContainTextAsync(typed);
        }
        Assert.True(best < 1000, $"The mother saw the mark after {best} ms");
        await Expect(mother.Page.Locator(".toast").First).ToContainTextAsync("Алгебра");
        Assert.Empty(mother.Troubles);
        Assert.Empty(teacher.Troubles);
    }

    [Fact]
    public async Task Todays_page_of_a_mother_of_three_gets_new_marks_too()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        var cell = (await grid.OpenColumnAsync())[await RowOfAsync(grid, "Кузнецов А")];
        await using var mother = await contour.VisitAsAsync(People.Mother);
        await mother.GoAsync("/today");
        await Expect(mother.Page.Locator("diary-live")).ToHaveCountAsync(3);
        await mother.Page.WaitForTimeoutAsync(500);

        await grid.ChooseAsync(cell);
        var typed = (await grid.At(cell).InnerTextAsync()).StartsWith('3') ? "2" : "3";
        await teacher.Page.Keyboard.PressAsync(typed);
        await Expect(mother.Page.Locator($"diary-live[live-url*='{cell.Learner}'] .list li", new() { HasText = "Алгебра" }).Locator($".mark-{typed}").First).ToBeVisibleAsync();
        await Expect(mother.Page.Locator("diary-live")).ToHaveCountAsync(3);
        Assert.Empty(mother.Troubles);
    }

    [Fact]
    public async Task Guardian_gives_consent_at_the_first_sign_in_and_then_sees_the_children()
    {
        await using var father = await contour.VisitAsync();
        await father.SignInAsync(People.Father);
        Assert.Contains("/consents/needed", father.Page.Url, StringComparison.Ordinal);
        Assert.True(await father.ConsentAsync() > 0);
        await father.GoAsync("/today");
        foreach (var child in (string[])["Артём", "Софья", "Матвей"]) await father.SeesAsync(child);
    }

    [Fact]
    public async Task Two_teachers_see_each_other_and_a_conflict_keeps_both()
    {
        await using var main = await contour.VisitAsAsync(People.Teacher);
        var grid = await main.OpenJournalAsync("7Б", "Алгебра");
        await contour.Database.ScalarAsync<int>("""
            insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on, basis)
            select g.school_id, gen_random_uuid(), g.id, p.id, '2026-09-01', 'substitute' from registry.teaching_groups g, registry.people p
             where g.id = $1 and p.last_name = 'Морозова' and p.first_name = 'Елена' and p.middle_name = 'Викторовна'
            """, grid.GroupId);
        await using var substitute = await contour.VisitAsync();
        await substitute.SignInAsync(People.ClassTeacher);
        var other = new Grid(substitute.Page);
        await substitute.GoAsync($"/journal/{grid.GroupId}");
        await other.ReadyAsync();
        var cells = await grid.OpenColumnAsync();
        var (seen, fought) = (cells[3], cells[4]);

        await grid.ChooseAsync(seen);
        await main.Page.Keyboard.PressAsync("5");
        await Expect(other.At(seen).Locator(".m")).ToHaveTextAsync("5", new() { Timeout = 2000 });
        await Expect(other.Status).ToContainTextAsync("Мария Петровна");

        await substitute.Context.RouteAsync("**/marks", route => route.AbortAsync());
        await other.ChooseAsync(fought);
        await substitute.Page.Keyboard.PressAsync("3");
        await Expect(other.At(fought)).ToHaveAttributeAsync("data-state", "queued");
        await grid.ChooseAsync(fought);
        await main.Page.Keyboard.PressAsync("5");
        await grid.SavedAsync();
        await substitute.Context.UnrouteAsync("**/marks");
        await Expect(other.At(fought)).ToHaveAttributeAsync("data-state", "conflict", new() { Timeout = 20_000 });

        await other.ChooseAsync(fought);
        await substitute.Page.Keyboard.PressAsync("F2");
        await Expect(other.Panel).ToContainTextAsync("Мария Петровна");
        await other.Panel.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { NameRegex = new("Оставить мою|мою|моё", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).First.ClickAsync();
        await substitute.Page.Keyboard.PressAsync("Escape");
        await other.SavedAsync();
        await Expect(grid.At(fought).Locator(".m")).ToHaveTextAsync("3", new() { Timeout = 5000 });

        await grid.ChooseAsync(fought);
        await main.Page.Keyboard.PressAsync("F2");
        var history = grid.Panel.Locator("details");
        await Expect(history).ToContainTextAsync("5 → 3");
        await Expect(history).ToContainTextAsync("Елена Викторовна");
        await Expect(history).ToContainTextAsync("Мария Петровна");
    }

    private static async Task<int> RowOfAsync(Grid grid, string name)
    {
        var names = await grid.Table.Locator("tbody th.name").AllInnerTextsAsync();
        var row = names.ToList().FindIndex(text => text.StartsWith(name, StringComparison.Ordinal));
        return row >= 0 ? row : throw new InvalidOperationException($"{name} is not in the journal");
    }
}
