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
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>The school's card.</summary>
internal sealed record SchoolDetails(string Name, string ShortName, string? Oktmo, string? Inn, string? Ogrn, string? Address, string TimeZone, string? ParentName);

/// <summary>One bell of a shift.</summary>
internal sealed record Bell(short Shift, short Number, TimeOnly From, TimeOnly To);

/// <summary>A class in the list; learners and leaders only for those who may know them.</summary>
internal sealed record ClassLine(Guid Id, short Grade, string Letter, short Shift, int Learners, string Leaders);

/// <summary>A member of staff in the list.</summary>
internal sealed record StaffLine(Guid PersonId, string Name, ImmutableArray<string> Roles);

/// <summary>The page of a school.</summary>
internal sealed record SchoolScreen(
    Guid SchoolId, SchoolDetails School, ImmutableArray<TermFacts> Terms, ImmutableArray<Bell> Bells, ImmutableArray<ClassLine> Classes,
    ImmutableArray<StaffLine> Staff, string Filter, int Page, bool HasMore, bool ShowsPeople, bool Manages)
{
    /// <summary>Прибыло since the academic year began.</summary>
    public int Arrived { get; init; }

    /// <summary>Выбыло since the academic year began.</summary>
    public int Left { get; init; }
}

/// <summary>Shows the school of the role worn to those who run it.</summary>
internal sealed class ShowSchool(AppDb db)
{
    private const int PageSize = 50;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/school", async (string? staff, int? page, HttpContext context, ShowSchool handler, CancellationToken cancel) =>
        {
            var screen = await handler.HandleAsync(context.RequireActor(), staff, page ?? 1, cancel);
            return screen.IsOk ? Page.Of<SchoolPage>(new { Data = screen.Value }) : screen.Problem!.ToPage();
        }).Allow(RegistryActions.ReadSchool);

    public async Task<Result<SchoolScreen>> HandleAsync(Actor actor, string? filter, int page, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        var place = new Coordinate(Places.School, school);
        if (!Decide.Allows(actor, RegistryActions.ReadSchool, place)) return Problem.NotFound;
        var showsPeople = Decide.Allows(actor, RegistryActions.ListStaff, place);
        var words = SearchWords.Of(filter);
        page = Math.Clamp(page, 1, 100);
        var screen = await db.ReadAsync(actor, batch =>
        {
            AddSchool(batch, school, actor.Today, showsPeople);
            if (showsPeople) AddStaff(batch, school, actor.Today, words, page);
        }, (reader, token) => ReadAsync(reader, school, showsPeople, token), cancel);
        if (screen is null) return Problem.NotFound;
        return screen with
        {
            Staff = [.. screen.Staff.Take(PageSize)],
            HasMore = screen.Staff.Length > PageSize,
            Filter = words.Typed,
            Page = page,
            Manages = Decide.Allows(actor, RegistryActions.ManageMemberships, place),
        };
    }

    private static void AddSchool(NpgsqlBatch batch, Guid school, DateOnly today, bool showsPeople)
    {
        batch.Add("""
            select o.name, o.short_name, o.oktmo, o.inn, o.ogrn, o.address, o.time_zone, p.short_name
              from registry.organisations o left join registry.organisations p on p.id = o.parent_id where o.id = $1
            """, school);
        batch.Add("""
            select t.id, t.number, t.name, t.starts_on, t.ends_on from registry.terms t
              join registry.academic_years y on y.school_id = t.school_id and y.year = t.year and $2 between y.starts_on and y.ends_on
             where t.school_id = $1 order by t.number
            """, school, today);
        batch.Add("select shift, number, starts_at, ends_at from registry.bells where school_id = $1 order by shift, number", school);
        batch.Add("""
            select c.id, c.grade, c.letter, c.shift,
                   case when $3 then (select count(*)::int from registry.enrolments e
                     where e.school_id = $1 and e.class_id = c.id and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2)) else 0 end,
                   case when $3 then coalesce((select string_agg(p.last_name || ' ' || p.first_name || ' ' || p.middle_name, ', ' order by p.last_name)
                     from registry.class_leaders l join registry.people p on p.id = l.person_id
                    where l.school_id = $1 and l.class_id = c.id and l.starts_on <= $2 and (l.ends_on is null or l.ends_on >= $2)), '') else '' end
              from registry.classes c
              join registry.academic_years y on y.school_id = c.school_id and y.year = c.year and $2 between y.starts_on and y.ends_on
             where c.school_id = $1 order by c.grade, c.letter
            """, school, today, showsPeople);
        batch.Add("""
            select (count(*) filter (where m.kind in ('enrolment', 'transfer-in')))::int, (count(*) filter (where m.kind in ('leaving', 'transfer-out')))::int
              from registry.movements m join registry.academic_years y on y.school_id = m.school_id and $2 between y.starts_on and y.ends_on
             where m.school_id = $1 and m.undone_at is null and m.takes_effect_on between y.starts_on and $2
            """, school, today);
    }

    private static void AddStaff(NpgsqlBatch batch, Guid school, DateOnly today, SearchWords words, int page) => batch.Add("""
        select p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, array_agg(distinct m.role)
          from registry.memberships m join registry.people p on p.id = m.person_id
         where m.unit_id = $1 and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)
           and coalesce((select bool_and(translate(lower(p.last_name), 'ё', 'е') like w or translate(lower(p.first_name), 'ё', 'е') like w
                                      or translate(lower(p.middle_name), 'ё', 'е') like w) from unnest($3) w), true)
         group by p.id, p.last_name, p.first_name, p.middle_name
         order by p.last_name, p.first_name, p.middle_name limit $4 offset $5
        """, school, today, words.Prefixes.ToArray(), PageSize + 1, (page - 1) * PageSize);

    private static async Task<SchoolScreen?> ReadAsync(NpgsqlDataReader reader, Guid school, bool showsPeople, CancellationToken cancel)
    {
        var details = await reader.ReadFirstAsync(r => new SchoolDetails(
            r.GetString(0), r.GetString(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), r.GetString(6), r.Text(7)), cancel);
        var terms = await reader.ReadAllAsync(r => RegistryRows.Term(r, 0), cancel);
        var bells = await reader.ReadAllAsync(r => new Bell(
            r.GetInt16(0), r.GetInt16(1), r.GetFieldValue<TimeOnly>(2), r.GetFieldValue<TimeOnly>(3)), cancel);
        var classes = await reader.ReadAllAsync(r => new ClassLine(
            r.GetGuid(0), r.GetInt16(1), r.GetString(2), r.GetInt16(3), r.GetInt32(4), r.GetString(5)), cancel);
        var (arrived, left) = await reader.ReadFirstAsync(r => (r.GetInt32(0), r.GetInt32(1)), cancel);
        var staff = !showsPeople ? [] : await reader.ReadAllAsync(r => new StaffLine(
            r.GetGuid(0), r.GetString(1).Trim(), [.. r.GetFieldValue<string[]>(2)]), cancel);
        return details is null ? null : new SchoolScreen(
            school, details, [.. terms], [.. bells], [.. classes], [.. staff], "", 1, false, showsPeople, false)
        { Arrived = arrived, Left = left };
    }
}
