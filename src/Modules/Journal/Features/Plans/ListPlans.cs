using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features.Plans;

/// <summary>A plan in a list.</summary>
internal sealed record PlanLine(PlanHead Head, int Hours, int Topics, string Owner);

/// <summary>A group of the teacher with its plan, or without.</summary>
internal sealed record PlannedGroup(TaughtGroup Group, PlanHead? Plan, PlanProgress? Progress);

/// <summary>A teacher's plans.</summary>
internal sealed record PlanList(ImmutableArray<PlannedGroup> Groups, ImmutableArray<PlanLine> Own, ImmutableArray<PlanLine> Others, string? Done);

/// <summary>A group of the school with its plan.</summary>
internal sealed record SchoolGroupPlan(SchoolGroup Group, Guid? PlanId, PlanProgress? Progress);

/// <summary>Plan against fact over the school, the worst first.</summary>
internal sealed record SchoolProgress(ImmutableArray<SchoolGroupPlan> Groups, string Kind);

/// <summary>Plans of a teacher with how far each group is; for head and deputies, every group by its lag.</summary>
internal sealed class ListPlans(AppDb db, IRegistry registry, TeacherNames names, IClock clock)
{
    private const int MostOthers = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans", async (string? done, HttpContext context, ListPlans handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            if (actor.Hat.Role is Roles.Head or Roles.Deputy or Roles.SupportVisitor) return Results.Redirect("/plans/progress");
            return Page.Of<PlansPage>(new { Data = await handler.HandleAsync(actor, context.Features.Get<PersonFacts>()!, done, cancel) });
        }).Allow(JournalActions.ReadPlans);
        routes.MapGet("/plans/progress", async (string? show, HttpContext context, ListPlans handler, CancellationToken cancel) =>
        {
            var progress = await handler.OfSchoolAsync(context.RequireActor(), show ?? "", cancel);
            return progress.IsOk ? Page.Of<PlanProgressPage>(new { Data = progress.Value }) : progress.Problem!.ToPage();
        }).Allow(JournalActions.ReadProgress);
    }

    public async Task<PlanList> HandleAsync(Actor actor, PersonFacts facts, string? done, CancellationToken cancel)
    {
        var today = clock.TodayIn(facts.TimeZone);
        var (school, year) = (actor.Hat.UnitId, SchoolYear.Of(today));
        var taught = facts.Taught.Where(group => group.SchoolId == school).ToList();
        var (plans, groups) = await db.ReadAsync(actor, batch =>
        {
            AddPlans(batch, school, actor.PersonId);
            PlanBook.AddGroups(batch, year, school, [.. taught.Select(group => group.GroupId)]);
        }, async (reader, token) => (await ReadPlansAsync(reader, token), await PlanBook.ReadGroupsAsync(reader, today, token)), cancel);
        var owners = await names.OfAsync(actor, [.. plans.Select(plan => plan.Head.OwnerId).Where(id => id != actor.PersonId).Distinct()], cancel);
        var heads = plans.ToDictionary(plan => plan.Head.Id, plan => plan.Head);
        return new(
            [.. taught.Select(group => groups.GetValueOrDefault(group.GroupId) is { } plan
                    ? new PlannedGroup(group, heads.GetValueOrDefault(plan.PlanId), plan.Layout.Progress) : new PlannedGroup(group, null, null))
                .OrderByDescending(line => line.Progress?.Short).ThenByDescending(line => line.Progress?.Lag)],
            [.. plans.Where(plan => plan.Head.OwnerId == actor.PersonId)],
            [.. plans.Where(plan => plan.Head.OwnerId != actor.PersonId && taught.Exists(group => group.SubjectName == plan.Head.SubjectName)).Select(plan => plan with { Owner = owners.GetValueOrDefault(plan.Head.OwnerId, "") })], done);
    }

    private static void AddPlans(NpgsqlBatch batch, Guid school, Guid owner) => batch.Add($"""
        select {PlanHead.Columns}, coalesce(sum(r.hours), 0)::int, (count(*) filter (where not r.is_section))::int
          from journal.plans p left join journal.plan_rows r on r.school_id = p.school_id and r.plan_id = p.id
         where p.school_id = $1
         group by p.school_id, p.id order by p.owner_id <> $2, p.school_year desc, p.subject_name, p.grade, p.title limit {MostOthers}
        """, school, owner);

    private static Task<List<PlanLine>> ReadPlansAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        reader.ReadAllAsync(r => new PlanLine(PlanHead.Read(r), r.GetInt32(8), r.GetInt32(9), ""), cancel);

    /// <summary>Every group of the school: behind first, then those without a plan.</summary>
    public async Task<Result<SchoolProgress>> OfSchoolAsync(Actor actor, string show, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.ReadProgress, new Coordinate(Places.School, school))) return Problem.NotFound;
        var groups = await registry.GetSchoolGroupsAsync(actor, school, cancel);
        var laid = await db.ReadAsync(actor, batch => PlanBook.AddGroups(batch, SchoolYear.Of(actor.Today), school, [.. groups.Select(group => group.GroupId)]),
            (reader, token) => PlanBook.ReadGroupsAsync(reader, actor.Today, token), cancel);
        return new SchoolProgress([.. groups.Select(group => laid.GetValueOrDefault(group.GroupId) is { } plan
                ? new SchoolGroupPlan(group, plan.PlanId, plan.Layout.Progress) : new SchoolGroupPlan(group, null, null))
            .OrderByDescending(line => line.Progress?.Lag ?? -1).ThenByDescending(line => line.Progress?.Short ?? 0)], show);
    }
}
