using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Federation.Asking;
using MySchool.Federation.Features;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Federation;

/// <summary>The federal side: one page of all regions, whatever becomes of any of them.</summary>
[SupportedOSPlatform("linux")]
public sealed class RegionalDiaryTests(FederationPlatform platform) : IClassFixture<FederationPlatform>, IAsyncLifetime
{
    private const string One = "13000000";
    private const string Two = "25000000";
    private const string Broken = "77000000";
    private const string Net = "92000000";

    public async ValueTask InitializeAsync()
    {
        foreach (var region in (TestHost[])[platform.One, platform.Two])
        {
            await FederationPlatform.ForgetConsentsAsync(region);
            await FederationPlatform.ConsentAsync(region);
        }
        platform.Broken.Breakage = Breakage.None;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Family_of_two_regions_sees_children_of_both_in_one_switcher()
    {
        using var mother = await platform.MotherAsync(One, Two);
        var page = await ReadAsync(mother);
        Assert.Contains("Заречная область", page, StringComparison.Ordinal);
        Assert.Contains($"{SampleSchool.Pupil.First}, Приморье", page, StringComparison.Ordinal);
        Assert.Contains($"{SampleSchool.Pupil.First}, Заречная область", page, StringComparison.Ordinal);
        Assert.DoesNotContain("notice-warning", page, StringComparison.Ordinal);

        var other = await ReadAsync(mother, $"?region={Two}&child={SampleSchool.Pupil.Id}&week=2026-11-16");
        Assert.Contains("16 ноября – 22 ноября", other, StringComparison.Ordinal);
        Assert.Contains("Приморье", other, StringComparison.Ordinal);
        Assert.Contains("Алгебра", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Week_is_the_one_of_the_regions_own_diary()
    {
        using var mother = await platform.MotherAsync(One);
        await platform.One.ConsentAsync(SampleSchool.Mother.Id);
        using var there = await platform.One.SignInAsync(SampleSchool.Mother.Id, new Kernel.Hat(Contracts.Access.Roles.Guardian, Guid.Empty));
        var own = Lessons(WebUtility.HtmlDecode(await there.ReadAsync($"/diary?learner={SampleSchool.Pupil.Id}&view=week&date=2026-11-16")));
        Assert.NotEmpty(own);
        Assert.Equal(own, Lessons(await ReadAsync(mother, $"?region={One}&child={SampleSchool.Pupil.Id}&week=2026-11-16")));
    }

    [Theory]
    [InlineData("Silent", "регион отвечает слишком долго")]
    [InlineData("Garbage", "ответ региона не удалось прочитать")]
    [InlineData("Forged", "подпись под ответом региона не сошлась")]
    [InlineData("Replayed", "подпись под ответом региона не сошлась")]
    [InlineData("Tampered", "подпись под ответом региона не сошлась")]
    [InlineData("Refusing", "регион не пускает портал")]
    public async Task Region_that_answers_ill_is_a_notice_and_the_other_is_shown(string breakage, string why)
    {
        using var mother = await platform.MotherAsync(One, Broken);
        // Somebody's earlier answer, to be replayed.
        Assert.Contains("Иван, Ломаный край", await ReadAsync(mother), StringComparison.Ordinal);
        await FederationPlatform.RunAsync(platform.Federal, "truncate federation.copies");
        await FederationPlatform.RunAsync(platform.Federal, "update federation.regions set deadline_ms = 500, version = version + 1 where code = $1", Broken);
        platform.Federal.Services.GetRequiredService<RegionBook>().Refresh();
        platform.Broken.Breakage = Enum.Parse<Breakage>(breakage);

        var page = await ReadAsync(mother);
        Assert.Contains(Says(why), page, StringComparison.Ordinal);
        Assert.Contains(SampleSchool.Pupil.First, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Иван, Ломаный край", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_region_shows_its_last_word_with_the_moment_and_a_changed_copy_is_not_believed()
    {
        using var mother = await platform.MotherAsync(Broken, One);
        Assert.Contains("Ломаная алгебра", await ReadAsync(mother, $"?region={Broken}&child=k1"), StringComparison.Ordinal);
        await FederationPlatform.RunAsync(platform.Federal, "update federation.regions set address = 'http://127.0.0.1:1' where code = $1", Broken);
        platform.Federal.Services.GetRequiredService<RegionBook>().Refresh();
        try
        {
            var kept = await ReadAsync(mother, $"?region={Broken}&child=k1");
            Assert.Contains("Ломаная алгебра", kept, StringComparison.Ordinal);
            Assert.Contains("Данные на 12:00: регион не отвечает.", kept, StringComparison.Ordinal);
            // A week that was never told is not made up of another one.
            var other = await ReadAsync(mother, $"?region={Broken}&child=k1&week=2026-11-02");
            Assert.Contains("эту неделю раньше не открывали", other, StringComparison.Ordinal);
            Assert.DoesNotContain("Ломаная алгебра", other, StringComparison.Ordinal);

            // The keys it was signed with are not the region's any more: the copy proves nothing.
            await FederationPlatform.RunAsync(platform.Federal, "update federation.regions set public_keys = (select public_keys from federation.regions where code = $2) where code = $1", Broken, One);
            platform.Federal.Services.GetRequiredService<RegionBook>().Refresh();
            Assert.DoesNotContain("Иван, Ломаный край", await ReadAsync(mother), StringComparison.Ordinal);
        }
        finally
        {
            await FederationPlatform.RunAsync(platform.Federal, "delete from federation.regions where code = $1", Broken);
            await platform.Federal.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<SeedRegions>().Single().HandleAsync(default);
        }
    }

    [Fact]
    public async Task Copy_is_sealed_bound_to_its_place_and_gone_after_a_day()
    {
        using var mother = await platform.MotherAsync(One);
        await ReadAsync(mother);
        var kept = await platform.Federal.Database.ScalarAsync<byte[]>("select sealed from federation.copies limit 1");
        Assert.DoesNotContain(SampleSchool.Pupil.Last, global::System.Text.Encoding.UTF8.GetString(kept!), StringComparison.Ordinal);
        var (book, region) = (platform.Federal.Services.GetRequiredService<CopyBook>(), await platform.Federal.Database.ScalarAsync<Guid>("select id from federation.regions where code = $1", One));
        var reader = new Reader(FederationPlatform.MotherOid, SampleSchool.Mother.Id);
        Assert.NotEmpty(await book.FindAsync(reader, region, DiaryQuestion.List, default));
        await FederationPlatform.RunAsync(platform.Federal, "update federation.copies set reader = $1", book.KeyOf(new("1000999", null)));
        Assert.Empty(await book.FindAsync(new("1000999", null), region, DiaryQuestion.List, default));

        await ReadAsync(mother);
        platform.Federal.Clock.Advance(TimeSpan.FromHours(25));
        try
        {
            Assert.Empty(await book.FindAsync(reader, region, DiaryQuestion.List, default));
            await platform.Federal.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<ForgetCopies>().Single().HandleAsync(default);
            Assert.Equal(0, await platform.Federal.Database.ScalarAsync<long>("select count(*) from federation.copies"));
        }
        finally
        {
            platform.Federal.Clock.Advance(TimeSpan.FromHours(-25));
        }
    }

    [Fact]
    public async Task Withdrawn_consent_stops_at_the_next_request_and_takes_the_copy_away()
    {
        using var mother = await platform.MotherAsync(One, Two);
        Assert.Contains($"{SampleSchool.Pupil.First}, Заречная область", await ReadAsync(mother), StringComparison.Ordinal);
        await FederationPlatform.ForgetConsentsAsync(platform.One);
        var page = await ReadAsync(mother);
        Assert.DoesNotContain($"{SampleSchool.Pupil.First}, Заречная область", page, StringComparison.Ordinal);
        Assert.Contains($"{FederationPlatform.Root(platform.One)}/account/consents", page, StringComparison.Ordinal);
        Assert.Equal(0, await platform.Federal.Database.ScalarAsync<long>("select count(*) from federation.copies c join federation.regions r on r.id = c.region_id where r.code = $1", One));
    }

    [Fact]
    public async Task Region_that_keeps_failing_is_let_rest()
    {
        using var mother = await platform.MotherAsync(Broken);
        platform.Broken.Breakage = Breakage.Garbage;
        for (var i = 0; i < 5; i++) await ReadAsync(mother);
        var asked = platform.Broken.Asked;
        Assert.Contains("Регион не отвечает", await ReadAsync(mother), StringComparison.Ordinal);
        Assert.Equal(asked, platform.Broken.Asked);
    }

    [Fact]
    public async Task Foreign_journal_is_shown_in_the_same_page()
    {
        platform.Students(
            new { studentId = 41, nickName = "Сетевой Глеб", className = "5В", schoolName = "Гимназия № 3", consent = true, esia = (string[])[FederationPlatform.MotherOid] },
            new { studentId = 42, nickName = "Тайный Пётр", className = "6В", schoolName = "Гимназия № 3", consent = false, esia = (string[])[FederationPlatform.MotherOid] });
        using var mother = await platform.MotherAsync(Net, One);
        var page = await ReadAsync(mother, $"?region={Net}&child=41&week=2026-11-16");
        Assert.Contains("Сетевой Глеб", page, StringComparison.Ordinal);
        Assert.Contains("Гимназия № 3", page, StringComparison.Ordinal);
        Assert.Contains("mark-word", page, StringComparison.Ordinal);
        Assert.Contains("для остальных в регионе не дано согласие", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Тайный", page, StringComparison.Ordinal);
        Assert.Contains($"{SampleSchool.Pupil.First}, Заречная область", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Region_that_is_not_connected_and_nobody_known_are_said()
    {
        using var mother = await platform.MotherAsync("99000000");
        Assert.Contains("Дневник этого региона ещё не подключён", await ReadAsync(mother), StringComparison.Ordinal);
        platform.Place("5");
        Assert.Contains("ГИС РУО не назвала ни одной школы", await ReadAsync(mother), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_the_portal_does_not_know_is_brought_to_the_diary_when_a_region_is_named()
    {
        platform.Place(FederationPlatform.StrangerOid, One);
        var elsewhere = platform.Federal.Services.GetRequiredService<IKnownElsewhere>();
        Assert.Equal("/regional-diary", await elsewhere.FindPageAsync(FederationPlatform.StrangerOid, default));
        Assert.Null(await elsewhere.FindPageAsync("5", default));
        Assert.Null(await platform.One.Services.GetRequiredService<IKnownElsewhere>().FindPageAsync(FederationPlatform.StrangerOid, default));
    }

    [Fact]
    public async Task What_was_kept_stands_in_the_persons_copy_and_goes_with_the_persons_erasure()
    {
        using var mother = await platform.MotherAsync(One);
        await ReadAsync(mother);
        var data = platform.Federal.Services.GetServices<IPersonalData>().Single(module => module.Name == "federation");
        var sections = await data.CollectAsync(new(SampleSchool.Mother.Id, SampleSchool.Mother.Id), default);
        Assert.All(sections, section => Assert.Single(section.Rows));
        Assert.All(await data.CollectAsync(new(SampleSchool.Mother.Id, SampleSchool.Pupil.Id), default), section => Assert.Empty(section.Rows));

        var erasure = platform.Federal.Services.GetServices<IPersonalErasure>().Single(module => module.Name == "federation");
        Assert.Equal(2, (await erasure.LookAsync(SampleSchool.Mother.Id, default)).Found.Single().Rows);
        foreach (var statement in erasure.Rules.Single().Statements) await FederationPlatform.RunAsync(platform.Federal, statement, SampleSchool.Mother.Id);
        Assert.Equal(0, (await erasure.LookAsync(SampleSchool.Mother.Id, default)).Found.Single().Rows);
    }

    [Fact]
    public async Task Operator_adds_a_region_changes_it_and_tries_it_for_real()
    {
        using var owner = await platform.Federal.SignInAsync(SampleSchool.Office(Roles.Operator).Person.Id);
        (string, string)[] form = [("name", "Новая область"), ("code", "55"), ("dialect", "netschool"), ("address", "https://elsewhere.example"), ("deadlineMs", "1500"), ("isOn", "true")];
        using (var notAllowed = await owner.SubmitAsync("/regions/new", "/regions/new", form))
            Assert.Contains("нет в списке разрешённых", WebUtility.HtmlDecode(await notAllowed.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        form[3] = ("address", platform.Broken.Address);
        using var added = await owner.SubmitAsync("/regions/new", "/regions/new", form);
        Assert.Equal(HttpStatusCode.Found, added.StatusCode);
        var page = added.Headers.Location!.ToString().Split('?')[0];
        // Nobody there speaks that dialect.
        using (var failed = await owner.SubmitAsync(page, $"{page}/check")) Assert.Contains("Не получилось", WebUtility.HtmlDecode(await failed.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using (var stale = await owner.SubmitAsync(page, page, [.. form, ("version", "7")])) Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        using (var taken = await owner.SubmitAsync(page, page, [("name", "Приморье"), .. form[1..], ("version", "1")])) Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        using (var saved = await owner.SubmitAsync(page, page, [.. form[..5], ("version", "1")])) Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        Assert.Contains("Выключен", await owner.ReadAsync("/regions"), StringComparison.Ordinal);

        var real = $"/regions/{await platform.Federal.Database.ScalarAsync<Guid>("select id from federation.regions where code = $1", One)}";
        using (var good = await owner.SubmitAsync(real, $"{real}/check")) Assert.Contains("подпись верна", WebUtility.HtmlDecode(await good.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain(FederationPlatform.Secret, await owner.ReadAsync(real), StringComparison.Ordinal);
        using var teacher = await platform.Federal.SignInAsync(SampleSchool.Teacher.Id);
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync("/regions"));
        await FederationPlatform.RunAsync(platform.Federal, "delete from federation.regions where code = '55'");
    }

    [Fact]
    public async Task Nobody_is_asked_to_sign_in()
    {
        using var nobody = platform.Federal.Browse();
        using var answer = await nobody.GetAsync("/regional-diary");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/sign-in?return=%2Fregional-diary", answer.Headers.Location!.ToString());
        // A region's own node has no such page.
        using var there = platform.One.Browse();
        Assert.Equal(HttpStatusCode.NotFound, await there.StatusAsync("/regional-diary"));
    }

    private static string Says(string why) => char.ToUpperInvariant(why[0]) + why[1..];

    private static async Task<string> ReadAsync(TestBrowser browser, string query = "")
    {
        using var answer = await browser.GetAsync($"/regional-diary{query}");
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {page}");
        return page;
    }

    // Subjects and marks in order, as both pages show them.
    private static List<string> Lessons(string page) =>
        [.. global::System.Text.RegularExpressions.Regex.Matches(page, "<div class=\"lesson-body\">\\s*<b>([^<]+)</b>|class=\"mark[^\"]*\"[^>]*><span class=\"visually-hidden\">([^<]+)<").Select(found => found.Groups[1].Value + found.Groups[2].Value.Split(',')[0])];
}
