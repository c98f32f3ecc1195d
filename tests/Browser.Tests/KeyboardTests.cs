using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>Everything without a mouse.</summary>
public sealed class KeyboardTests(Contour contour)
{
    private const string Describe = """
        () => {
          const element = document.activeElement;
          if (!element || element === document.body) return 'body';
          const style = getComputedStyle(element);
          const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
          const place = element.closest('td[role=gridcell]') ? 'grid' : element.closest('.rail-nav') ? 'nav' : element.closest('.filters') ? 'filters'
            : element.closest('.page-actions') ? 'action' : element.classList.contains('skip') ? 'skip' : element.closest('.search-box, search-box, form[role=search]') ? 'search' : 'other';
          return place + (isSeen ? '' : ' UNSEEN ' + element.outerHTML.slice(0, 100));
        }
        """;

    [Fact]
    public async Task Everything_is_reachable_by_keyboard()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        var met = new List<string>();
        for (var step = 0; step < 150 && !met.Contains("grid"); step++)
        {
            await teacher.Page.Keyboard.PressAsync("Tab");
            met.Add(await teacher.Page.EvaluateAsync<string>(Describe));
        }
        Assert.DoesNotContain(met, place => place.Contains("UNSEEN", StringComparison.Ordinal));
        Assert.Equal("skip", met[0]);
        foreach (var place in (string[])["nav", "filters", "action", "grid"]) Assert.Contains(place, met);

        await teacher.Page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("grid", await teacher.Page.EvaluateAsync<string>(Describe));
        await teacher.Page.Keyboard.PressAsync("Escape");
        await Expect(grid.Status).ToContainTextAsync("Tab выйдет");
        await teacher.Page.Keyboard.PressAsync("Tab");
        Assert.NotEqual("grid", await teacher.Page.EvaluateAsync<string>(Describe));
    }

    [Fact]
    public async Task Skip_link_leads_past_the_places()
    {
        await using var mother = await contour.VisitAsAsync(People.Mother);
        await mother.GoAsync("/diary");
        await mother.Page.Keyboard.PressAsync("Tab");
        await mother.Page.Keyboard.PressAsync("Enter");
        await mother.Page.Keyboard.PressAsync("Tab");
        Assert.True(await mother.Page.EvaluateAsync<bool>("() => document.querySelector('main').contains(document.activeElement)"));
    }

    [Fact]
    public async Task Cell_panel_opens_and_closes_by_key_and_gives_focus_back()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        var cell = (await grid.OpenColumnAsync())[1];
        await grid.ChooseAsync(cell);
        await teacher.Page.Keyboard.PressAsync("F2");
        await Expect(grid.Panel).ToBeVisibleAsync();
        await teacher.Page.Keyboard.PressAsync("Escape");
        await Expect(grid.Panel).ToBeHiddenAsync();
        await Expect(grid.At(cell)).ToBeFocusedAsync();
    }
}
