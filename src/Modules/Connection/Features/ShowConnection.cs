using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>Who answers for a unit and how to reach them.</summary>
internal sealed record OfficialLine(Guid UnitId, string Name, string Role, string? Email, DateOnly? EndsOn);

/// <summary>The checklist of a school.</summary>
internal sealed record SchoolScreen(
    SchoolFigures School, IReadOnlyList<Step> Steps, ImmutableArray<OfficialLine> Own, ImmutableArray<OfficialLine> Above, int WaitingRequests,
    bool Manages, bool IsOwn, DateTimeOffset? RemindedAt, string? Email, DateOnly Today);

/// <summary>The dashboard of a territory.</summary>
internal sealed record TerritoryScreen(
    TerritoryFigures Figures, Definitions Meaning, ImmutableArray<TerritoryFigures> Below, ImmutableArray<SchoolFigures> Schools, ImmutableArray<FigurePoint> Points,
    IReadOnlyList<Step> Steps, ImmutableArray<OfficialLine> Officials, bool IsOwn, bool HasDemo, string? Email, string? Done);

/// <summary>Steps and figures of the role worn, or of a unit under it.</summary>
internal sealed class ShowConnection(AppDb db)
{
    private const int SchoolsShown = 60;
    private const int PointsShown = 90;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connection", (string? done, HttpContext http, ShowConnection handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), http.RequireActor().Hat.UnitId, done, cancel)).Allow(ConnectionActions.Read);
        routes.MapGet("/connection/units/{id:guid}", (Guid id, string? done, HttpContext http, ShowConnection handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), id, done, cancel)).Allow(ConnectionActions.Read);
    }

    private async Task<IResult> PageAsync(Actor actor, Guid unit, string? done, CancellationToken cancel)
    {
        var territory = await FindTerritoryAsync(actor, unit, done, cancel);
        if (territory is not null) return Page.Of<TerritoryPage>(new { Data = territory });
        var school = await FindSchoolAsync(actor, unit, cancel);
        return school is null ? Problem.NotFound.ToPage() : Page.Of<SchoolStepsPage>(new { Data = school });
    }

    /// <summary>The dashboard of a territory that is the actor's or lies under it; null when it is not.</summary>
    public async Task<TerritoryScreen?> FindTerritoryAsync(Actor actor, Guid unit, string? done, CancellationToken cancel)
    {
        if (!Decide.CouldAllow(actor, ConnectionActions.ReadTerritory)) return null;
        // One round trip: the unit, its children by the index of parents, the laggards among its own schools, the points of the chart.
        var (figures, below, schools, points, meaning, officials, hasDemo, email) = await db.ReadAsync(actor, batch =>
        {
            batch.Add($"select {FigureRows.Territory} from connection.units where unit_id = $1", unit);
            batch.Add($"select {FigureRows.Territory} from connection.units where territory_ids[1] = $1 order by short_name", unit);
            batch.Add($"select {FigureRows.School} from connection.schools where territory_ids[1] = $1 and not is_closed and not is_demo order by lag desc, school_id limit {SchoolsShown}", unit);
            batch.Add($"select date, schools, connected, uses from connection.points where unit_id = $1 order by date desc limit {PointsShown}", unit);
            batch.Add("select least_staff, use_days from connection.definitions");
            batch.Add("""
                select o.unit_id, o.name, o.role, c.email, o.ends_on from connection.officials o left join connection.contacts c on c.person_id = o.person_id
                 where o.unit_id = $1 order by o.name
                """, unit);
            batch.Add("select exists (select from connection.schools where territory_ids[1] = $1 and is_demo and not is_closed)", actor.Hat.UnitId);
            batch.Add("select email from connection.contacts where person_id = $1", actor.PersonId);
        }, async (reader, token) => (
            await reader.ReadFirstAsync(FigureRows.ReadTerritory, token), await reader.ReadAllAsync(FigureRows.ReadTerritory, token),
            await reader.ReadAllAsync(FigureRows.ReadSchool, token),
            await reader.ReadAllAsync(row => new FigurePoint(row.GetFieldValue<DateOnly>(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)), token),
            await reader.ReadFirstAsync(FigureRows.ReadDefinitions, token), await reader.ReadAllAsync(ReadOfficial, token),
            await reader.ReadFirstAsync(row => row.GetBoolean(0), token), await reader.ReadFirstAsync(row => row.GetString(0), token)), cancel);
        if (figures is null || !Decide.Allows(actor, ConnectionActions.ReadTerritory, [.. PlacesOf(figures.Id, figures.Above)])) return null;
        points.Reverse();
        return new(
            figures, meaning!, [.. below], [.. schools], [.. points], Steps.Of(figures, below.Count, below.Count(child => child.Coordinators == 0)), [.. officials],
            unit == actor.Hat.UnitId, hasDemo, email, done);
    }

    /// <summary>The checklist of a school that is the actor's own or lies under the actor's territory; null when it is not.</summary>
    public async Task<SchoolScreen?> FindSchoolAsync(Actor actor, Guid unit, CancellationToken cancel)
    {
        var (school, meaning, officials, waiting, reminded, email) = await db.ReadAsync(actor, batch =>
        {
            batch.Add($"select {FigureRows.School} from connection.schools where school_id = $1 and not is_closed", unit);
            batch.Add("select least_staff, use_days from connection.definitions");
            batch.Add("""
                select o.unit_id, o.name, o.role, c.email, o.ends_on from connection.schools s
                  join connection.officials o on o.unit_id = s.school_id or o.unit_id = any (s.territory_ids)
                  left join connection.contacts c on c.person_id = o.person_id
                 where s.school_id = $1 order by array_position(s.territory_ids, o.unit_id) nulls first, o.name
                """, unit);
            batch.Add("select count(*)::int from connection.requests where school_id = $1 and state = 'waiting'", unit);
            batch.Add("select max(at) from connection.reminders where school_id = $1", unit);
            batch.Add("select email from connection.contacts where person_id = $1", actor.PersonId);
        }, async (reader, token) => (
            await reader.ReadFirstAsync(FigureRows.ReadSchool, token), await reader.ReadFirstAsync(FigureRows.ReadDefinitions, token),
            await reader.ReadAllAsync(ReadOfficial, token), await reader.ReadFirstAsync(row => row.GetInt32(0), token),
            await reader.ReadFirstAsync(row => row.Maybe<DateTimeOffset>(0), token), await reader.ReadFirstAsync(row => row.GetString(0), token)), cancel);
        if (school is null || !Decide.Allows(actor, ConnectionActions.Read, [new Coordinate(Places.School, school.Id), .. PlacesOf(school.Id, school.Above)])) return null;
        return new(
            school, Steps.Of(school, meaning!), [.. officials.Where(official => official.UnitId == unit)], [.. officials.Where(official => official.UnitId != unit)], waiting,
            Decide.Allows(actor, ConnectionActions.InviteStaff, new Coordinate(Places.School, unit)), unit == actor.Hat.UnitId, reminded, email, actor.Today);
    }

    private static OfficialLine ReadOfficial(Npgsql.NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3), row.Maybe<DateOnly>(4));

    private static IEnumerable<Coordinate> PlacesOf(Guid unit, IReadOnlyList<Guid> above) =>
        above.Prepend(unit).Select(id => new Coordinate(Places.Territory, id));
}
