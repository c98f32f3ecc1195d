using System.IO.Compression;
using System.Net;
using System.Runtime.Versioning;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>«Кто видел данные»: who, in which role, what, when and what for; by period, by pages and as a sheet.</summary>
[SupportedOSPlatform("linux")]
public sealed class ViewsTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private static readonly string Page = $"/people/{SampleSchool.Pupil.Id}/views";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private ConsentPages Pages => new(platform);

    public async ValueTask InitializeAsync() => await Pages.RunAsync("delete from kernel.audit");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_deed_is_told_with_name_role_and_purpose_within_its_period()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        await LookedAsync(SampleSchool.ClassTeacher.Id, "registry.read-card", daysAgo: 3);
        var page = await ReadAsync(mother, Page);
        foreach (var said in (string[])[SampleSchool.ClassTeacher.FullName, "Учитель", "Открыта карточка", "20 ноября 2026, 12:00", "Обучение: работа школы"]) Assert.Contains(said, page, StringComparison.Ordinal);
        Assert.Contains("Открыта карточка", await ReadAsync(mother, $"{Page}?from=2026-11-20&to=2026-11-20"), StringComparison.Ordinal);
        foreach (var other in (string[])["from=2026-11-21&to=2026-11-22", "from=2026-11-18&to=2026-11-19"])
            Assert.Contains("Никто не открывал данные", await ReadAsync(mother, $"{Page}?{other}"), StringComparison.Ordinal);
        // Nonsense is no period: the last month is shown.
        Assert.Contains("Открыта карточка", await ReadAsync(mother, $"{Page}?from=вчера&to=2026-99-99&page=-7"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_rows_come_by_pages_and_all_of_them_in_the_sheet()
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        for (var n = 0; n < 60; n++) await LookedAsync(SampleSchool.ClassTeacher.Id, "registry.read-card", daysAgo: 1);
        Assert.Equal(50, Count(await ReadAsync(mother, Page), "Открыта карточка"));
        Assert.Equal(10, Count(await ReadAsync(mother, $"{Page}?page=2"), "Открыта карточка"));
        using var sheet = await mother.GetAsync($"{Page}.xlsx");
        await using var archive = new ZipArchive(await sheet.Content.ReadAsStreamAsync(Stop));
        using var rows = new StreamReader(archive.Entries.Single(entry => entry.FullName.Contains("worksheets/", StringComparison.Ordinal)).Open());
        Assert.Equal(61, Count(await rows.ReadToEndAsync(Stop), "<x:row"));
    }

    [Fact]
    public async Task Only_the_family_is_told()
    {
        foreach (var (person, hat) in ((Guid, string)[])[(SampleSchool.ClassTeacher.Id, Roles.Teacher), (SampleSchool.Staff(Roles.Head).Id, Roles.Head), (SampleSchool.BarredFather.Id, Roles.Guardian)])
        {
            using var other = await platform.Host.SignInAsync(person, new(hat, hat == Roles.Guardian ? Guid.Empty : SampleSchool.School.Id));
            foreach (var path in (string[])[Page, $"{Page}.xlsx"]) Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(path));
        }
        using var son = await Pages.LearnerAsync(SampleSchool.Pupil.Id);
        Assert.Equal(HttpStatusCode.OK, await son.StatusAsync(Page));
    }

    private Task LookedAsync(Guid actor, string action, int daysAgo) => Pages.RunAsync(
        "insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id) values ($1, gen_random_uuid(), $2, 'teacher', $3, $4, $5)",
        platform.Host.Clock.Now.AddDays(-daysAgo), actor, action, SampleSchool.School.Id, SampleSchool.Pupil.Id);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static async Task<string> ReadAsync(TestBrowser browser, string path) => WebUtility.HtmlDecode(await browser.ReadAsync(path));
}
