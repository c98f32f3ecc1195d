using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Domain;
using MySchool.Support.Pages;
using MySchool.Support.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Support.Features.Knowledge;

/// <summary>An article in the operator's list.</summary>
internal sealed record ArticleLine(Guid Id, string Slug, string Section, string Title, bool IsPublished, bool HasDraft, int Helped, int NotHelped);

/// <summary>A saved version.</summary>
internal sealed record ArticleVersion(int Version, DateTimeOffset SavedAt, DateTimeOffset? PublishedAt);

/// <summary>What the editor sends.</summary>
internal sealed record ArticleForm(
    [FromForm(Name = "version")] int? Version, [FromForm(Name = "slug")] string? Slug, [FromForm(Name = "section")] string? Section, [FromForm(Name = "roles")] StringValues Roles,
    [FromForm(Name = "title")] string? Title, [FromForm(Name = "keywords")] string? Keywords, [FromForm(Name = "body")] string? Body, [FromForm(Name = "deed")] string? Deed);

/// <summary>The editor.</summary>
internal sealed record EditorScreen(
    Guid? Id, ArticleForm Form, bool IsPublished, ImmutableArray<Block> Preview, ImmutableArray<ArticleVersion> Versions, int Helped, int NotHelped, bool IsSaved, Problem? Refusal);

