using System.Text.Json;
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
    public async Task Cell_is_announced_by_learner_lesson_and_what_it_holds()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        var grid = await teacher.OpenJournalAsync("7Б", "Алгебра");
        var heavy = grid.Table.Locator("td[data-w='3']").Filter(new() { Has = teacher.Page.Locator(".m") }).First;
        var (mark, row) = (await heavy.Locator(".m").InnerTextAsync(), await heavy.EvaluateAsync<int>("td => td.parentElement.rowIndex"));
        var column = await heavy.EvaluateAsync<int>("td => td.cellIndex");
        await heavy.ClickAsync();
        await Expect(heavy).ToBeFocusedAsync();
        var session = await teacher.Context.NewCDPSessionAsync(teacher.Page);
        var tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value.GetProperty("nodes").EnumerateArray().DistinctBy(node => node.GetProperty("nodeId").GetString()!).ToDictionary(node => node.GetProperty("nodeId").GetString()!);
        string Role(JsonElement node) => node.GetProperty("role").GetProperty("value").GetString()!;
        string Said(JsonElement node, string what) => node.TryGetProperty(what, out var said) && said.TryGetProperty("value", out var value) ? value.ToString() : "";
        IEnumerable<JsonElement> Inside(JsonElement node) => node.GetProperty("childIds").EnumerateArray().Select(id => tree[id.GetString()!])
            .SelectMany(child => child.GetProperty("ignored").GetBoolean() || Role(child) is "rowgroup" or "generic" ? Inside(child) : [child]);

        var rows = Inside(tree.Values.Single(node => Role(node) == "grid" && !node.GetProperty("ignored").GetBoolean())).ToList();
        var focused = tree.Values.Single(node => Role(node) == "gridcell" && node.TryGetProperty("properties", out var own) && own.EnumerateArray().Any(p => p.GetProperty("name").GetString() == "focused"));
        var own = rows.Single(one => Inside(one).Any(cell => cell.GetProperty("nodeId").GetString() == focused.GetProperty("nodeId").GetString()));
        Assert.Equal(mark, Said(focused, "name"));
        Assert.Contains("вес 3", Said(focused, "description"), StringComparison.Ordinal);
        Assert.Equal(await grid.Table.Locator("tr").Nth(row).Locator("th.name").InnerTextAsync(), Said(Inside(own).Single(cell => Role(cell) == "rowheader"), "name"));
        var header = Inside(rows[0]).ElementAt(column);
        Assert.Equal("columnheader", Role(header));
        Assert.Contains(await grid.Table.Locator("th").Nth(column).Locator("span").InnerTextAsync(), Said(header, "name"), StringComparison.Ordinal);
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
