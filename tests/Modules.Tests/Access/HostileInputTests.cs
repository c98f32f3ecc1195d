using Xunit;

namespace MySchool.Modules.Tests.Access;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection("access platform")]
public sealed class HostileInputTests(AccessPlatform platform)
{
    private static readonly string[] Strings =
    [
        "", "\0", "'; drop table access.sessions; --", "<script>alert(1)</script>", new string('я', 20_000), "../../etc/passwd", "%00", "=1+1",
        "00000000-0000-0000-0000-000000000000", "-1", "🦄", "{\"a\":1}", "\r\nSet-Cookie: a=b",
    ];

    [Theory]
    [InlineData("/sign-in", "return")]
    [InlineData("/sign-in/esia", "return")]
    [InlineData("/esia/callback", "code")]
    [InlineData("/esia/callback", "state")]
    [InlineData("/esia/callback", "error")]
    [InlineData("/esia/callback", "error_description")]
    [InlineData("/consents/needed", "return")]
    [InlineData("/account", "done")]
    [InlineData("/account/consents", "done")]
    [InlineData("/account/copies", "done")]
    public async Task A_strange_query_is_answered_calmly(string path, string name)
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        foreach (var text in Strings.Where(text => text.Length < 5000))
        {
            var answer = await browser.GetAsync($"{platform.Url}{path}?{name}={Uri.EscapeDataString(text)}");
            Assert.True((int)answer.StatusCode is < 500 or 503, $"{path} {name}={text}: {answer.StatusCode}");
            Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var set) && set.Any(cookie => cookie.StartsWith("a=b", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("/account/role", "role", "unit", "return")]
    [InlineData("/account/sessions/revoke", "id")]
    [InlineData("/account/preferences", "theme", "contrast", "scale")]
    [InlineData("/account/consents/give", "purpose", "hash", "subject", "return")]
    [InlineData("/account/consents/withdraw", "id")]
    [InlineData("/account/copies", "subject")]
    [InlineData("/account/copies/drop", "id")]
    public async Task A_strange_form_is_refused_calmly(string action, params string[] names)
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        foreach (var text in Strings)
        {
            var answer = await browser.SubmitAsync($"{platform.Url}/account", action, [.. names.Select(name => (name, text))]);
            Assert.InRange((int)answer.StatusCode, 300, 499);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("../../../../../../../../../../../../../../../")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%00")]
    public async Task A_strange_cookie_is_nobody(string cookie)
    {
        using var browser = new Browser { Session = cookie };
        browser.Cookies["__Host-esia"] = cookie;
        browser.Cookies["__Host-welcome"] = cookie;
        Assert.Equal("/sign-in?return=%2Faccount", Browser.Path(await browser.GetAsync($"{platform.Url}/account")));
        Assert.Equal(200, (int)(await browser.GetAsync($"{platform.Url}/welcome")).StatusCode);
        Assert.Equal(400, (int)(await browser.GetAsync($"{platform.Url}/esia/callback?code=a&state=b")).StatusCode);
    }
}
