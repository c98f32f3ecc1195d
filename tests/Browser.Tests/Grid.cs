using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>A cell of the journal, by the ids in the page.</summary>
internal sealed record GridCell(int Row, int Column, Guid Lesson, Guid Learner);

/// <summary>The class journal as a teacher's hands know it.</summary>
internal sealed class Grid(IPage page)
{
    public ILocator Table => page.Locator("table[role=grid]");

    public ILocator Status => page.Locator(".journal-status");

    public ILocator Banner => page.Locator(".journal-banner");

    public ILocator Panel => page.Locator("dialog.cell-panel");

    public Guid GroupId => Guid.Parse(new Uri(page.Url).Segments[2].TrimEnd('/'));

    /// <summary>Waits until the island has taken the table over.</summary>
    public Task ReadyAsync() => Expect(page.Locator("journal-grid td[tabindex='0']")).ToHaveCountAsync(1);

    public ILocator At(GridCell cell) => Table.Locator("tbody tr").Nth(cell.Row).Locator("td[role=gridcell]").Nth(cell.Column);

    /// <summary>Cells of the latest open lesson, from the first learner down.</summary>
    public Task<List<GridCell>> OpenColumnAsync() => ColumnAsync("th => !th.hasAttribute('data-locked')");

    /// <summary>Cells of a lesson that is locked.</summary>
    public Task<List<GridCell>> LockedColumnAsync() => ColumnAsync("th => th.hasAttribute('data-locked')");

    public async Task ChooseAsync(GridCell cell)
    {
        // A click on the chosen cell would open its panel.
        if (!await At(cell).EvaluateAsync<bool>("td => td === document.activeElement")) await At(cell).ClickAsync();
        await Expect(At(cell)).ToBeFocusedAsync();
    }

    /// <summary>Waits until nothing is on its way to the server.</summary>
    public Task SavedAsync() => Expect(Table.Locator("td:is([data-state=saving], [data-state=queued])")).ToHaveCountAsync(0);

    /// <summary>Puts text on the clipboard of the page and pastes it into the focused cell.</summary>
    public Task PasteAsync(string text) => page.EvaluateAsync("""
        text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """, text);

    private async Task<List<GridCell>> ColumnAsync(string choose)
    {
        var column = await page.EvaluateAsync<int>($"() => [...document.querySelectorAll('th[data-lesson]')].findLastIndex({choose})");
        if (column < 0) throw new InvalidOperationException($"No such lesson at {page.Url}");
        var lesson = await Table.Locator("th[data-lesson]").Nth(column).GetAttributeAsync("data-lesson");
        var learners = await Table.Locator("tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.learner)");
        return [.. learners.Select((learner, row) => new GridCell(row, column, Guid.Parse(lesson!), Guid.Parse(learner)))];
    }
}
