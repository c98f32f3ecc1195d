using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>A person at a browser of their own.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly Contour contour;
    private readonly List<string> troubles = [];

    public Visitor(Contour contour, IBrowserContext context, IPage page)
    {
        this.contour = contour;
        Context = context;
        Page = page;
        page.PageError += (_, error) => troubles.Add($"{page.Url}: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("ERR_FAILED", StringComparison.Ordinal) && !message.Text.Contains("ERR_INTERNET_DISCONNECTED", StringComparison.Ordinal))
                troubles.Add($"{page.Url}: {message.Text}");
        };
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Errors of script and of the content policy so far.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    /// <summary>Walks from the platform to ЕСИА's login page, finds a person by name, and comes back.</summary>
    public async Task SignInAsync(string name, string from = "/")
    {
        await Page.GotoAsync(from);
        await Page.GetByRole(AriaRole.Link, new() { Name = "Войти через Госуслуги" }).ClickAsync();
        await ArriveAsync(contour.EsiaUrl + "/**");
        await Page.GetByLabel("Имя, роль или школа").FillAsync(name);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Найти" }).ClickAsync();
        await Page.Locator(".people button", new() { HasText = name }).First.ClickAsync();
        await ArriveAsync(contour.Url + "/**");
    }

    /// <summary>Gives each consent that is asked for; answers how many there were.</summary>
    public async Task<int> ConsentAsync()
    {
        var given = 0;
        while (Page.Url.Contains("/consents/needed", StringComparison.Ordinal))
        {
            if (given > 12) throw new InvalidOperationException("The consent page does not end");
            await FollowAsync(Page.Locator("form[action='/account/consents/give'] button").First);
            given++;
        }
        return given;
    }

    /// <summary>Clicks what leads to another page and waits for it.</summary>
    public async Task FollowAsync(ILocator link)
    {
        await Page.EvaluateAsync("() => { window.isLeft = true; }");
        await link.ClickAsync();
        await Page.WaitForFunctionAsync("() => !window.isLeft && document.readyState === 'complete'");
    }

    /// <summary>
    /// Waits until a page of an address is there; "*" stands for a part of it, "**" for the rest. The address and the page are asked
    /// again and again: a wait for an event never ends when the event has passed.
    /// </summary>
    public async Task ArriveAsync(string address)
    {
        var shape = Regex.Escape(address).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal);
        await Expect(Page).ToHaveURLAsync(new Regex($"^{shape}$"), new() { Timeout = 15_000 });
        await Page.WaitForFunctionAsync("() => document.readyState === 'complete'");
    }

    public Task GoAsync(string address) => Page.GotoAsync(address);

    /// <summary>Opens a journal by its class and the words of its link.</summary>
    public async Task<Grid> OpenJournalAsync(string className, string subject)
    {
        await Page.GotoAsync("/journal");
        await Page.Locator(".panel", new() { Has = Page.GetByRole(AriaRole.Heading, new() { Name = className, Exact = true }) })
            .GetByRole(AriaRole.Link, new() { Name = subject }).First.ClickAsync();
        var grid = new Grid(Page);
        await grid.ReadyAsync();
        return grid;
    }

    public ILocator Heading(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text });

    public Task SeesAsync(string text) => Expect(Page.Locator("main")).ToContainTextAsync(text);

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
