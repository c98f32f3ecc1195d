using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Notices.Pages;
using MySchool.Notices.Resources;
using MySchool.Ui;

namespace MySchool.Notices.Features;

/// <summary>The page «Уведомления семьям» of a school.</summary>
internal sealed record WindowView(int Minutes, string? Typed, string? Done, Problem? Problem);

/// <summary>How long a mark rests before families are told of it: the school's own choice.</summary>
internal sealed class SetWindow(AppDb db, IClock clock)
{
    public const int MostMinutes = 120;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/notices", async (string? done, HttpContext http, SetWindow feature, CancellationToken cancel) =>
            Page.Of<WindowPage>(new { Data = new WindowView(await feature.ReadAsync(http.RequireActor(), cancel), null, done, null) })).Allow(NoticesActions.SetWindow);
        routes.MapPost("/school/notices", async ([FromForm] string? minutes, HttpContext http, SetWindow feature, CancellationToken cancel) =>
        {
            var actor = http.RequireActor();
            if (await feature.HandleAsync(actor, minutes, cancel) is not { } problem) return Results.LocalRedirect("/school/notices?done=saved");
            return problem.Status == 404 ? problem.ToPage() : Page.Of<WindowPage>(new { Data = new WindowView(await feature.ReadAsync(actor, cancel), minutes, null, problem) }, problem.Status);
        }).Allow(NoticesActions.SetWindow);
    }

    public async Task<Problem?> HandleAsync(Actor actor, string? typed, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, NoticesActions.SetWindow, new Coordinate(Places.School, school))) return Problem.NotFound;
        if (!short.TryParse(typed, CultureInfo.InvariantCulture, out var minutes) || minutes is < 0 or > MostMinutes)
            return new Problem("notices.window", string.Format(null, Texts.WindowRange, MostMinutes), "minutes");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("insert into notices.school_settings (school_id, window_minutes) values ($1, $2) on conflict (school_id) do update set window_minutes = $2", school, minutes);
            batch.AddAudit(actor, NoticesActions.SetWindow, clock.Now, school, null, $"window_minutes={minutes}");
        }, cancel);
        return null;
    }

    private Task<int> ReadAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add("select window_minutes from notices.school_settings where school_id = $1", actor.Hat.UnitId),
        async (reader, token) => await reader.ReadFirstAsync(row => (int?)row.GetInt16(0), token) ?? KeepPending.DefaultWindowMinutes, cancel);
}
