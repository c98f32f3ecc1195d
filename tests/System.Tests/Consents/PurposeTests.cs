using System.Net;
using System.Runtime.Versioning;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>The operator drafts, looks and publishes; what is published stays as it is.</summary>
[SupportedOSPlatform("linux")]
public sealed class PurposeTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private const string Purpose = ConsentPurposes.RegionalDiary;
    private const string Home = $"/purposes/{Purpose}";
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private ConsentPages Pages => new(platform);

    public async ValueTask InitializeAsync()
    {
        await Pages.ForgetAsync();
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        await Pages.RunAsync("delete from access.consent_drafts; delete from access.consent_texts where version > 1");
        platform.Host.Clock.Now = SampleSchool.Now;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task New_version_that_keeps_leaves_consents_standing()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        await Pages.GiveAsync(mother, Purpose, Son);
        await PublishAsync(asksAnew: false);
        Assert.Contains("действует, есть новая редакция", await Pages.ReadAsync(mother), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, Purpose, Son));
        Assert.Equal((short)2, await platform.Host.Database.ScalarAsync<short>("select max(text_version) from access.consents"));
    }

    [Fact]
    public async Task New_version_that_asks_anew_ends_earlier_consents_on_its_day_and_not_before()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        await Pages.GiveAsync(mother, Purpose, Son);
        await PublishAsync(asksAnew: true, SampleSchool.Today.AddDays(3));
        Assert.DoesNotContain("нужно дать заново", await Pages.ReadAsync(mother), StringComparison.Ordinal);
        platform.Host.Clock.Now = new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.FromHours(3)).ToUniversalTime();
        using var later = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        Assert.Contains("нужно дать заново", await Pages.ReadAsync(later), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(later, Purpose, Son));
        Assert.DoesNotContain("нужно дать заново", await Pages.ReadAsync(later), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_shows_the_document_and_the_difference_and_history_keeps_both()
    {
        using var owner = await platform.OperatorAsync();
        await SaveAsync(owner);
        var preview = await ReadAsync(owner, $"{Home}/preview");
        Assert.Contains("<ins>", preview, StringComparison.Ordinal);
        Assert.Contains("152-ФЗ, статья 9, часть 4", preview, StringComparison.Ordinal);
        await PublishAsync(asksAnew: false);
        Assert.Contains("Уточнён перечень данных", await ReadAsync(owner, Home), StringComparison.Ordinal);
        Assert.Contains("<ins>", await ReadAsync(owner, $"{Home}/versions/2"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await owner.StatusAsync($"{Home}/versions/1"));
        Assert.Equal(HttpStatusCode.NotFound, await owner.StatusAsync($"{Home}/versions/3"));
        Assert.Equal(HttpStatusCode.NotFound, await owner.StatusAsync($"{Home}/preview"));
    }

    [Fact]
    public async Task Two_operators_do_not_overwrite_each_other_and_nobody_publishes_what_was_not_seen()
    {
        using var owner = await platform.OperatorAsync();
        await SaveAsync(owner);
        Assert.Equal(HttpStatusCode.Conflict, await SaveAsync(owner));
        Assert.Equal(HttpStatusCode.Found, await SaveAsync(owner, revision: 1));
        Assert.Equal(HttpStatusCode.Conflict, await PublishAsync(owner, 1, SampleSchool.Today));
        Assert.Equal(HttpStatusCode.Found, await PublishAsync(owner, 2, SampleSchool.Today));
        Assert.Equal(HttpStatusCode.Conflict, await SaveAsync(owner, revision: 2));
    }

    [Theory]
    [InlineData("2026-11-22")]
    [InlineData("2027-11-25")]
    [InlineData("завтра")]
    [InlineData("")]
    public async Task A_day_that_cannot_be_is_refused_at_its_field(string date)
    {
        using var owner = await platform.OperatorAsync();
        await SaveAsync(owner);
        using var answer = await owner.SubmitAsync($"{Home}/preview", $"{Home}/publish", ("revision", "1"), ("date", date));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("Укажите день", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_does_not_come_into_force_before_the_one_already_published()
    {
        using var owner = await platform.OperatorAsync();
        await PublishAsync(asksAnew: false, SampleSchool.Today.AddDays(10));
        await SaveAsync(owner);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PublishAsync(owner, 1, SampleSchool.Today.AddDays(9)));
        Assert.Equal(HttpStatusCode.Found, await PublishAsync(owner, 1, SampleSchool.Today.AddDays(10)));
    }

    [Theory]
    [InlineData("body", "коротко", "Напишите подробнее")]
    [InlineData("termMonths", "0", "от 1 до 132")]
    [InlineData("termMonths", "пять", "от 1 до 132")]
    [InlineData("ownAge", "99", "Выберите возраст")]
    [InlineData("legalBasis", "", "Напишите подробнее")]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(string field, string value, string said)
    {
        using var owner = await platform.OperatorAsync();
        using var answer = await owner.SubmitAsync($"{Home}/draft", $"{Home}/draft", [.. Fields(false, 0).Where(pair => pair.Name != field), (field, value)]);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("Уточнён перечень данных", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_operator_sees_drafts_and_publishes()
    {
        using var owner = await platform.OperatorAsync();
        await SaveAsync(owner);
        foreach (var person in (Guid[])[SampleSchool.Teacher.Id, SampleSchool.Mother.Id, SampleSchool.Office(Roles.RegionalCoordinator).Person.Id, SampleSchool.Staff(Roles.SchoolAdministrator).Id])
        {
            using var other = await platform.Host.SignInAsync(person);
            foreach (var page in (string[])["/purposes", Home, $"{Home}/draft", $"{Home}/preview", $"{Home}/versions/1"]) Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(page));
            using var tried = await other.SubmitAsync("/account", $"{Home}/publish", ("revision", "1"), ("date", "2026-11-23"));
            Assert.Equal(HttpStatusCode.NotFound, tried.StatusCode);
        }
        Assert.Equal(HttpStatusCode.NotFound, await owner.StatusAsync("/purposes/nothing-such"));
        Assert.Equal(1L, await platform.Host.Database.ScalarAsync<long>("select count(*) from access.consent_texts where purpose = $1", Purpose));
    }

    [Fact]
    public async Task The_hash_covers_every_word_a_person_agrees_to()
    {
        await PublishAsync(asksAnew: false);
        foreach (var column in (string[])["title", "body", "data_kinds", "recipient", "legal_basis"])
            await Assert.ThrowsAsync<PostgresException>(() => Pages.RunAsync($"update access.consent_texts set {column} = {column} || 'x' where version = 2"));
        foreach (var change in (string[])["term_months = 13", "own_age = 15"])
            await Assert.ThrowsAsync<PostgresException>(() => Pages.RunAsync($"update access.consent_texts set {change} where version = 2"));
    }

    private async Task PublishAsync(bool asksAnew, DateOnly? from = null)
    {
        using var owner = await platform.OperatorAsync();
        var revision = await platform.Host.Database.ScalarAsync<int>("select coalesce(max(revision), 0) from access.consent_drafts");
        Assert.Equal(HttpStatusCode.Found, await SaveAsync(owner, asksAnew, revision));
        Assert.Equal(HttpStatusCode.Found, await PublishAsync(owner, revision + 1, from ?? SampleSchool.Today));
    }

    private static async Task<HttpStatusCode> PublishAsync(TestBrowser owner, int revision, DateOnly from)
    {
        using var answer = await owner.SubmitAsync(Home, $"{Home}/publish", ("revision", $"{revision}"), ("date", $"{from:yyyy-MM-dd}"));
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> SaveAsync(TestBrowser owner, bool asksAnew = false, int revision = 0)
    {
        using var answer = await owner.SubmitAsync($"{Home}/draft", $"{Home}/draft", Fields(asksAnew, revision));
        return answer.StatusCode;
    }

    private static (string Name, string Value)[] Fields(bool asksAnew, int revision) =>
    [
        ("title", "Согласие на передачу сведений о школе государственным системам"), ("body", "Я разрешаю передавать сведения о школе, классе и роли.\n\n" + new string('я', 100)),
        ("dataKinds", "Регион, школа, класс, роль"), ("recipient", "Министерство просвещения"), ("legalBasis", "152-ФЗ, статья 9, часть 4"), ("termMonths", "12"), ("ownAge", "14"),
        ("asksAnew", asksAnew ? "true" : "false"), ("changeNote", "Уточнён перечень данных"), ("revision", $"{revision}"),
    ];

    private static async Task<string> ReadAsync(TestBrowser browser, string path) => WebUtility.HtmlDecode(await browser.ReadAsync(path));
}
