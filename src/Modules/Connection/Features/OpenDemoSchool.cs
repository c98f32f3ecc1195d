using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Connection.Features;

/// <summary>Opens a demonstration school of one's territory, never counted, with oneself as its administrator; a reset closes it and opens another.</summary>
internal sealed class OpenDemoSchool(AppDb db, IAppointments appointments)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/connection/demo", async (HttpContext http, OpenDemoSchool handler, CancellationToken cancel) =>
            Answer(await handler.HandleAsync(http.RequireActor(), isReset: false, cancel))).Allow(ConnectionActions.OpenDemo);
        routes.MapPost("/connection/demo/reset", async (HttpContext http, OpenDemoSchool handler, CancellationToken cancel) =>
            Answer(await handler.HandleAsync(http.RequireActor(), isReset: true, cancel))).Allow(ConnectionActions.OpenDemo);
    }

    private static IResult Answer(Result<Guid> done) => done.IsOk ? Results.Redirect("/connection?done=demo") : done.Problem!.ToPage();

    public async Task<Result<Guid>> HandleAsync(Actor actor, bool isReset, CancellationToken cancel)
    {
        var unit = actor.Hat.UnitId;
        // A municipality's coordinator tries things in the region's demonstration, or has none.
        if (!Decide.Allows(actor, ConnectionActions.OpenDemo, new Coordinate(Places.Territory, unit)) || actor.Hat.Role == Roles.MunicipalCoordinator) return Problem.NotFound;
        var old = await db.ReadAsync(actor, batch => batch.Add("select school_id from connection.schools where territory_ids[1] = $1 and is_demo and not is_closed", unit),
            (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        if (old.Count > 0 && !isReset) return new Problem("connection.demo-open", Texts.DemoOpenAlready, null, 409);
        foreach (var school in old)
            if (await appointments.CloseDemoAsync(school, actor.PersonId, cancel) is { IsOk: false } refused) return refused.Problem!;
        var opened = await appointments.AddOrganisationAsync(
            new OrganisationOrder(Ids.New(), unit, "school", Texts.DemoName, Texts.DemoShortName, IsDemo: true, actor.PersonId) { Address = Texts.DemoAddress }, cancel);
        if (!opened.IsOk) return opened;
        var given = await appointments.AppointAsync(
            new AppointmentOrder(Ids.New(), new Candidate(actor.PersonId, null), opened.Value, Roles.SchoolAdministrator, actor.Today, actor.PersonId, "demonstration"), cancel);
        return given.IsOk ? opened : given;
    }
}
