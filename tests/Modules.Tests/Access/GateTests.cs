using System.Net;
using System.Text.Json;
using MySchool.Access.Web;
using Xunit;

namespace MySchool.Modules.Tests.Access;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection("access platform")]
public sealed class GateTests(AccessPlatform platform)
{
    [Fact]
    public async Task A_route_without_an_action_stays_closed()
    {
        using var browser = new Browser();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{platform.Url}/probe/unnamed")).StatusCode);
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{platform.Url}/probe/unnamed")).StatusCode);
    }

    [Fact]
    public async Task Nobody_signed_in_is_led_to_sign_in_and_back()
    {
        using var browser = new Browser();
        Assert.Equal("/sign-in?return=%2Fprobe%2Fteach%3Fa%3D1", Browser.Path(await browser.GetAsync($"{platform.Url}/probe/teach?a=1")));
        var json = await browser.GetAsync($"{platform.Url}/probe/teach", "application/json");
        Assert.Equal(HttpStatusCode.Unauthorized, json.StatusCode);
        Assert.Equal("access.signed-out", JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Forbidden_looks_like_absent()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        foreach (var accept in (string[])["text/html", "application/json"])
        {
            var forbidden = await browser.GetAsync($"{platform.Url}/probe/teach", accept);
            var absent = await browser.GetAsync($"{platform.Url}/probe/taech", accept);
            Assert.Equal(HttpStatusCode.NotFound, forbidden.StatusCode);
            Assert.Equal(absent.StatusCode, forbidden.StatusCode);
            Assert.Equal(Bare(await absent.Content.ReadAsStringAsync()), Bare(await forbidden.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task An_unsafe_request_needs_a_token_of_this_person()
    {
        using var teacher = new Browser();
        using var parent = new Browser();
        await platform.SignInAsync(teacher, EsiaContour.Teacher);
        await platform.SignInAsync(parent, EsiaContour.Parent);
        Assert.Equal(HttpStatusCode.BadRequest, (await teacher.PostAsync($"{platform.Url}/probe/post")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await teacher.SubmitAsync($"{platform.Url}/account", "/probe/post")).StatusCode);
        var foreign = Token(await parent.ReadAsync($"{platform.Url}/account"));
        Assert.Equal(HttpStatusCode.BadRequest, (await teacher.PostAsync($"{platform.Url}/probe/post", ("__RequestVerificationToken", foreign))).StatusCode);
        teacher.Cookies["__Host-antiforgery"] = parent.Cookies["__Host-antiforgery"];
        Assert.Equal(HttpStatusCode.BadRequest, (await teacher.PostAsync($"{platform.Url}/probe/post", ("__RequestVerificationToken", foreign))).StatusCode);
    }

    [Fact]
    public async Task A_token_may_travel_in_a_header()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{platform.Url}/probe/post") { Content = new StringContent("{}") };
        request.Headers.Add("RequestVerificationToken", Token(await browser.ReadAsync($"{platform.Url}/account")));
        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(request, "application/json")).StatusCode);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/nowhere")]
    [InlineData("/account")]
    [InlineData("/sign-in/esia")]
    public async Task Every_answer_carries_the_headers(string path)
    {
        using var browser = new Browser();
        var headers = (await browser.GetAsync(platform.Url + path)).Headers;
        var policy = headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains($"form-action 'self' {platform.Esia.BaseUrl};", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", headers.GetValues("Cross-Origin-Opener-Policy").Single());
    }

    [Fact]
    public async Task What_a_person_sees_is_not_stored()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Contains("no-store", (await browser.GetAsync($"{platform.Url}/account")).Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("no-store", (await browser.GetAsync($"{platform.Url}/probe/teach")).Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/diary?learner=1", "/diary?learner=1")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("diary", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("/a\\b", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    public void A_way_back_leads_only_to_ourselves(string? asked, string expected) => Assert.Equal(expected, ReturnUrl.Clean(asked));

    private static string Token(string page) => page.Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];

    // Tokens differ at every rendering, and so does the number of a request.
    private static string Bare(string text) => System.Text.RegularExpressions.Regex.Replace(text.Replace("taech", "teach", StringComparison.Ordinal), "CfDJ8[\\w-]+|\"traceId\":\"[^\"]*\"", "…");
}
