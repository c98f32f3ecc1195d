using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Ui;

namespace MySchool.Registry.Features;

/// <summary>Kinds of what is found, in the order of the page.</summary>
internal enum FoundKind { Learners, Groups, Classes, Staff, Guardians, Schools }

/// <summary>A line of the results; without an address it is told, not opened.</summary>
internal sealed record Found(FoundKind Kind, string Text, string? Note, string? Href);

/// <summary>A line under the search box, as its island wants it.</summary>
internal sealed record Suggestion(string Text, string? Href, string? Note);

/// <summary>The results page.</summary>
internal sealed record SearchResults(string Typed, bool IsEnough, ImmutableArray<Found> Items);

/// <summary>Finds people, classes, groups and schools among what is open to the role worn.</summary>
internal sealed class Search(AppDb db)
{
    private const int MaxResults = 50;
    private const int MaxSuggestions = 8;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/search", async (string? q, HttpContext context, Search handler, CancellationToken cancel) =>
            Page.Of<SearchPage>(new { Data = await handler.HandleAsync(context.RequireActor(), q, cancel) })).Allow(RegistryActions.Search);
        routes.MapGet("/search/suggest", async (string? q, HttpContext context, Search handler, CancellationToken cancel) =>
        {
            var found = await handler.HandleAsync(context.RequireActor(), q, cancel);
            return Results.Json(found.Items.Where(item => item.Href is not null).Take(MaxSuggestions)
                .Select(item => new Suggestion(item.Text, item.Href, item.Note)), Json.Options);
        }).Allow(RegistryActions.Search);
    }

    public async Task<SearchResults> HandleAsync(Actor actor, string? text, CancellationToken cancel)
    {
        var words = SearchWords.Of(text);
        if (!words.IsEnough) return new SearchResults(words.Typed, false, []);
        var sources = SearchSource.For(actor);
        if (sources.Count == 0) return new SearchResults(words.Typed, true, []);
        var found = await db.ReadAsync(actor, batch =>
        {
            foreach (var source in sources) source.Add(batch, actor, words);
        }, async (reader, token) =>
        {
            var all = new List<Found>();
            foreach (var source in sources) all.AddRange(await reader.ReadAllAsync(source.Read, token));
            return all;
        }, cancel);
        return new SearchResults(words.Typed, true, [.. found.OrderBy(item => item.Kind).Take(MaxResults)]);
    }
}
