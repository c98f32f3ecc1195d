using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>Families, roles and sessions.</summary>
public sealed class PeopleTests(Contour contour)
{
    [Fact]
    public async Task Homework_tick_stays_after_a_reload_with_and_without_script()
    {
        await using (var pupil = await contour.VisitAsAsync(People.Pupil))
        {
            await pupil.GoAsync("/today");
            var tick = pupil.Page.Locator("homework-tick button").First;
            Assert.Equal("false", await tick.GetAttributeAsync("aria-pressed"));
            await pupil.Page.RunAndWaitForResponseAsync(() => tick.ClickAsync(), response => response.Request.Method == "POST");
            await Expect(tick).ToHaveAttributeAsync("aria-pressed", "true");
            await pupil.Page.ReloadAsync();
            await Expect(tick).ToHaveAttributeAsync("aria-pressed", "true");
            Assert.Empty(pupil.Troubles);
        }
        await using var plain = await contour.VisitAsAsync(People.Pupil, new() { JavaScriptEnabled = false });
        await plain.GoAsync("/today");
        await plain.Page.Locator("homework-tick button").First.ClickAsync();
        await Expect(plain.Page.Locator("homework-tick button").First).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.EndsWith("/today", plain.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_switch_without_new_login()
    {
        await using var person = await contour.VisitAsync();
        await person.SignInAsync(People.ClassTeacher);
        if (await person.ConsentAsync() > 0) await person.GoAsync("/today");
        var asked = 0;
        person.Page.Request += (_, request) => asked += request.Url.StartsWith(contour.EsiaUrl, StringComparison.Ordinal) ? 1 : 0;

        await WearAsync(person, "Учитель");
        await person.GoAsync("/today");
        await person.SeesAsync("Мой класс 7Б");
        await WearAsync(person, "Родитель");
        await person.ConsentAsync();
        await person.GoAsync("/today");
        await person.SeesAsync("Иван");
        await Expect(person.Page.Locator(".rail-nav")).ToContainTextAsync("Дневник");
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Stranger_is_told_how_to_get_access()
    {
        await using var stranger = await contour.VisitAsync();
        await stranger.SignInAsync(People.Stranger);
        Assert.Contains("/welcome", stranger.Page.Url, StringComparison.Ordinal);
        await Expect(stranger.Heading("Вас пока нет в списках")).ToBeVisibleAsync();
        await stranger.SeesAsync(People.Stranger);
        await Expect(stranger.Page.GetByRole(AriaRole.Link, new() { Name = "Проверить" }).Or(stranger.Page.Locator(".button-primary")).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Revoked_session_is_out_at_the_next_click()
    {
        // Somebody whom no other test is: all other sessions of the person end here.
        await using var left = await contour.VisitAsync();
        await left.SignInAsync(People.Psychologist);
        await using var here = await contour.VisitAsync();
        await here.SignInAsync(People.Psychologist);
        await here.GoAsync("/account");
        await here.Page.Locator("form[action='/account/sessions/revoke-others'] button").ClickAsync();

        await left.Page.Locator(".rail-nav a").Last.ClickAsync();
        await left.ArriveAsync("**/sign-in**");
        await here.GoAsync("/today");
        Assert.DoesNotContain("/sign-in", here.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Theme_and_text_size_are_kept_for_the_person()
    {
        await using var person = await contour.VisitAsync();
        await person.SignInAsync(People.Psychologist);
        await person.GoAsync("/account");
        await person.Page.GetByLabel("Размер текста").Or(person.Page.Locator("select[name=scale]")).First.SelectOptionAsync("150");
        await person.Page.Locator("select[name=theme]").SelectOptionAsync("dark");
        await person.Page.Locator("form[action='/account/preferences'] button").ClickAsync();
        await person.GoAsync("/today");
        await Expect(person.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(person.Page.Locator("html")).ToHaveAttributeAsync("data-scale", "150");
        Assert.Equal("24px", await person.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).fontSize"));
    }

    private static async Task WearAsync(Visitor person, string role)
    {
        await person.Page.Locator(".rail .menu:not(.menu-up) > summary").ClickAsync();
        await person.FollowAsync(person.Page.Locator(".rail form[action='/account/role'] button", new() { HasText = role }));
    }
}
