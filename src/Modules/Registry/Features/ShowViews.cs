using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Somebody read or changed the person's data.</summary>
internal sealed record DataView(DateTimeOffset At, string? ActorName, string Role, string What);

/// <summary>«Кто смотрел данные» of one person, newest first.</summary>
internal sealed record DataViews(Guid PersonId, string Name, ImmutableArray<DataView> Views, int Page, bool HasMore);

/// <summary>Tells a learner or a guardian who looked at the data, by name and role.</summary>
internal sealed class ShowViews(AppDb db, IClock clock)
{
    private const int PageSize = 50;
    private const int LastPage = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/people/{id:guid}/views", async (Guid id, int? page, HttpContext context, ShowViews handler, CancellationToken cancel) =>
        {
            var zone = context.Features.Get<PersonFacts>()?.TimeZone ?? "Europe/Moscow";
            var views = await handler.HandleAsync(context.RequireActor(), id, zone, page ?? 1, cancel);
            return views.IsOk ? Page.Of<ViewsPage>(new { Data = views.Value }) : views.Problem!.ToPage();
        }).Allow(RegistryActions.ReadViews);

    public async Task<Result<DataViews>> HandleAsync(Actor actor, Guid personId, string timeZone, int page, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, RegistryActions.ReadViews, new Coordinate(Places.Person, personId))) return Problem.NotFound;
        page = Math.Clamp(page, 1, LastPage);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        return await db.ReadAsync(actor, batch => Add(batch, personId, page), async (reader, token) =>
        {
            var name = await reader.ReadFirstAsync(r => RegistryRows.Name(r, 0).Short, token);
            var rows = await reader.ReadAllAsync(r => new DataView(
                TimeZoneInfo.ConvertTime(r.GetFieldValue<DateTimeOffset>(0), zone), r.Text(3), r.GetString(1), What(r.GetString(2))), token);
            return name is null ? (Result<DataViews>)Problem.NotFound
                : new DataViews(personId, name, [.. rows.Take(PageSize)], page, rows.Count > PageSize && page < LastPage);
        }, cancel);
    }

    // A year back: the audit is kept by months, and older months are archived. Own reading is left out.
    private void Add(NpgsqlBatch batch, Guid personId, int page)
    {
        batch.Add("select last_name, first_name, middle_name from registry.people where id = $1", personId);
        batch.Add("""
            select a.at, a.role, a.action, coalesce(p.last_name || ' ' || p.first_name || ' ' || p.middle_name, o.name)
              from kernel.audit a left join registry.people p on p.id = a.actor_id
              left join registry.organisations o on a.role = 'outside-system' and o.id::text = left(a.detail, 36)
             where a.subject_id = $1 and a.at > $2 and a.actor_id <> (select kernel.person())
             order by a.at desc, a.id desc limit $3 offset $4
            """, personId, clock.Now.AddYears(-1), PageSize + 1, (page - 1) * PageSize);
    }

    private static string What(string action) =>
        Texts.ResourceManager.GetString("View_" + action, Words.Russian) ?? Texts.ViewOther;
}