/// <summary>Writes articles: a version is saved as a draft, and what readers see changes when one is published.</summary>
internal sealed partial class EditArticles(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/help/edit", async (HttpContext http, EditArticles handler, CancellationToken cancel) =>
            May(http.RequireActor()) ? Page.Of<ArticlesPage>(new { Data = await handler.ListAsync(http.RequireActor(), cancel) }) : Problem.NotFound.ToPage()).Allow(SupportActions.EditHelp);
        routes.MapGet("/help/edit/new", (HttpContext http) => May(http.RequireActor())
            ? Page.Of<EditorPage>(new { Data = new EditorScreen(null, new(0, "", "trouble", [], "", "", "", ""), false, [], [], 0, 0, false, null) }) : Problem.NotFound.ToPage()).Allow(SupportActions.EditHelp);
        routes.MapGet("/help/edit/{id:guid}", (Guid id, int? version, string? saved, HttpContext http, EditArticles handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), id, version, saved is not null, null, null, cancel)).Allow(SupportActions.EditHelp);
        routes.MapPost("/help/edit/new", async ([AsParameters] ArticleForm form, HttpContext http, EditArticles handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http.RequireActor(), null, form, cancel)).Allow(SupportActions.EditHelp);
        routes.MapPost("/help/edit/{id:guid}", async (Guid id, [AsParameters] ArticleForm form, HttpContext http, EditArticles handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http.RequireActor(), id, form, cancel)).Allow(SupportActions.EditHelp);
    }

    private async Task<IResult> AnswerAsync(Actor actor, Guid? id, ArticleForm form, CancellationToken cancel)
    {
        var done = await HandleAsync(actor, id, form, cancel);
        if (done.IsOk) return Results.Redirect($"/help/edit/{done.Value}?saved=1");
        return done.Problem!.Status == 404 ? done.Problem.ToPage() : id is null
            ? Page.Of<EditorPage>(new { Data = new EditorScreen(null, form, false, ArticleText.Read(form.Body ?? ""), [], 0, 0, false, done.Problem) }, done.Problem.Status)
            : await PageAsync(actor, id.Value, null, false, form, done.Problem, cancel);
    }

    /// <summary>Saves a version; with «publish» readers see it, with «withdraw» they see the article no longer.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid? id, ArticleForm form, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound;
        if (Check(form, id is null) is { } wrong) return wrong;
        string[] roles = [.. form.Roles.OfType<string>()];
        await using var transaction = await db.BeginAsync(actor, cancel);
        var (latest, isTaken) = await transaction.RunAsync(batch =>
        {
            batch.Add("select coalesce(max(version), 0) from support.article_versions where article_id = $1", id ?? Guid.Empty);
            batch.Add("select true from support.articles where slug = $1 and id <> $2", form.Slug ?? "", id ?? Guid.Empty);
        }, async (reader, token) => (await reader.ReadFirstAsync(row => row.GetInt32(0), token), await reader.ReadFirstAsync(row => row.GetBoolean(0), token)), cancel);
        if (id is not null && latest == 0) return Problem.NotFound;
        if (id is null && isTaken) return new Problem("support.slug-taken", Texts.SlugTaken, "slug", 409);
        if (id is not null && latest != form.Version) return new Problem("support.changed", Texts.ArticleChanged, null, 409);
        var article = id ?? Ids.New();
        await transaction.RunAsync(batch => Write(batch, actor, article, id is null, latest + 1, form, roles), cancel);
        await transaction.CommitAsync(cancel);
        return article;
    }

    private void Write(NpgsqlBatch batch, Actor actor, Guid article, bool isNew, int version, ArticleForm form, string[] roles)
    {
        var now = clock.Now;
        object?[] words = [article, form.Section, roles, form.Title!.Trim(), (form.Keywords ?? "").Trim(), form.Body!.Trim(), now, actor.PersonId];
        if (isNew)
            batch.Add("insert into support.articles (id, section, roles, title, keywords, body, changed_at, changed_by, slug) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", [.. words, form.Slug]);
        batch.Add("""
            insert into support.article_versions (article_id, section, roles, title, keywords, body, saved_at, saved_by, version, published_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $10 then $7 end)
            """, [.. words, version, form.Deed == "publish"]);
        if (form.Deed == "publish")
            batch.Add("""
                update support.articles set section = $2, roles = $3, title = $4, keywords = $5, body = $6, changed_at = $7, changed_by = $8, version = $9, is_published = true where id = $1
                """, [.. words, version]);
        if (form.Deed == "withdraw") batch.Add("update support.articles set is_published = false, changed_at = $2, changed_by = $3 where id = $1", article, now, actor.PersonId);
        batch.AddAudit(actor, SupportActions.EditHelp, now, null, null, $"{form.Deed} article {article} version {version}");
    }

    private static Problem? Check(ArticleForm form, bool isNew) =>
        isNew && !(form.Slug is { Length: <= 80 } slug && SlugShape().IsMatch(slug) && slug is not ("edit" or "suggest")) ? new Problem("support.slug-odd", Texts.SlugOdd, "slug")
        : !FindArticles.Sections.Contains(form.Section ?? "") ? new Problem("support.section-missing", Texts.SectionMissing, "section")
        : (form.Title ?? "").Trim().Length is < 3 or > 160 ? new Problem("support.article-title", Texts.ArticleTitleOdd, "title")
        : (form.Keywords ?? "").Length > 500 ? new Problem("support.keywords-long", Texts.KeywordsLong, "keywords")
        : (form.Body ?? "").Trim().Length is < 1 or > 20_000 ? new Problem("support.article-body", Texts.ArticleBodyOdd, "body")
        : form.Roles.Any(role => !Roles.All.Contains(role ?? "")) ? new Problem("support.roles-odd", Texts.RolesOdd, "roles") : null;

    private async Task<ImmutableArray<ArticleLine>> ListAsync(Actor actor, CancellationToken cancel) => [.. await db.ReadAsync(actor, batch => batch.Add("""
        select a.id, a.slug, a.section, coalesce(v.title, a.title), a.is_published, not a.is_published or v.version > a.version, a.helped, a.not_helped
          from support.articles a left join lateral (select title, version from support.article_versions v where v.article_id = a.id order by version desc limit 1) v on true
         order by a.section, a.title limit 1000
        """), (reader, token) => reader.ReadAllAsync(row => new ArticleLine(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetBoolean(5), row.GetInt32(6), row.GetInt32(7)), token), cancel)];

    private async Task<IResult> PageAsync(Actor actor, Guid id, int? version, bool isSaved, ArticleForm? typed, Problem? refusal, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound.ToPage();
        var (article, form, versions) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("select slug, is_published, helped, not_helped from support.articles where id = $1", id);
            batch.Add("""
                select section, roles, title, keywords, body, (select max(version) from support.article_versions where article_id = $1)
                  from support.article_versions where article_id = $1 and ($2 = 0 or version = $2) order by version desc limit 1
                """, id, version ?? 0);
            batch.Add("select version, saved_at, published_at from support.article_versions where article_id = $1 order by version desc limit 50", id);
        }, async (reader, token) => (
            await reader.ReadFirstAsync(row => (ArticleLine?)new ArticleLine(id, row.GetString(0), "", "", row.GetBoolean(1), false, row.GetInt32(2), row.GetInt32(3)), token),
            await reader.ReadFirstAsync(row => (ArticleForm?)new ArticleForm(row.GetInt32(5), "", row.GetString(0), row.GetFieldValue<string[]>(1), row.GetString(2), row.GetString(3), row.GetString(4), ""), token),
            await reader.ReadAllAsync(row => new ArticleVersion(row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.Maybe<DateTimeOffset>(2)), token)), cancel);
        if (article is null || form is null) return Problem.NotFound.ToPage();
        var shown = (typed ?? form) with { Slug = article.Slug };
        return Page.Of<EditorPage>(new
        {
            Data = new EditorScreen(id, shown, article.IsPublished, ArticleText.Read(shown.Body ?? ""), [.. versions], article.Helped, article.NotHelped, isSaved, refusal),
        }, refusal?.Status ?? 200);
    }

    private static bool May(Actor actor) => Decide.Allows(actor, SupportActions.EditHelp, new Coordinate(Places.Territory, actor.Hat.UnitId));

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex SlugShape();
}
