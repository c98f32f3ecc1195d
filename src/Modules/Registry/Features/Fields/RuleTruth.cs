using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features.Fields;

/// <summary>Sources of a field, the strongest first.</summary>
internal sealed record TruthLine(string Field, ImmutableArray<string> Sources);

/// <summary>The operator's table of sources, with what was chosen when it was refused.</summary>
internal sealed record TruthScreen(ImmutableArray<TruthLine> Lines, bool IsSaved, Problem? Refusal);

/// <summary>Shows and sets which source is believed about each field of a card. What is written stays; the next word is judged anew.</summary>
internal sealed class RuleTruth(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/field-sources", (string? saved, HttpContext http, RuleTruth handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), saved is not null, null, null, cancel)).Allow(RegistryActions.RuleTruth);
        routes.MapPost("/field-sources", async ([FromForm] IFormCollection form, HttpContext http, RuleTruth handler, CancellationToken cancel) =>
        {
            ImmutableArray<TruthLine> chosen = [.. FieldTruth.Fields.Select(field =>
                new TruthLine(field, [.. Enumerable.Range(1, FieldTruth.Sources.Length).Select(place => form[$"{field}-{place}"].ToString())]))];
            var done = await handler.HandleAsync(http.RequireActor(), chosen, cancel);
            return done.IsOk ? Results.Redirect("/field-sources?saved=1") : await handler.PageAsync(http.RequireActor(), false, chosen, done.Problem, cancel);
        }).Allow(RegistryActions.RuleTruth);
    }

    /// <summary>Sets the order of sources of every field; each source stands once.</summary>
    public async Task<Result<bool>> HandleAsync(Actor actor, ImmutableArray<TruthLine> lines, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound;
        if (lines.FirstOrDefault(line => !line.Sources.Order().SequenceEqual(FieldTruth.Sources.Order())) is { } odd)
            return new Problem("registry.truth-odd", Texts.TruthOdd, odd.Field);
        await db.WriteAsync(actor, batch =>
        {
            foreach (var line in lines)
                batch.Add("update registry.field_truth set sources = $2, changed_at = $3, changed_by = $4 where field = $1 and sources <> $2",
                    line.Field, line.Sources.ToArray(), clock.Now, actor.PersonId);
            batch.AddAudit(actor, RegistryActions.RuleTruth, clock.Now, null, null, string.Join("; ", lines.Select(line => $"{line.Field}: {string.Join('>', line.Sources)}")));
        }, cancel);
        return true;
    }

    private async Task<IResult> PageAsync(Actor actor, bool isSaved, ImmutableArray<TruthLine>? typed, Problem? refusal, CancellationToken cancel)
    {
        if (!May(actor) || refusal is { Status: 404 }) return Problem.NotFound.ToPage();
        var lines = await db.ReadAsync(actor, batch => batch.Add("select field, sources from registry.field_truth order by array_position($1, field)", (object)FieldTruth.Fields.ToArray()),
            (reader, token) => reader.ReadAllAsync(row => new TruthLine(row.GetString(0), [.. row.GetFieldValue<string[]>(1)]), token), cancel);
        return Page.Of<TruthPage>(new { Data = new TruthScreen(typed ?? [.. lines], isSaved, refusal) }, refusal?.Status ?? 200);
    }

    private static bool May(Actor actor) => Decide.Allows(actor, RegistryActions.RuleTruth, new Coordinate(Places.Territory, actor.Hat.UnitId));
}
