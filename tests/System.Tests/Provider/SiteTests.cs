using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>What outside sites learn of people, who lets them, and how it ends.</summary>
[SupportedOSPlatform("linux")]
public sealed class SiteTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>
{
    private static readonly Hat GuardianHat = new(Roles.Guardian, Guid.Empty);
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_sites_cannot_join_their_lists_but_two_of_one_owner_can()
    {
        using var browser = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
        var subjects = new List<string>();
        foreach (var sector in (string[])["one.example", "two.example", "two.example"])
        {
            using var site = new Site(platform, await platform.AddSiteAsync(sector));
            subjects.Add(Site.Subject(await site.EnterAsync(browser)));
        }
        Assert.NotEqual(subjects[0], subjects[1]);
        Assert.Equal(subjects[1], subjects[2]);
        Assert.DoesNotContain(SampleSchool.Teacher.Id.ToString("N"), string.Concat(subjects), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Site_gets_the_role_worn_and_nothing_after_it_is_gone()
    {
        using var site = new Site(platform, await platform.AddSiteAsync());
        var teacher = SampleSchool.School.Memberships.First(m => m.Role == Roles.Teacher && m.Person != SampleSchool.Teacher && m.Person != SampleSchool.ClassTeacher).Person;
        using var browser = await platform.Host.SignInAsync(teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
        var tokens = await site.EnterAsync(browser);
        Assert.Equal(Roles.Teacher, (await site.WhoAsync(tokens)).Person.GetProperty("role").GetString());
        await RunAsync("update registry.memberships set ends_on = $2 where person_id = $1", teacher.Id, SampleSchool.Today.AddDays(-2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        Assert.Equal("invalid_grant", (await site.RefreshAsync(tokens)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Child_under_fourteen_enters_only_while_a_parent_agrees()
    {
        using var site = new Site(platform, await platform.AddSiteAsync());
        await RunAsync("update registry.people set birth_date = $2 where id = $1", SampleSchool.Pupil.Id, SampleSchool.Today.AddYears(-13));
        using var child = await platform.Host.SignInAsync(SampleSchool.Pupil.Id);
        Assert.Contains("Нужно согласие родителя", await ReadAsync(child, site.Request()), StringComparison.Ordinal);
        using (var forced = await child.SubmitAsync("/account", "/connect/agree", ("return", site.Request()), ("child", ""))) Assert.Equal(HttpStatusCode.NotFound, forced.StatusCode);

        await ConsentAsync(SampleSchool.Mother.Id, SampleSchool.Pupil.Id, ConsentPurposes.OutsideSites);
        var tokens = await site.EnterAsync(child);
        Assert.Equal($"{SampleSchool.Class.Grade}{SampleSchool.Class.Letter}", (await site.WhoAsync(tokens)).Person.GetProperty("class")[0].GetString());

        await WithdrawAsync(SampleSchool.Pupil.Id, ConsentPurposes.OutsideSites);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        Assert.Equal("invalid_grant", (await site.RefreshAsync(tokens)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Child_of_fourteen_decides_alone()
    {
        using var site = new Site(platform, await platform.AddSiteAsync());
        var pupil = SampleSchool.Class.Pupils.First(p => p.Person != SampleSchool.Pupil).Person;
        await RunAsync("update registry.people set birth_date = $2 where id = $1", pupil.Id, SampleSchool.Today.AddYears(-14));
        using var browser = await platform.Host.SignInAsync(pupil.Id, new Hat(Roles.Learner, SampleSchool.School.Id));
        Assert.Equal(pupil.FullName, (await site.WhoAsync(await site.EnterAsync(browser))).Person.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Guardian_tells_of_a_child_only_with_consent_and_of_no_stranger()
    {
        using var site = new Site(platform, await platform.AddSiteAsync());
        using var mother = await platform.Host.SignInAsync(SampleSchool.Mother.Id, GuardianHat);
        var alone = (await site.WhoAsync(await site.EnterAsync(mother))).Person;
        Assert.False(alone.TryGetProperty("school", out _));
        Assert.Equal(SampleSchool.Mother.FullName, alone.GetProperty("name").GetString());
        foreach (var notOpen in (Guid[])[SampleSchool.Pupil.Id, SampleSchool.School.NewPeople[0].Id])
        {
            await WithdrawAsync(notOpen, ConsentPurposes.OutsideSites);
            using var refused = await mother.SubmitAsync("/account", "/connect/agree", ("return", site.Request()), ("child", notOpen.ToString()));
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Disconnected_site_is_shut_out_at_once_and_asks_anew()
    {
        using var site = new Site(platform, await platform.AddSiteAsync());
        using var browser = await platform.Host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
        var tokens = await site.EnterAsync(browser);
        var id = await platform.Host.Database.ScalarAsync<Guid>("select id from access.site_grants where person_id = $1 and ended_at is null order by given_at desc limit 1", SampleSchool.ClassTeacher.Id);
        Assert.Contains("Учи.Тест", await ReadAsync(browser, "/account"), StringComparison.Ordinal);
        using (var stranger = await platform.Host.SignInAsync(SampleSchool.Mother.Id))
        using (var refused = await stranger.SubmitAsync("/account", "/account/sites/disconnect", ("id", id.ToString()))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await site.WhoAsync(tokens)).Status);

        using (var done = await browser.SubmitAsync("/account", "/account/sites/disconnect", ("id", id.ToString()))) Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        Assert.Equal("invalid_grant", (await site.RefreshAsync(tokens)).GetProperty("error").GetString());
        Assert.Contains("Разрешить и войти", await ReadAsync(browser, site.Request()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_switched_off_is_unknown_at_once_and_its_tokens_stay_dead()
    {
        var registered = await platform.AddSiteAsync();
        using var site = new Site(platform, registered);
        using var browser = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
        var tokens = await site.EnterAsync(browser);
        using var owner = await platform.OperatorAsync();
        (await owner.SubmitAsync($"/clients/{registered.Id}", $"/clients/{registered.Id}/off")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        Assert.Equal("invalid_client", (await site.RefreshAsync(tokens)).GetProperty("error").GetString());
        using (var page = await browser.GetAsync(site.Request()))
        {
            Assert.Equal((HttpStatusCode.BadRequest, (Uri?)null), (page.StatusCode, page.Headers.Location));
            Assert.Contains("не подключён", WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        }
        (await owner.SubmitAsync($"/clients/{registered.Id}", $"/clients/{registered.Id}/on")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        Assert.Equal("invalid_grant", (await site.RefreshAsync(tokens)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task New_secret_ends_the_old_one_and_only_prints_are_kept()
    {
        var registered = await platform.AddSiteAsync();
        using var owner = await platform.OperatorAsync();
        using var answer = await owner.SubmitAsync($"/clients/{registered.Id}", $"/clients/{registered.Id}/secret");
        var page = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains("<code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(registered.Secret, await ReadAsync(owner, $"/clients/{registered.Id}"), StringComparison.Ordinal);
        using var site = new Site(platform, registered);
        Assert.Equal("invalid_client", (await site.ExchangeAsync(("grant_type", "refresh_token"), ("refresh_token", "x"))).GetProperty("error").GetString());
        Assert.Equal(0, await platform.Host.Database.ScalarAsync<long>("select count(*) from access.clients c where c::text like '%' || $1 || '%'", registered.Secret));
    }

    [Fact]
    public async Task Only_the_operator_registers_and_wrong_addresses_are_refused_with_what_was_typed()
    {
        foreach (var person in (Guid[])[SampleSchool.Teacher.Id, SampleSchool.Mother.Id, SampleSchool.Office(Roles.RegionalCoordinator).Person.Id, SampleSchool.Staff(Roles.SchoolAdministrator).Id])
        {
            using var other = await platform.Host.SignInAsync(person);
            Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync("/clients"));
            using var tried = await other.SubmitAsync("/account", "/clients/new", ("kind", "site"), ("name", "Чужой"));
            Assert.Equal(HttpStatusCode.NotFound, tried.StatusCode);
        }
        using var owner = await platform.OperatorAsync();
        using var wrong = await owner.SubmitAsync("/clients/new", "/clients/new", ("kind", "site"), ("name", "Учи.Тест"), ("legalName", "ООО «Тест»"),
            ("privacyPage", "https://site.example"), ("redirectUris", "http://site.example/callback"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("http://site.example/callback", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_of_our_session_ends_the_site_s_and_the_site_is_told()
    {
        var heard = new TaskCompletionSource<string>();
        await using var listener = WebApplication.CreateSlimBuilder().Build();
        listener.Urls.Add($"http://127.0.0.1:{ProviderPlatform.FreePort()}");
        listener.MapPost("/bye", async (HttpRequest request) => heard.TrySetResult((await request.ReadFormAsync())["logout_token"].ToString()));
        await listener.StartAsync(Stop);
        var registered = await platform.AddSiteAsync(backChannel: $"{listener.Urls.First()}/bye");
        using var site = new Site(platform, registered);
        using var browser = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
        var tokens = await site.EnterAsync(browser);
        (await browser.SubmitAsync("/account", "/sign-out")).Dispose();

        Assert.Equal(HttpStatusCode.Unauthorized, (await site.WhoAsync(tokens)).Status);
        var word = await heard.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await listener.StopAsync(Stop);
        var claims = JsonDocument.Parse(WebEncoders.Base64UrlDecode(word.Split('.')[1])).RootElement;
        Assert.Equal(registered.ClientId, claims.GetProperty("aud").GetString());
        Assert.Equal(Site.Subject(tokens), claims.GetProperty("sub").GetString());
        Assert.True(claims.GetProperty("events").TryGetProperty("http://schemas.openid.net/event/backchannel-logout", out _));
        Assert.False(claims.TryGetProperty("nonce", out _));
    }

    private async Task ConsentAsync(Guid giver, Guid subject, string purpose) => await RunAsync("""
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
        select gen_random_uuid(), 'given', $2, $1, purpose, version, hash, $4, $4 + interval '1 year' from access.consent_texts where purpose = $3
        """, giver, subject, purpose, platform.Host.Clock.Now);

    private async Task WithdrawAsync(Guid subject, string purpose) => await RunAsync("""
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id)
        select gen_random_uuid(), 'withdrawn', subject_id, giver_id, purpose, text_version, text_hash, $3, id from access.consents g
        where subject_id = $1 and purpose = $2 and event = 'given' and not exists (select from access.consents w where w.withdraws_id = g.id)
        """, subject, purpose, platform.Host.Clock.Now);

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = platform.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task<string> ReadAsync(TestBrowser browser, string path) => WebUtility.HtmlDecode(await browser.ReadAsync(path));
}
