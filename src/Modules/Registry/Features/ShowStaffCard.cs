using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Pages;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>A role held at a school.</summary>
internal sealed record StaffRole(Guid Id, Guid SchoolId, string SchoolName, string Role, string? Position, DateOnly From, DateOnly? To, bool IsCurrent);

/// <summary>What colleagues and families may know of a member of staff: name, roles, what they teach.</summary>
internal sealed record StaffCard(
    Guid PersonId, PersonName Name, ImmutableArray<StaffRole> Roles, ImmutableArray<CardGroup> Groups, ImmutableArray<string> Leads, bool IsManaged)
{
    /// <summary>Whether the reader keeps the card's fields: the person works there today.</summary>
    public bool ManagesFields { get; init; }

    /// <summary>How many words of sources wait beside the card; for whoever keeps it.</summary>
    public int Proposals { get; init; }
}

/// <summary>Shows the card of a member of staff of the reader's own schools.</summary>
internal sealed class ShowStaffCard(AppDb db)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/staff/{id:guid}", async (Guid id, HttpContext context, ShowStaffCard handler, FormerIds former, CancellationToken cancel) =>
        {
            var card = await handler.HandleAsync(context.RequireActor(), id, cancel);
            if (!card.IsOk && await former.ResolveAsync(id, cancel) is { } now && (await handler.HandleAsync(context.RequireActor(), now, cancel)).IsOk)
                return Results.Redirect($"/staff/{now}");
            return card.IsOk ? Page.Of<StaffCardPage>(new { Data = card.Value }) : card.Problem!.ToPage();
        }).Allow(RegistryActions.ReadStaff);

    public async Task<Result<StaffCard>> HandleAsync(Actor actor, Guid personId, CancellationToken cancel)
    {
        // Only an administrator's reading asks what waits to be decided.
        var keeps = Administration.SchoolOf(actor, RegistryActions.CorrectFields) is not null;
        var card = await db.ReadAsync(actor, batch =>
        {
            Add(batch, personId, actor.Today);
            if (keeps) FieldProposal.AddRead(batch, personId);
        }, async (reader, token) =>
        {
            var read = await ReadAsync(reader, personId, actor.Today, token);
            return !keeps || read is null ? read : read with { Proposals = (await reader.ReadAllAsync(FieldProposal.Of, token)).Count };
        }, cancel);
        if (card is null) return Problem.NotFound;
        var roles = card.Roles.Where(role => Decide.Allows(actor, RegistryActions.ReadStaff, School(role))).ToImmutableArray();
        if (roles.IsEmpty) return Problem.NotFound;
        var isManaged = roles.Any(role => Decide.Allows(actor, RegistryActions.ManageMemberships, School(role)));
        return card with
        {
            Roles = isManaged ? roles : [.. roles.Where(role => role.IsCurrent)], IsManaged = isManaged,
            ManagesFields = roles.Any(role => role.IsCurrent && Decide.Allows(actor, RegistryActions.CorrectFields, School(role))),
        };
    }

    private static Coordinate School(StaffRole role) => new(Places.School, role.SchoolId);

    private static void Add(NpgsqlBatch batch, Guid personId, DateOnly today)
    {
        batch.Add("select last_name, first_name, middle_name from registry.people where id = $1", personId);
        batch.Add("""
            select m.id, m.unit_id, o.short_name, m.role, m.position, m.starts_on, m.ends_on
              from registry.memberships m join registry.organisations o on o.id = m.unit_id and o.kind = 'school'
             where m.person_id = $1 order by m.ends_on nulls first, m.starts_on desc
            """, personId);
        batch.Add("""
            select t.id, s.name, c.grade || c.letter || case t.name when '' then '' else ', ' || t.name end
              from registry.teaching_assignments a
              join registry.teaching_groups t on t.school_id = a.school_id and t.id = a.group_id
              join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
              join registry.subjects s on s.id = t.subject_id
             where a.person_id = $1 and a.starts_on <= $2 and (a.ends_on is null or a.ends_on >= $2)
             order by c.grade, c.letter, s.name
            """, personId, today);
        batch.Add("""
            select c.grade || c.letter from registry.class_leaders l join registry.classes c on c.school_id = l.school_id and c.id = l.class_id
             where l.person_id = $1 and l.starts_on <= $2 and (l.ends_on is null or l.ends_on >= $2) order by c.grade, c.letter
            """, personId, today);
    }

    private static async Task<StaffCard?> ReadAsync(NpgsqlDataReader reader, Guid personId, DateOnly today, CancellationToken cancel)
    {
        var name = await reader.ReadFirstAsync(r => (PersonName?)RegistryRows.Name(r, 0), cancel);
        var roles = await reader.ReadAllAsync(r => new StaffRole(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.Text(4), r.GetFieldValue<DateOnly>(5), r.Maybe<DateOnly>(6),
            r.GetFieldValue<DateOnly>(5) <= today && (r.IsDBNull(6) || r.GetFieldValue<DateOnly>(6) >= today)), cancel);
        var groups = await reader.ReadAllAsync(r => new CardGroup(r.GetGuid(0), r.GetString(1), r.GetString(2), ""), cancel);
        var leads = await reader.ReadAllAsync(r => r.GetString(0), cancel);
        return name is null ? null : new StaffCard(personId, name.Value, [.. roles], [.. groups], [.. leads], false);
    }
}
