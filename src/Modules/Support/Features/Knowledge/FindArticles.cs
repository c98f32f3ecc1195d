using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Pages;
using MySchool.Support.Resources;
using MySchool.Ui;

namespace MySchool.Support.Features.Knowledge;

/// <summary>An article found. Title and excerpt mark the words found with <see cref="FindArticles.Opens"/> and <see cref="FindArticles.Closes"/>.</summary>
internal sealed record FoundArticle(string Slug, string Section, string Title, string Excerpt);

/// <summary>The first page of help: sections, or what was found.</summary>
internal sealed record HelpScreen(string Query, string Section, ImmutableArray<FoundArticle> Found, bool IsForRole);

/// <summary>
/// Searches what is known of the platform: Russian words in any form, ranked by where they stand, and words mistyped by
/// their likeness to titles. What is written for another role comes after what is written for the reader's.
/// </summary>
internal sealed class FindArticles(WorkerDb db)
{
    /// <summary>Stand around the words found: characters that no text holds, so that a page can mark them without reading markup.</summary>
    public const char Opens = '\uE000';

    /// <summary>Ends what <see cref="Opens"/> began.</summary>
    public const char Closes = '\uE001';

    public static readonly ImmutableArray<string> Sections = ["sign-in", "family", "journal", "school", "connection", "consents", "trouble"];

    private const int MostQuery = 200;
    private const int MostFound = 20;

    // Any word may do: people type questions. The russian dictionary drops «как» and «что»; what is left is ranked by cover.
    private const string Query = "(select nullif(replace(plainto_tsquery('russian', $1)::text, '&', '|'), '')::tsquery)";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/help", async (string? q, string? section, HttpContext http, FindArticles handler, CancellationToken cancel) =>
        {
            var query = Clean(q);
            var role = http.GetActor()?.Hat.Role ?? "";
            var chosen = Sections.Contains(section ?? "") ? section! : "";
            var found = query.Length > 0 ? await handler.HandleAsync(query, role, MostFound, cancel) : await handler.ListAsync(role, chosen, cancel);
            return Page.Of<HelpPage>(new { Data = new HelpScreen(query, chosen, found, role.Length > 0) });
        }).Allow(SupportActions.ReadHelp);
        routes.MapGet("/help/suggest", async (string? q, HttpContext http, FindArticles handler, CancellationToken cancel) =>
            Results.Json((await handler.HandleAsync(Clean(q), http.GetActor()?.Hat.Role ?? "", 5, cancel))
                .Select(found => new { text = Plain(found.Title), href = $"/help/{found.Slug}", note = Texts.FromHelp }), Json.Options)).Allow(SupportActions.ReadHelp);
    }

    /// <summary>The likeliest articles, best first.</summary>
    /// <param name="query">What was typed.</param>
    /// <param name="role">Role of the reader, or empty.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<ImmutableArray<FoundArticle>> HandleAsync(string query, string role, int most, CancellationToken cancel)
    {
        query = Clean(query);
        if (query.Length < 2) return [];
        await using var command = db.Source.CreateCommand($"""
            with asked as (select {Query} as words),
            ranked as (
              select a.id, coalesce(ts_rank_cd(a.search, q.words, 1), 0) * 4 + support.likeness($1, a.title || ' ' || a.keywords)
                     + case when a.roles = '{"{}"}' or $2 = any(a.roles) then 0.2 else 0 end as rank
                from support.articles a cross join asked q
               where a.is_published and (a.search @@ q.words or support.likeness($1, a.title || ' ' || a.keywords) > 0.5)
               order by rank desc, a.id limit $3)
            select a.slug, a.section, coalesce(ts_headline('russian', a.title, q.words, 'HighlightAll=true, StartSel={Opens}, StopSel={Closes}'), a.title),
                   coalesce(ts_headline('russian', regexp_replace(a.body, '(^|\n)(## |- |[0-9]+\. )|[*\[\]]|\(/[^)]*\)', '\1', 'g'), q.words, 'MaxWords=28, MinWords=14, MaxFragments=1, StartSel={Opens}, StopSel={Closes}'), left(a.body, 160))
              from ranked r join support.articles a on a.id = r.id cross join asked q order by r.rank desc, a.id
            """);
        foreach (var value in (object[])[query, role, most]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => new FoundArticle(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancel)];
    }

    // Without a question: what is written for the reader first, by section.
    private async Task<ImmutableArray<FoundArticle>> ListAsync(string role, string section, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("""
            select slug, section, title, '' from support.articles
             where is_published and ($2 = '' or section = $2) and ($1 = '' or $2 <> '' or roles = '{}' or $1 = any(roles)) order by helped - not_helped desc, title limit 300
            """);
        foreach (var value in (object[])[role, section]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => new FoundArticle(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancel)];
    }

    internal static string Plain(string marked) => marked.Replace($"{Opens}", "", StringComparison.Ordinal).Replace($"{Closes}", "", StringComparison.Ordinal);

    // U+0000 is in no text, and what marks words must not be typed.
    private static string Clean(string? query)
    {
        var clean = new string([.. (query ?? "").Where(c => !char.IsControl(c) && c is not (Opens or Closes))]).Trim();
        return clean.Length > MostQuery ? clean[..MostQuery] : clean;
    }
}
