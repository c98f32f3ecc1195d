using System.Net;
using System.Runtime.Versioning;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>Who may give and take back: two equal representatives, a court, and a child grown old enough.</summary>
[SupportedOSPlatform("linux")]
public sealed class GuardianTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private ConsentPages Pages => new(platform);

    public async ValueTask InitializeAsync()
    {
        await Pages.ForgetAsync();
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        await Pages.RunAsync("update registry.guardianships set restriction = null where guardian_id = $1", SampleSchool.Mother.Id);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Either_representative_gives_either_withdraws_and_both_see()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.RegionalDiary, Son));
        Assert.Contains($"Кто дал: {SampleSchool.Mother.FullName}", await Pages.ReadAsync(father), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Found, await Pages.WithdrawAsync(father, ConsentPurposes.RegionalDiary, Son));
        Assert.Equal(0, await Pages.StandingAsync(ConsentPurposes.RegionalDiary, Son));
        Assert.Contains("Кто отозвал: Кузнецов Дмитрий Алексеевич", await Pages.ReadAsync(mother), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await Pages.WithdrawAsync(mother, ConsentPurposes.RegionalDiary, Son));

        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(father, ConsentPurposes.RegionalDiary, Son));
        Assert.Contains("Кто дал: Кузнецов Дмитрий Алексеевич", await Pages.ReadAsync(mother), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_withdrawal_closes_what_both_have_given()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        foreach (var who in (TestBrowser[])[mother, father]) Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(who, ConsentPurposes.Diary, Son));
        Assert.Equal(HttpStatusCode.OK, await father.StatusAsync($"/diary?learner={Son}"));
        Assert.Equal(HttpStatusCode.Found, await Pages.WithdrawAsync(mother, ConsentPurposes.Diary, Son));
        Assert.Equal(HttpStatusCode.Found, await father.StatusAsync($"/diary?learner={Son}"));
        Assert.Equal(0, await Pages.StandingAsync(ConsentPurposes.Diary, Son));
    }

    [Fact]
    public async Task The_diary_opens_to_the_one_who_agreed()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.Diary, Son));
        Assert.Equal(HttpStatusCode.Found, await father.StatusAsync($"/diary?learner={Son}"));
        Assert.Contains("Согласие есть у другого представителя", await Pages.ReadAsync(father), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_press_is_no_second_consent_and_renewal_waits_for_its_time()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son));
        Assert.Equal(HttpStatusCode.Conflict, await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son));
        await Pages.RunAsync("update access.consents set at = $1, expires_at = $2", platform.Host.Clock.Now.AddDays(-325), platform.Host.Clock.Now.AddDays(40));
        Assert.Contains("скоро закончится", await Pages.ReadAsync(mother), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son));
        Assert.Equal(HttpStatusCode.Conflict, await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son));
    }

    [Fact]
    public async Task A_court_silences_a_representative_and_leaves_the_other_free()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.RegionalDiary, Son));
        await Pages.RunAsync("update registry.guardianships set restriction = 'решение суда' where guardian_id = $1", SampleSchool.Mother.Id);

        Assert.Equal(HttpStatusCode.NotFound, await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son));
        Assert.Contains("давший больше не представляет ребёнка", await Pages.ReadAsync(father), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(father, ConsentPurposes.RegionalDiary, Son));
        // Her own word is hers to take back; his is not.
        Assert.Equal(HttpStatusCode.NotFound, await Pages.WithdrawAsync(mother, ConsentPurposes.RegionalDiary, Son));
        using var own = await mother.SubmitAsync("/account/consents", "/account/consents/withdraw", ("id", (await LineOfAsync(SampleSchool.Mother.Id)).ToString()));
        Assert.Equal(HttpStatusCode.Found, own.StatusCode);
        Assert.Equal(1, await Pages.StandingAsync(ConsentPurposes.RegionalDiary, Son));
    }

    [Fact]
    public async Task From_the_age_in_the_text_the_pupil_decides_and_a_representative_only_takes_back()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var son = await Pages.LearnerAsync(Son);
        Assert.Equal(HttpStatusCode.NotFound, await Pages.GiveAsync(son, ConsentPurposes.RegionalDiary, Son));
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.RegionalDiary, Son));
        Assert.Contains($"Кто дал: {SampleSchool.Mother.FullName}", await Pages.ReadAsync(son), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await Pages.WithdrawAsync(son, ConsentPurposes.RegionalDiary, Son));

        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-14));
        Assert.Equal(HttpStatusCode.Found, await Pages.WithdrawAsync(son, ConsentPurposes.RegionalDiary, Son));
        Assert.Equal(HttpStatusCode.NotFound, await Pages.GiveAsync(mother, ConsentPurposes.RegionalDiary, Son));
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(son, ConsentPurposes.RegionalDiary, Son));
        Assert.Contains("С 14 лет решает сам ученик", await Pages.ReadAsync(mother), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await Pages.WithdrawAsync(mother, ConsentPurposes.RegionalDiary, Son));
        Assert.Equal(1, await Pages.StandingAsync(ConsentPurposes.RegionalDiary, Son));
    }

    [Fact]
    public async Task Proof_tells_the_text_as_given_and_nobody_else_reads_it()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        await Pages.GiveAsync(mother, ConsentPurposes.OutsideSites, Son);
        var id = await LineOfAsync(SampleSchool.Mother.Id);
        var proof = WebUtility.HtmlDecode(await mother.ReadAsync($"/account/consents/{id}/proof"));
        var hash = await platform.Host.Database.ScalarAsync<string>("select text_hash from access.consents where id = $1", id);
        foreach (var said in (string[])[hash!, SampleSchool.Mother.FullName, SampleSchool.Pupil.FullName, "23 ноября 2026, 12:00 (+03:00)", "Срок: один год со дня согласия"])
            Assert.Contains(said, proof, StringComparison.Ordinal);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        Assert.Equal(HttpStatusCode.OK, await father.StatusAsync($"/account/consents/{id}/proof"));
        foreach (var stranger in (Guid[])[SampleSchool.ClassTeacher.Id, SampleSchool.BarredFather.Id, SampleSchool.Staff(Roles.Head).Id, SampleSchool.Office(Roles.Operator).Person.Id])
        {
            using var other = await platform.Host.SignInAsync(stranger);
            Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync($"/account/consents/{id}/proof"));
            using var tried = await other.SubmitAsync("/account", "/account/consents/withdraw", ("id", id.ToString()));
            Assert.Equal(HttpStatusCode.NotFound, tried.StatusCode);
        }
    }

    private Task<Guid> LineOfAsync(Guid giver) =>
        platform.Host.Database.ScalarAsync<Guid>("select id from access.consents where giver_id = $1 and event = 'given' order by at desc, id desc limit 1", giver);
}
