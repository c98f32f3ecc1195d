using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>The meaning of every figure, at an address that does not change.</summary>
internal sealed record DefinitionsScreen(Definitions Meaning, bool MayChange, string? LeastStaff, string? UseDays, Problem? Refusal);

/// <summary>Shows what the figures mean and lets the operator change it; every flag and sum is made anew in the same transaction.</summary>
internal sealed class EditDefinitions(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connection/definitions", (HttpContext http, EditDefinitions handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), null, null, null, cancel)).Allow(ConnectionActions.ReadDefinitions);
        routes.MapPost("/connection/definitions", async (
            [FromForm] string? leastStaff, [FromForm] string? useDays, HttpContext http, EditDefinitions handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(http.RequireActor(), leastStaff, useDays, cancel);
            return done.IsOk ? Results.Redirect("/connection/definitions") : done.Problem!.Status == 404 ? done.Problem.ToPage()
                : await handler.PageAsync(http.RequireActor(), leastStaff, useDays, done.Problem, cancel);
        }).Allow(ConnectionActions.Define);
    }

    private async Task<IResult> PageAsync(Actor actor, string? leastStaff, string? useDays, Problem? refusal, CancellationToken cancel)
    {
        var meaning = await db.ReadAsync(actor, batch => batch.Add("select least_staff, use_days from connection.definitions"),
            (reader, token) => reader.ReadFirstAsync(FigureRows.ReadDefinitions, token), cancel);
        var mayChange = Decide.Allows(actor, ConnectionActions.Define, new Coordinate(Places.Territory, actor.Hat.UnitId));
        return Page.Of<DefinitionsPage>(new { Data = new DefinitionsScreen(meaning!, mayChange, leastStaff, useDays, refusal) }, refusal?.Status ?? 200);
    }

    public async Task<Result<bool>> HandleAsync(Actor actor, string? leastStaff, string? useDays, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, ConnectionActions.Define, new Coordinate(Places.Territory, actor.Hat.UnitId))) return Problem.NotFound;
        if (!short.TryParse(leastStaff, CultureInfo.InvariantCulture, out var staff) || staff is < 1 or > 500) return new Problem("connection.least-staff-odd", Texts.LeastStaffOdd, "leastStaff");
        if (!short.TryParse(useDays, CultureInfo.InvariantCulture, out var days) || days is < 1 or > 60) return new Problem("connection.use-days-odd", Texts.UseDaysOdd, "useDays");
        await using var transaction = await db.BeginAsync(actor, cancel);
        await transaction.RunAsync(batch =>
        {
            // Every school is made anew: the counters wait.
            batch.Add("select pg_advisory_xact_lock(7300452)");
            batch.Add("update connection.definitions set least_staff = $1, use_days = $2, changed_at = $3, changed_by = $4", staff, days, clock.Now, actor.PersonId);
            batch.AddAudit(actor, ConnectionActions.Define, clock.Now, null, null, $"least_staff={staff} use_days={days}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
