using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Support.Domain;
using MySchool.Support.Features.Knowledge;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Support;

/// <summary>What is known of the platform, found in the words people use.</summary>
public sealed class KnowledgeTests(SupportGround ground) : IClassFixture<SupportGround>
{
    [Theory]
    [InlineData("не могу войти через госуслуги", "how-to-sign-in"), InlineData("отозвать согласие", "withdraw-consent"), InlineData("зачисление нового ученика", "enrol-learner")]
    [InlineData("пропала оценка", "mark-changed"), InlineData("загрузить список из экселя", "import-lists"), InlineData("перевести ребёнка в другую школу", "transfer-learner")]
    [InlineData("согласи", "give-consent"), InlineData("дневнек", "read-diary"), InlineData("пригласительный код", "invite-by-code")]
    public async Task Article_is_found_in_other_forms_and_with_typos(string query, string slug) =>
        Assert.Contains(slug, (await FindAsync(query, 3)).Select(found => found.Slug));

    [Fact]
    public async Task Words_found_are_marked_and_nothing_else_is_markup()
    {
        var found = (await FindAsync("согласие", 1))[0];
        Assert.Contains(ArticleText.Marked(found.Title, FindArticles.Opens, FindArticles.Closes), run => run.IsFound && run.Text.StartsWith("согласи", StringComparison.OrdinalIgnoreCase));
        using var browser = ground.Host.Browse();
        var page = await browser.ReadAsync("/help?q=" + Uri.EscapeDataString("согласие <script>alert(1)</script>"));
        Assert.Contains("<mark>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("щщщщ"), InlineData(""), InlineData("\0"), InlineData("'''"), InlineData(":*&|!("), InlineData("   ")]
    public async Task What_is_not_there_is_not_found(string query) => Assert.Empty(await FindAsync(query, 5));

    [Fact]
    public async Task Every_seeded_article_is_whole_and_its_links_lead_somewhere()
    {
        Assert.True(SeedArticle.All.Count >= 25, $"{SeedArticle.All.Count}");
        Assert.Equal(SeedArticle.All.Count, await ground.AskAsync<long>("select count(*) from support.articles where is_published and version = 1"));
        using var browser = await ground.Host.SignInAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id, SupportGround.AdministratorHat);
        foreach (var article in SeedArticle.All)
        {
            Assert.All(article.Roles, role => Assert.Contains(role, Roles.All));
            Assert.Contains(article.Section, FindArticles.Sections);
            foreach (var link in ArticleText.Read(article.Body).SelectMany(Spans).Where(span => span.Href is not null))
                Assert.True(IsKnown(link.Href!), $"{article.Slug}: {link.Href}");
            Assert.DoesNotContain("](", string.Concat(ArticleText.Read(article.Body).SelectMany(Spans).Select(span => span.Text)), StringComparison.Ordinal);
            Assert.Equal(200, (int)await browser.StatusAsync($"/help/{article.Slug}"));
        }
    }

    [Fact]
    public async Task Draft_is_read_by_nobody_until_it_is_published()
    {
        var top = await ground.OfficeAsync(Roles.Operator);
        var form = new ArticleForm(0, "draft-of-mine", "trouble", default, "Черновик про ракеты", "", "Ракеты летают.", "draft");
        var id = (await EditAsync(top, null, form)).Value;
        using var browser = ground.Host.Browse();
        Assert.Equal(404, (int)await browser.StatusAsync("/help/draft-of-mine"));
        Assert.Empty(await FindAsync("ракеты", 5));
        Assert.True((await EditAsync(top, id, form with { Version = 1, Deed = "publish" })).IsOk);
        Assert.Contains("Ракеты летают.", await browser.ReadAsync("/help/draft-of-mine"), StringComparison.Ordinal);
        Assert.True((await EditAsync(top, id, form with { Version = 2, Body = "Ракеты уже не летают.", Deed = "draft" })).IsOk);
        Assert.DoesNotContain("уже не летают", await browser.ReadAsync("/help/draft-of-mine"), StringComparison.Ordinal);
        Assert.Equal(409, (await EditAsync(top, id, form with { Version = 2, Deed = "publish" })).Problem!.Status);
        Assert.True((await EditAsync(top, id, form with { Version = 3, Deed = "withdraw" })).IsOk);
        Assert.Equal(404, (int)await browser.StatusAsync("/help/draft-of-mine"));
        Assert.Equal(4, await ground.AskAsync<long>("select count(*) from support.article_versions where article_id = $1", id));
    }

    [Theory]
    [InlineData("Сложный Адрес", "trouble", "Заголовок", "Текст", "", "support.slug-odd"), InlineData("edit", "trouble", "Заголовок", "Текст", "", "support.slug-odd"), InlineData("how-to-sign-in", "trouble", "Заголовок", "Текст", "", "support.slug-taken")]
    [InlineData("some-slug", "nowhere", "Заголовок", "Текст", "", "support.section-missing"), InlineData("some-slug", "trouble", "З", "Текст", "", "support.article-title"), InlineData("some-slug", "trouble", "Заголовок", "", "", "support.article-body")]
    [InlineData("some-slug", "trouble", "Заголовок", "Текст", "king", "support.roles-odd")]
    public async Task Bad_article_is_named(string slug, string section, string title, string body, string roles, string code) =>
        Assert.Equal(code, (await EditAsync(await ground.OfficeAsync(Roles.Operator), null, new ArticleForm(0, slug, section, roles.Length == 0 ? default : roles, title, "", body, "draft"))).Problem!.Code);

    [Fact]
    public async Task Nobody_but_the_operator_writes_articles()
    {
        var form = new ArticleForm(0, "not-mine", "trouble", default, "Заголовок", "", "Текст", "publish");
        foreach (var actor in (Actor[])[await ground.AdministratorAsync(), await ground.OfficeAsync(Roles.RegionalCoordinator), await ground.MotherAsync()])
        {
            Assert.Equal(404, (await EditAsync(actor, null, form)).Problem!.Status);
            Assert.Equal(0, await ground.CountAsync(actor, "article_versions where $1 is not null", Guid.Empty));
        }
    }

    [Fact]
    public async Task Reader_counts_once_with_the_last_word()
    {
        using var browser = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        foreach (var word in (string[])["yes", "yes", "no"])
            Assert.Equal(302, (int)(await browser.SubmitAsync("/help/read-diary", "/help/read-diary/vote", ("helped", word))).StatusCode);
        Assert.Equal(0, await ground.AskAsync<int>("select helped from support.articles where slug = 'read-diary'"));
        Assert.Equal(1, await ground.AskAsync<int>("select not_helped from support.articles where slug = 'read-diary'"));
    }

    [Theory]
    [InlineData("[сюда](https://evil.example)"), InlineData("[сюда](//evil.example)"), InlineData("[сюда](javascript:alert(1))"), InlineData("[сюда](/\\evil.example)"), InlineData("[сюда"), InlineData("**не закрыто"), InlineData("](")]
    public void Article_leads_nowhere_outside(string body) => Assert.DoesNotContain(ArticleText.Read(body).SelectMany(Spans), span => span.Href is not null);

    private static IEnumerable<Span> Spans(Block block) => block switch
    {
        Block.Paragraph paragraph => paragraph.Spans, Block.Items items => items.Lines.SelectMany(line => line), _ => [],
    };

    private static bool IsKnown(string href) => href.StartsWith("/help/", StringComparison.Ordinal)
        ? SeedArticle.All.Any(article => href == $"/help/{article.Slug}")
        : href is "/sign-in" or "/connect" or "/invite" or "/account" or "/account/consents" or "/account/keys" or "/account/notices" or "/today" or "/diary" or "/journal" or "/support" or "/support/new"
            or "/school/import" or "/school/movement" or "/school/movement/enrol" or "/school/year" or "/connection" or "/connection/invitations" or "/connection/requests" or "/connection/definitions";

    private Task<System.Collections.Immutable.ImmutableArray<FoundArticle>> FindAsync(string query, int most) =>
        ground.RunAsync<FindArticles, System.Collections.Immutable.ImmutableArray<FoundArticle>>(find => find.HandleAsync(query, "", most, default));

    private Task<Result<Guid>> EditAsync(Actor actor, Guid? id, ArticleForm form) => ground.RunAsync<EditArticles, Result<Guid>>(edit => edit.HandleAsync(actor, id, form, default));
}
