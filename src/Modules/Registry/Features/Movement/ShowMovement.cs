using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Movement;

/// <summary>An order of the book.</summary>
internal sealed record MovementLine(
    Guid Id, Guid PersonId, string Name, string Kind, string OrderNo, DateOnly OrderedOn, DateOnly On, DateOnly? EndsOn, string? FromClass, string? ToClass,
    string? Subgroup, string? Reason, string? Note, string? OtherSchool, string? TransferState, DateTimeOffset RecordedAt, bool IsUndone);

/// <summary>A подгруппа to choose.</summary>
internal sealed record SubgroupChoice(Guid Id, string Subject, string Name);

/// <summary>A school to send papers to.</summary>
internal sealed record SchoolChoice(Guid Id, string Name, string Territory);

/// <summary>The orders about a learner and the form for one more.</summary>
internal sealed record MovementScreen(
    LearnerStanding Learner, ImmutableArray<MovementLine> Lines, ImmutableArray<SubgroupChoice> Subgroups, ImmutableArray<SchoolChoice> Schools,
    MovementRequest Typed, string? SchoolQuery, Problem? Refusal)
{
    public EnrolmentFact? Current => Learner.Standing.Enrolments.FirstOrDefault(e => e.HasDays && e.HoldsOn(Learner.Standing.Today));

    public ClassFact? CurrentClass => Current is { } now ? Learner.Standing.Classes.FirstOrDefault(c => c.Id == now.ClassId) : null;

    public LeaveFact? Leave => Learner.Standing.Leaves.FirstOrDefault(l => l.StartsOn <= Learner.Standing.Today && (l.EndsOn is null || l.EndsOn >= Learner.Standing.Today));
}

/// <summary>Shows a learner's movement to the administrator.</summary>
internal sealed class ShowMovement(AppDb db, IClock clock)
{
    private const int MostSchools = 20;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/people/{id:guid}/movement", (Guid id, string? kind, string? q, HttpContext context, ShowMovement handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var known = MovementKinds.OfLearner.Contains(kind ?? "") ? kind : MovementKinds.ClassChange;
            var typed = new MovementRequest(known, null, DateField.Show(actor.Today), DateField.Show(actor.Today), null, null, null, null, null);
            return handler.PageAsync(actor, id, typed, q, null, cancel);
        }).Allow(RegistryActions.ManageMovement);

    public async Task<IResult> PageAsync(Actor actor, Guid personId, MovementRequest typed, string? schoolQuery, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        var screen = await HandleAsync(actor, personId, typed, schoolQuery, cancel);
        return screen.IsOk ? Page.Of<LearnerMovementPage>(new { Data = screen.Value with { Refusal = refusal } }, refusal?.Status ?? 200) : screen.Problem!.ToPage();
    }

    public async Task<Result<MovementScreen>> HandleAsync(Actor actor, Guid personId, MovementRequest typed, string? schoolQuery, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        return await db.ReadAuditedAsync(actor, async transaction =>
        {
            var screen = await transaction.RunAsync(batch =>
            {
                MovementRows.AddStanding(batch, school, personId, actor.Today);
                AddLines(batch, "m.person_id = $2", school, personId);
                AddChoices(batch, school, personId, actor.Today, SearchWords.Of(schoolQuery));
            }, async (reader, token) => await ReadAsync(reader, personId, actor.Today, typed, schoolQuery, token), cancel);
            return screen is null || screen.Learner.Standing.Enrolments.IsEmpty ? null : screen;
        }, (batch, screen) => batch.AddAudit(actor, RegistryActions.ReadCard, clock.Now, school, personId), cancel);
    }

    /// <summary>Adds the lines of the book that a condition picks, newest first.</summary>
    public static void AddLines(NpgsqlBatch batch, string where, params ReadOnlySpan<object?> values) => batch.Add($"""
        select m.id, m.person_id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, m.kind, m.order_no, m.ordered_on, m.takes_effect_on, m.ends_on,
               f.grade || f.letter, t.grade || t.letter, g.name, m.reason, m.note,
               case m.kind when 'transfer-in' then s.short_name else coalesce(d.short_name, r.to_place) end, r.state, m.recorded_at, m.undone_at is not null
          from registry.movements m join registry.people p on p.id = m.person_id
          left join registry.classes f on f.school_id = m.school_id and f.id = m.from_class_id
          left join registry.classes t on t.school_id = m.school_id and t.id = m.to_class_id
          left join registry.teaching_groups g on g.school_id = m.school_id and g.id = m.group_id
          left join registry.transfers r on r.id = m.transfer_id
          left join registry.organisations s on s.id = r.from_school_id
          left join registry.organisations d on d.id = r.to_school_id
         where m.school_id = $1 and {where}
         order by m.takes_effect_on desc, m.recorded_at desc limit 2001
        """, values);

    public static MovementLine ReadLine(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2).Trim(), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.GetFieldValue<DateOnly>(6), r.Maybe<DateOnly>(7),
        r.Text(8), r.Text(9), r.Text(10), r.Text(11), r.Text(12), r.Text(13), r.Text(14), r.GetFieldValue<DateTimeOffset>(15), r.GetBoolean(16));

    private static void AddChoices(NpgsqlBatch batch, Guid school, Guid personId, DateOnly today, SearchWords words)
    {
        batch.Add("""
            select t.id, s.name, t.name from registry.enrolments e
              join registry.teaching_groups t on t.school_id = e.school_id and t.class_id = e.class_id and t.kind = 'subgroup'
              join registry.subjects s on s.id = t.subject_id
             where e.school_id = $1 and e.person_id = $2 and e.starts_on <= $3 and (e.ends_on is null or e.ends_on >= $3) order by s.name, t.name
            """, school, personId, today);
        batch.Add("""
            select o.id, o.short_name, coalesce(p.short_name, '') from registry.organisations o left join registry.organisations p on p.id = o.parent_id
             where o.kind = 'school' and o.id <> $1 and cardinality($2::text[]) > 0
               and (select bool_and(translate(lower(o.name || ' ' || o.short_name), 'ё', 'е') like '%' || w) from unnest($2) w)
             order by o.short_name limit $3
            """, school, words.Prefixes.ToArray(), MostSchools);
    }

    private static async Task<MovementScreen?> ReadAsync(
        NpgsqlDataReader reader, Guid personId, DateOnly today, MovementRequest typed, string? schoolQuery, CancellationToken cancel)
    {
        var learner = await MovementRows.ReadStandingAsync(reader, personId, today, cancel);
        var lines = await reader.ReadAllAsync(ReadLine, cancel);
        var groups = await reader.ReadAllAsync(r => new SubgroupChoice(r.GetGuid(0), r.GetString(1), r.GetString(2)), cancel);
        var schools = await reader.ReadAllAsync(r => new SchoolChoice(r.GetGuid(0), r.GetString(1), r.GetString(2)), cancel);
        return learner is null ? null : new MovementScreen(learner, [.. lines], [.. groups], [.. schools], typed, schoolQuery, null);
    }
}
