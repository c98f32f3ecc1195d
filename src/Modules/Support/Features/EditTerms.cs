using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Pages;
using MySchool.Support.Resources;
using MySchool.Ui;

namespace MySchool.Support.Features;

/// <summary>Hours within which a level answers.</summary>
internal sealed record TermLine(string Level, int Hours);

/// <summary>The settings, with what was typed when it was refused.</summary>
internal sealed record TermsScreen(ImmutableArray<TermLine> Lines, bool IsSaved, Problem? Refusal);

/// <summary>Shows and sets the terms of answer.</summary>
internal sealed class EditTerms(AppDb db, IClock clock)
{
    public static readonly ImmutableArray<string> Levels = ["school", "municipality", "region", "country"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support/terms", async (string? saved, HttpContext http, EditTerms handler, CancellationToken cancel) =>
            await handler.PageAsync(http.RequireActor(), saved is not null, null, cancel)).Allow(SupportActions.SetTerms);
        routes.MapPost("/support/terms", async (
            [FromForm] int? school, [FromForm] int? municipality, [FromForm] int? region, [FromForm] int? country, HttpContext http, EditTerms handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(http.RequireActor(), [school ?? 0, municipality ?? 0, region ?? 0, country ?? 0], cancel);
            return done.IsOk ? Results.Redirect("/support/terms?saved=1") : done.Problem!.Status == 404 ? done.Problem.ToPage()
                : await handler.PageAsync(http.RequireActor(), false, done.Problem, cancel);
        }).Allow(SupportActions.SetTerms);
    }

    /// <summary>Sets the hours of each level, in the order of <see cref="Levels"/>. Tickets on their way keep the term they have.</summary>
    public async Task<Result<bool>> HandleAsync(Actor actor, int[] hours, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound;
        var odd = Array.FindIndex(hours, each => each is < 1 or > 720);
        if (odd >= 0) return new Problem("support.hours-odd", Texts.HoursOdd, Levels[odd]);
        await db.WriteAsync(actor, batch =>
        {
            for (var i = 0; i < hours.Length; i++)
                batch.Add("update support.terms set hours = $2, changed_at = $3, changed_by = $4 where level = $1 and hours <> $2", Levels[i], (short)hours[i], clock.Now, actor.PersonId);
            batch.AddAudit(actor, SupportActions.SetTerms, clock.Now, null, null, string.Join(' ', hours));
        }, cancel);
        return true;
    }

    private async Task<IResult> PageAsync(Actor actor, bool isSaved, Problem? refusal, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound.ToPage();
        var lines = await db.ReadAsync(actor, batch => batch.Add("select level, hours from support.terms order by array_position(array['school', 'municipality', 'region', 'country'], level)"),
            (reader, token) => reader.ReadAllAsync(row => new TermLine(row.GetString(0), row.GetInt16(1)), token), cancel);
        return Page.Of<TermsPage>(new { Data = new TermsScreen([.. lines], isSaved, refusal) }, refusal?.Status ?? 200);
    }

    private static bool May(Actor actor) => Decide.Allows(actor, SupportActions.SetTerms, new Coordinate(Places.Territory, actor.Hat.UnitId));
}
