using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Esia;
using Xunit;

namespace MySchool.Modules.Tests.Access;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection("access platform")]
public sealed class EsiaAwayTests(AccessPlatform platform)
{
    [Fact]
    public async Task When_esia_is_away_sign_in_says_so_and_sessions_go_on()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        await WithoutEsiaAsync(async () =>
        {
            using var late = new Browser();
            var refused = await late.GetAsync($"{platform.Url}/sign-in/esia");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("Госуслуги не отвечают", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Contains("Госуслуги не отвечают", await late.ReadAsync($"{platform.Url}/sign-in"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"{platform.Url}/account")).StatusCode);
            Assert.Equal("/sign-in", Browser.Path(await browser.SubmitAsync($"{platform.Url}/account", "/sign-out")));
        });
        using var again = new Browser();
        Assert.Equal("/account", Browser.Path(await platform.SignInAsync(again, EsiaContour.Teacher)));
    }

    [Fact]
    public async Task When_esia_falls_silent_midway_the_page_says_what_to_do()
    {
        using var browser = new Browser();
        var start = await browser.GetAsync($"{platform.Url}/sign-in/esia");
        var callback = await platform.Esia.WalkAsync(start.Headers.Location!.ToString(), "oid", EsiaContour.Teacher);
        await WithoutEsiaAsync(async () =>
        {
            var answer = await browser.GetAsync(callback.ToString());
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("Попробуйте через несколько минут", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        });
    }

    private async Task WithoutEsiaAsync(Func<Task> act)
    {
        var options = platform.Services.GetRequiredService<EsiaOptions>();
        var (alive, health) = (options.BaseUrl, platform.Services.GetRequiredService<EsiaHealth>());
        options.BaseUrl = "http://localhost:1";
        // Past the freshness of the last answer.
        platform.Clock.Advance(TimeSpan.FromSeconds(16));
        try
        {
            await act();
        }
        finally
        {
            options.BaseUrl = alive;
            Assert.True(await health.IsThereAsync(default));
        }
    }
}
