using Microsoft.Extensions.Hosting;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Support.Features.Knowledge;

/// <summary>An article as its file holds it: lines of «name: value», an empty line, the text.</summary>
internal sealed record SeedArticle(string Slug, string Section, string[] Roles, string Title, string Keywords, string Body)
{
    private const string Prefix = "MySchool.Support.Articles.";

    /// <summary>All articles that the platform comes with.</summary>
    public static IReadOnlyList<SeedArticle> All { get; } = [.. typeof(SeedArticle).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order().Select(Load)];

    private static SeedArticle Load(string name)
    {
        using var reader = new StreamReader(typeof(SeedArticle).Assembly.GetManifestResourceStream(name)!);
        var head = new Dictionary<string, string>();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            head[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
        return new SeedArticle(name[Prefix.Length..], head["section"], head.GetValueOrDefault("roles", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            head["title"], head.GetValueOrDefault("keywords", ""), reader.ReadToEnd().Trim());
    }
}

/// <summary>Lays down the articles the platform comes with, once each: what the operator has since written is never touched.</summary>
internal sealed class SeedArticles(WorkerDb db, IClock clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var batch = db.Source.CreateBatch();
        foreach (var article in SeedArticle.All) Add(batch, article);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // The platform starts without its database and waits for it; the next start lays them down.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Add(NpgsqlBatch batch, SeedArticle article) => batch.Add("""
        with added as (
          insert into support.articles (id, slug, section, roles, title, keywords, body, is_published, changed_at) values ($1, $2, $3, $4, $5, $6, $7, true, $8)
          on conflict (slug) do nothing returning id)
        insert into support.article_versions (article_id, version, section, roles, title, keywords, body, saved_at, published_at)
        select id, 1, $3, $4, $5, $6, $7, $8, $8 from added
        """, Ids.New(), article.Slug, article.Section, article.Roles, article.Title, article.Keywords, article.Body, clock.Now);
}
