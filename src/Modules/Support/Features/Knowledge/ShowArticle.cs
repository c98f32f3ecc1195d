using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Domain;
using MySchool.Support.Pages;
using MySchool.Ui;

namespace MySchool.Support.Features.Knowledge;

/// <summary>An article as it is read.</summary>
internal sealed record ArticleScreen(
    Guid Id, string Slug, string Section, string Title, ImmutableArray<Block> Body, DateTimeOffset ChangedAt, ImmutableArray<FoundArticle> Others, bool? Said, bool MayEdit);

/// <summary>Shows an article and hears whether it helped.</summary>
internal sealed class ShowArticle(WorkerDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/help/{slug}", async (string slug, string? said, HttpContext http, ShowArticle handler, CancellationToken cancel) =>
            await handler.ReadAsync(slug, said switch { "yes" => true, "no" => false, _ => null }, http.GetActor(), cancel) is { } article
                ? Page.Of<ArticlePage>(new { Data = article }) : Problem.NotFound.ToPage()).Allow(SupportActions.ReadHelp);
        routes.MapPost("/help/{slug}/vote", async (string slug, [FromForm] string? helped, HttpContext http, ShowArticle handler, CancellationToken cancel) =>
        {
            var hasHelped = helped == "yes";
            return await handler.VoteAsync(slug, VoterOf(http), hasHelped, cancel)
                ? Results.Redirect($"/help/{slug}?said={(hasHelped ? "yes" : "no")}") : Problem.NotFound.ToPage();
        }).Allow(SupportActions.ReadHelp);
    }

    private async Task<ArticleScreen?> ReadAsync(string slug, bool? said, Actor? actor, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("select id, slug, section, title, body, changed_at from support.articles where slug = $1 and is_published", slug);
        batch.Add("""
            select o.slug, o.section, o.title, '' from support.articles a join support.articles o on o.section = a.section and o.id <> a.id and o.is_published
             where a.slug = $1 and a.is_published order by o.helped - o.not_helped desc, o.title limit 5
            """, slug);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var article = await reader.ReadFirstAsync(row => new ArticleScreen(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), ArticleText.Read(row.GetString(4)), row.GetFieldValue<DateTimeOffset>(5), [], said,
            actor is not null && Decide.CouldAllow(actor, SupportActions.EditHelp)), cancel);
        var others = await reader.ReadAllAsync(row => new FoundArticle(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancel);
        return article is null ? null : article with { Others = [.. others] };
    }

    /// <summary>Keeps the last word of each reader.</summary>
    public async Task<bool> VoteAsync(string slug, byte[] voter, bool hasHelped, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("""
            insert into support.article_votes (article_id, voter, has_helped, at) select id, $2, $3, $4 from support.articles where slug = $1 and is_published
            on conflict (article_id, voter) do update set has_helped = excluded.has_helped, at = excluded.at
            """);
        foreach (var value in (object[])[slug, voter, hasHelped, clock.Now]) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancel) > 0;
    }

    // A person, or for those who are not signed in the address and browser of today: enough not to count a reader ten times.
    private static byte[] VoterOf(HttpContext http) => SHA256.HashData(Encoding.UTF8.GetBytes(http.GetActor() is { } actor
        ? $"person {actor.PersonId}" : $"line {http.Connection.RemoteIpAddress} {http.Request.Headers.UserAgent}"));
}
