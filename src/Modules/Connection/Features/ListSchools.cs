using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>The rows behind a figure.</summary>
internal sealed record RowsScreen(NamedPlace Unit, string Only, ImmutableArray<SchoolFigures> Schools, int Page, bool HasMore, Definitions Meaning);

/// <summary>Lists the schools that a figure counts, laggards first; as a page and as a sheet.</summary>
internal sealed class ListSchools(AppDb db)
{
    private const int PageSize = 100;
    private const int SheetRows = 50_000;

    /// <summary>What a figure counts: its code in addresses and its condition.</summary>
    public static readonly IReadOnlyDictionary<string, string> Conditions = new Dictionary<string, string>
    {
        ["all"] = "true", ["connected"] = "is_connected", ["lagging"] = "not is_connected", ["uses"] = "is_used", ["unused"] = "not is_used",
        ["administered"] = "administrators > 0", ["unadministered"] = "administrators = 0",
        ["band1"] = "band = 1", ["band2"] = "band = 2", ["band3"] = "band = 3", ["band4"] = "band = 4", ["leaving"] = "administered_until is not null",
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connection/rows", async (Guid? unit, string? only, int? page, HttpContext http, ListSchools handler, CancellationToken cancel) =>
        {
            var rows = await handler.HandleAsync(http.RequireActor(), unit, only, Math.Clamp(page ?? 1, 1, 500), PageSize, cancel);
            return rows.IsOk ? Page.Of<RowsPage>(new { Data = rows.Value }) : rows.Problem!.ToPage();
        }).Allow(ConnectionActions.ReadTerritory);
        routes.MapGet("/connection/rows.xlsx", async (Guid? unit, string? only, HttpContext http, ListSchools handler, CancellationToken cancel) =>
        {
            var rows = await handler.HandleAsync(http.RequireActor(), unit, only, 1, SheetRows, cancel);
            return rows.IsOk ? Sheet(rows.Value) : rows.Problem!.ToPage();
        }).Allow(ConnectionActions.ReadTerritory);
    }

    public async Task<Result<RowsScreen>> HandleAsync(Actor actor, Guid? unit, string? only, int page, int size, CancellationToken cancel)
    {
        var found = await db.FindPlaceAsync(actor, unit ?? actor.Hat.UnitId, cancel);
        if (found is null || found.Place.Kind == "school"
            || !Decide.Allows(actor, ConnectionActions.ReadTerritory, [.. found.Place.Above.Prepend(found.Place.Id).Select(id => new Coordinate(Places.Territory, id))])) return Problem.NotFound;
        var code = only is not null && Conditions.ContainsKey(only) ? only : "all";
        var isCountry = found.Place.Kind == "country";
        var (rows, meaning) = await db.ReadAsync(actor, batch =>
        {
            if (isCountry) AddOfCountry(batch, code, size + 1, (page - 1) * size);
            else
                batch.Add($"""
                    select {FigureRows.School} from connection.schools
                     where territory_ids @> array[$1::uuid] and not is_closed and not is_demo and {Conditions[code]} order by lag desc, school_id limit $2 offset $3
                    """, found.Place.Id, size + 1, (page - 1) * size);
            batch.Add("select least_staff, use_days from connection.definitions");
        }, async (reader, token) =>
        {
            if (isCountry) await reader.NextResultAsync(token);
            return (await reader.ReadAllAsync(FigureRows.ReadSchool, token), await reader.ReadFirstAsync(FigureRows.ReadDefinitions, token));
        }, cancel);
        return new RowsScreen(found, code, [.. rows.Take(size)], page, rows.Count > size, meaning!);
    }

    // Every school is the country's: the index of laggards in its order, until the page is full. Left to itself the planner gathers all
    // forty thousand by the index of territories and sorts them.
    private static void AddOfCountry(NpgsqlBatch batch, string code, int limit, int offset)
    {
        batch.Add("select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)");
        batch.Add($"""
            select {FigureRows.School} from connection.schools
             where not is_closed and not is_demo and {Conditions[code]} order by lag desc, school_id limit $1 offset $2
            """, limit, offset);
    }

    private static IResult Sheet(RowsScreen rows)
    {
        var stream = new MemoryStream();
        SheetWriter.Write(stream, new Sheet(Texts.SheetSchools,
            [
                new(Texts.School, 40), new(Texts.Ogrn, 16), new(Texts.Connected, 14), new(Texts.Uses, 14), new(Texts.Administrators, 16), new(Texts.Classes, 10),
                new(Texts.Staff, 14), new(Texts.StaffCame, 14), new(Texts.Learners, 14), new(Texts.LastMark, 16),
            ],
            rows.Schools.Select(school => (IReadOnlyList<object?>)
            [
                school.Name, school.Ogrn, school.IsConnected ? Texts.Yes : Texts.No, school.IsUsed ? Texts.Yes : Texts.No, school.Administrators, school.Classes,
                SmallNumbers.Cell(school.Staff), school.Staff < SmallNumbers.Smallest ? null : SmallNumbers.Cell(school.StaffCame), SmallNumbers.Cell(school.Learners), school.LastMarkOn,
            ])));
        stream.Position = 0;
        return Results.File(stream, SheetWriter.MediaType, "connection.xlsx");
    }
}
