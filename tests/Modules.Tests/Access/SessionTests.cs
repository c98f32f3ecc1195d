using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Sessions;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Access;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection("access platform")]
public sealed class SessionTests(AccessPlatform platform)
{
    [Fact]
    public async Task A_person_signs_in_and_is_known()
    {
        using var browser = new Browser();
        Assert.Equal("/account", Browser.Path(await platform.SignInAsync(browser, EsiaContour.Teacher)));
        Assert.Contains("Иванова Мария Петровна", await browser.ReadAsync($"{platform.Url}/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_signs_in_is_told_to_the_registry_as_esia_knows_them()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        var (_, told) = platform.Registry.Heard.Last(one => one.PersonId == FakeRegistry.Parent);
        Assert.Equal((EsiaContour.Parent, "112-233-446 96"), (told.EsiaOid, told.Snils));
        Assert.NotEqual("", told.Name.Last);
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Contains(platform.Registry.Heard, one => one.PersonId == FakeRegistry.Teacher);
    }

    [Fact]
    public async Task The_session_cookie_belongs_to_this_host_alone()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        await browser.ReadAsync($"{platform.Url}/account");
        var cookie = browser.SetCookies.Last(c => c.StartsWith("__Host-session=", StringComparison.Ordinal));
        foreach (var attribute in (string[])["path=/", "secure", "httponly", "samesite=lax"]) Assert.Contains(attribute, cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.All(browser.SetCookies, c => Assert.True(c.StartsWith("__Host-", StringComparison.Ordinal) && c.Contains("secure", StringComparison.Ordinal), c));
    }

    [Fact]
    public async Task Only_the_hash_of_a_token_is_kept()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Equal(0L, await ScalarAsync($"select count(*) from access.sessions s where s::text like '%{browser.Session}%'"));
    }

    [Fact]
    public async Task A_replayed_callback_is_refused_even_with_its_cookie()
    {
        using var browser = new Browser();
        var start = await browser.GetAsync($"{platform.Url}/sign-in/esia");
        var saved = browser.Cookies["__Host-esia"];
        var callback = await platform.Esia.WalkAsync(start.Headers.Location!.ToString(), "oid", EsiaContour.Teacher);
        Assert.Equal("/", Browser.Path(await browser.GetAsync(callback.ToString())));
        using var thief = new Browser();
        thief.Cookies["__Host-esia"] = saved;
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.GetAsync(callback.ToString())).StatusCode);
        Assert.Null(thief.Session);
    }

    [Fact]
    public async Task A_callback_of_another_browser_is_refused()
    {
        using var attacker = new Browser();
        var start = await attacker.GetAsync($"{platform.Url}/sign-in/esia");
        var callback = await platform.Esia.WalkAsync(start.Headers.Location!.ToString(), "oid", EsiaContour.Teacher);
        using var victim = new Browser();
        Assert.Equal(HttpStatusCode.BadRequest, (await victim.GetAsync(callback.ToString())).StatusCode);
        await victim.GetAsync($"{platform.Url}/sign-in/esia");
        Assert.Equal(HttpStatusCode.BadRequest, (await victim.GetAsync(callback.ToString())).StatusCode);
        Assert.Null(victim.Session);
    }

    [Fact]
    public async Task A_token_given_before_sign_in_opens_nothing_after_it()
    {
        using var browser = new Browser { Session = new string('A', 43) };
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.NotEqual(new string('A', 43), browser.Session);
    }

    [Fact]
    public async Task Another_role_brings_another_token_and_kills_the_old_one()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        var old = browser.Session!;
        var answer = await browser.SubmitAsync($"{platform.Url}/account", "/account/role", ("role", "deputy"), ("unit", FakeRegistry.School.ToString()));
        Assert.Equal("/", Browser.Path(answer));
        Assert.NotEqual(old, browser.Session);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{platform.Url}/probe/teach")).StatusCode);
        using var late = new Browser { Session = old };
        Assert.Equal("/sign-in?return=%2Faccount", Browser.Path(await late.GetAsync($"{platform.Url}/account")));
    }

    [Fact]
    public async Task Another_person_in_the_same_browser_ends_the_session_of_the_first()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        var former = browser.Session!;
        await platform.SignInAsync(browser, EsiaContour.Child);
        using var late = new Browser { Session = former };
        Assert.Equal("/sign-in?return=%2Faccount", Browser.Path(await late.GetAsync($"{platform.Url}/account")));
    }

    [Fact]
    public async Task A_role_that_is_not_offered_does_not_exist()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        var answer = await browser.SubmitAsync($"{platform.Url}/account", "/account/role", ("role", "head"), ("unit", FakeRegistry.School.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_revoked_session_is_out_at_its_next_request()
    {
        using var here = new Browser();
        using var there = new Browser();
        await platform.SignInAsync(here, EsiaContour.Teacher);
        await platform.SignInAsync(there, EsiaContour.Teacher);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync($"{platform.Url}/account")).StatusCode);
        await here.SubmitAsync($"{platform.Url}/account", "/account/sessions/revoke-others");
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync($"{platform.Url}/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync($"{platform.Url}/account")).StatusCode);
    }

    [Fact]
    public async Task A_session_of_another_person_cannot_be_revoked()
    {
        using var teacher = new Browser();
        using var parent = new Browser();
        await platform.SignInAsync(teacher, EsiaContour.Teacher);
        await platform.SignInAsync(parent, EsiaContour.Parent);
        var foreign = await ScalarAsync($"select id from access.sessions where person_id = '{FakeRegistry.Teacher}' and ended_at is null order by started_at desc limit 1");
        var answer = await parent.SubmitAsync($"{platform.Url}/account", "/account/sessions/revoke", ("id", foreign!.ToString()!));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await teacher.GetAsync($"{platform.Url}/account")).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_here_and_at_esia()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        var token = browser.Session!;
        var answer = await browser.SubmitAsync($"{platform.Url}/account", "/sign-out");
        Assert.StartsWith($"{platform.Esia.BaseUrl}/idp/ext/Logout?client_id=MYSCHOOL&redirect_url=", Browser.Path(answer), StringComparison.Ordinal);
        Assert.Null(browser.Session);
        using var thief = new Browser { Session = token };
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync($"{platform.Url}/account")).StatusCode);
    }

    [Theory]
    [InlineData("last_seen_at = now() - interval '8 hours 5 minutes'")]
    [InlineData("started_at = now() - interval '40 days', expires_at = now() - interval '1 minute'")]
    public async Task A_session_ends_by_idleness_and_by_age(string ageing)
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Child);
        await ScalarAsync($"update access.sessions set {ageing} where person_id = '{FakeRegistry.Child}' and ended_at is null");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync($"{platform.Url}/account")).StatusCode);
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task A_revoked_role_is_gone_at_the_next_request()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"{platform.Url}/probe/teach")).StatusCode);
        platform.Registry.Revoke(FakeRegistry.Teacher, FakeRegistry.TeacherHat);
        try
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{platform.Url}/probe/teach")).StatusCode);
        }
        finally
        {
            platform.Registry.Revoke(FakeRegistry.Teacher, FakeRegistry.DeputyHat);
            platform.Registry.Grant(FakeRegistry.Teacher, FakeRegistry.TeacherHat);
            platform.Registry.Grant(FakeRegistry.Teacher, FakeRegistry.DeputyHat);
        }
    }

    [Fact]
    public async Task A_childs_account_acts_for_nobody_else()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Child);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"{platform.Url}/probe/consent")).StatusCode);
        Assert.DoesNotContain("Родитель", await browser.ReadAsync($"{platform.Url}/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_unknown_learns_what_to_do()
    {
        using var browser = new Browser();
        Assert.Equal("/welcome", Browser.Path(await platform.SignInAsync(browser, EsiaContour.Newcomer)));
        var page = await browser.ReadAsync($"{platform.Url}/welcome");
        Assert.Contains("Новиков Иван Иванович", page, StringComparison.Ordinal);
        Assert.Contains("администратора школы", page, StringComparison.Ordinal);
        Assert.DoesNotContain("112-233", page, StringComparison.Ordinal);
        Assert.Null(browser.Session);
    }

    [Fact]
    public async Task An_unconfirmed_account_is_turned_away_with_advice()
    {
        using var browser = new Browser();
        var answer = await platform.SignInAsync(browser, EsiaContour.Stranger);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("не подтверждена", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_sessions_are_forgotten_and_living_ones_kept()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        var old = Guid.CreateVersion7();
        await ScalarAsync($"""
            insert into access.sessions (id, token_hash, person_id, authenticated_at, started_at, last_seen_at, expires_at, ended_at)
            select '{old}', sha256('{old}'), '{old}', t, t, t, t + interval '30 days', t + interval '1 day' from (select now() - interval '60 days' as t) long_ago
            """);
        var sweeper = ActivatorUtilities.CreateInstance<SessionSweeper>(platform.Services);
        Assert.Equal(1, await sweeper.SweepAsync(default));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"{platform.Url}/account")).StatusCode);
    }

    [Fact]
    public async Task Every_sign_in_is_audited()
    {
        using var browser = new Browser();
        var before = (long)(await ScalarAsync("select count(*) from kernel.audit where action = 'access.sign-in'"))!;
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        Assert.Equal(before + 1, await ScalarAsync("select count(*) from kernel.audit where action = 'access.sign-in'"));
    }

    [Fact]
    public async Task A_way_of_reading_is_kept_and_drawn_by_the_server()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        var saved = await browser.SubmitAsync($"{platform.Url}/account", "/account/preferences", ("theme", "dark"), ("contrast", "beige"), ("scale", "150"));
        Assert.Equal("/account?done=preferences", Browser.Path(saved));
        Assert.Contains("data-theme=\"dark\" data-contrast=\"beige\" data-scale=\"150\"", await browser.ReadAsync($"{platform.Url}/account"), StringComparison.Ordinal);
        var wrong = await browser.SubmitAsync($"{platform.Url}/account", "/account/preferences", ("theme", "<b>"), ("contrast", "beige"), ("scale", "x"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(platform.Database.Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[CollectionDefinition("access platform")]
public sealed class AccessPlatformTests : ICollectionFixture<AccessPlatform>;
