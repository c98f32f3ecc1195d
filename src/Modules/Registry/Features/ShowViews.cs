using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Somebody read or changed the person's data.</summary>
/// <param name="At">When, in the reader's own zone.</param>
/// <param name="ActorName">Who; null when the reader may not know the name.</param>
/// <param name="Role">In which role.</param>
/// <param name="What">What was done.</param>
/// <param name="Purpose">What for.</param>
internal sealed record DataView(DateTimeOffset At, string? ActorName, string Role, string What, string Purpose);

/// <summary>«Кто видел данные» of one person over a period, newest first.</summary>
internal sealed record DataViews(Guid PersonId, string Name, ImmutableArray<DataView> Views, DateOnly From, DateOnly To, int Page, bool HasMore);

/// <summary>Tells a learner or a guardian who looked at the data: by name, role, deed and purpose. On a page and as a sheet.</summary>
internal sealed class ShowViews(AppDb db, IClock clock)
{
    private const int PageSize = 50;
    private const int LastPage = 200;
    private const int MostInSheet = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/people/{id:guid}/views", async (Guid id, string? from, string? to, int? page, HttpContext context, ShowViews handler, CancellationToken cancel) =>
        {
            var views = await handler.HandleAsync(context.RequireActor(), id, PeriodOf(context, from, to), page ?? 1, PageSize, cancel);
            return views.IsOk ? Page.Of<ViewsPage>(new { Data = views.Value }) : views.Problem!.ToPage();
        }).Allow(RegistryActions.ReadViews);
        routes.MapGet("/people/{id:guid}/views.xlsx", async (Guid id, string? from, string? to, HttpContext context, ShowViews handler, CancellationToken cancel) =>
        {
            var views = await handler.HandleAsync(context.RequireActor(), id, PeriodOf(context, from, to), 1, MostInSheet, cancel);
            return views.IsOk ? Results.File(ToSheet(views.Value), SheetWriter.MediaType, Texts.ViewsFile) : views.Problem!.ToPage();
        }).Allow(RegistryActions.ReadViews);
    }

    public async Task<Result<DataViews>> HandleAsync(Actor actor, Guid personId, Period period, int page, int size, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, RegistryActions.ReadViews, new Coordinate(Places.Person, personId))) return Problem.NotFound;
        page = Math.Clamp(page, 1, LastPage);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(period.TimeZone);
        // The audit is kept by months, and months older than a year are archived.
        var to = period.To ?? clock.TodayIn(period.TimeZone);
        var from = period.From ?? to.AddDays(-30);
        return await db.ReadAsync(actor, batch => Add(batch, personId, Midnight(from, zone), Midnight(to.AddDays(1), zone), page, size), async (reader, token) =>
        {
            var name = await reader.ReadFirstAsync(r => RegistryRows.Name(r, 0).Short, token);
            var rows = await reader.ReadAllAsync(r => new DataView(
                TimeZoneInfo.ConvertTime(r.GetFieldValue<DateTimeOffset>(0), zone), r.Text(3)?.Trim(), r.GetString(1), What(r.GetString(2)), Purpose(r.GetString(1))), token);
            return name is null ? (Result<DataViews>)Problem.NotFound
                : new DataViews(personId, name, [.. rows.Take(size)], from, to, page, rows.Count > size && page < LastPage);
        }, cancel);
    }

    // By audit_subject. Own reading is left out.
    private static void Add(NpgsqlBatch batch, Guid personId, DateTimeOffset from, DateTimeOffset to, int page, int size)
    {
        batch.Add("select last_name, first_name, middle_name from registry.people where id = $1", personId);
        batch.Add("""
            select a.at, a.role, a.action, coalesce(p.last_name || ' ' || p.first_name || ' ' || p.middle_name, o.name)
              from kernel.audit a left join registry.people p on p.id = a.actor_id
              left join registry.organisations o on a.role = 'outside-system' and o.id::text = left(a.detail, 36)
             where a.subject_id = $1 and a.at >= $2 and a.at < $3 and a.actor_id <> (select kernel.person())
             order by a.at desc, a.id desc limit $4 offset $5
            """, personId, from, to, size + 1, (page - 1) * size);
    }

    private static Period PeriodOf(HttpContext context, string? from, string? to) =>
        new(DateIn(from), DateIn(to), TimeZones.OrCapital(context.Features.Get<PersonFacts>()?.TimeZone));

    private static DateOnly? DateIn(string? text) => DateField.Parse(text) is { Year: > 2000 and < 2100 } date ? date : null;

    private static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static string What(string action) => new DeedWords().Say(action);

    // What a role may look at a child's data for is fixed by law or by consent; nobody has a purpose of their own.
    private static string Purpose(string role) => role switch
    {
        Roles.Guardian => Texts.PurposeGuardian,
        Roles.Learner => Texts.PurposeLearner,
        Roles.OutsideSystem => Texts.PurposeSystem,
        Roles.SupportVisitor => Texts.PurposeSupport,
        Roles.Teacher or Roles.Deputy or Roles.Head or Roles.Psychologist => Texts.PurposeTeaching,
        _ => Texts.PurposeOffice,
    };

    private static byte[] ToSheet(DataViews views)
    {
        using var file = new MemoryStream();
        SheetWriter.Write(file, new Sheet(Texts.WhoLooked,
            [new(Texts.ViewDay, 12), new(Texts.ViewTime, 10), new(Texts.FullNameOf, 36), new(Texts.ViewRole, 24), new(Texts.ViewDeed, 36), new(Texts.ViewPurpose, 60)],
            views.Views.Select(IReadOnlyList<object?> (view) =>
                [DateOnly.FromDateTime(view.At.DateTime), view.At.ToString("HH:mm", Words.Russian), view.ActorName ?? Texts.NameHidden, Words.Role(view.Role), view.What, view.Purpose])));
        return file.ToArray();
    }
}

/// <summary>Days asked for, both included, and the zone they are days of. A missing end is today, a missing beginning thirty days before it.</summary>
internal sealed record Period(DateOnly? From, DateOnly? To, string TimeZone);

/// <summary>Deeds of the audit in words, for this page and for whoever else shows them.</summary>
internal sealed class DeedWords : IDeedWords
{
    public string Say(string action) => Texts.ResourceManager.GetString("View_" + action, Words.Russian) ?? Texts.ViewOther;
}
