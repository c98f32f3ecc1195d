using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features.Rollover;

/// <summary>The plan of the next year beside the present one.</summary>
internal sealed record RolloverScreen(
    PresentYear Now, RolloverRow? Row, ImmutableArray<TeacherLine> Teachers, IReadOnlyList<string> Obstacles, ImmutableArray<PresentLearner> Found, string? Query, Problem? Refusal)
{
    /// <summary>How many come into each class of the new year.</summary>
    public IReadOnlyDictionary<Guid, int> Coming => Row is null ? new Dictionary<Guid, int>()
        : RolloverRules.Placements(Row.Plan, Now).Values.OfType<Guid>().CountBy(id => id).ToDictionary();

    public int Leaving => Row is null ? 0 : RolloverRules.Placements(Row.Plan, Now).Values.Count(to => to is null);
}

/// <summary>Begins, shows and edits the plan of the next academic year; it is kept for as many days as it takes.</summary>
internal sealed class PlanYear(AppDb db, IClock clock)
{
    private const int MostFound = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/year", (string? q, HttpContext context, PlanYear handler, CancellationToken cancel) =>
            handler.PageAsync(context.RequireActor(), q, null, cancel)).Allow(RegistryActions.ManageYear);
        routes.MapPost("/school/year/start", async (HttpContext context, PlanYear handler, CancellationToken cancel) =>
        {
            var done = await handler.StartAsync(context.RequireActor(), cancel);
            return done.IsOk ? Results.Redirect("/school/year") : await handler.PageAsync(context.RequireActor(), null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageYear);
        routes.MapPost("/school/year/change", async (
            [FromForm] int? version, [FromForm] string? what, [FromForm] string? target, [FromForm] string? to, [FromForm] short? grade, [FromForm] string? letter,
            [FromForm] short? shift, [FromForm] string? leader, [FromForm] string? starts, [FromForm] string? ends, [FromForm] string? copiesGroups,
            [FromForm] string? copiesTeachers, [FromForm] StringValues termStarts, [FromForm] StringValues termEnds,
            HttpContext context, PlanYear handler, CancellationToken cancel) =>
        {
            var terms = termStarts.Zip(termEnds, (from, till) => (DateField.Parse(from), DateField.Parse(till))).ToImmutableArray();
            var change = new RolloverChange(what, MovementRequest.Id(target), to, grade, letter, shift, MovementRequest.Id(leader), DateField.Parse(starts),
                DateField.Parse(ends), copiesGroups == "true", copiesTeachers == "true", terms);
            var done = await handler.ChangeAsync(context.RequireActor(), version ?? 0, change, cancel);
            return done.IsOk ? Results.Redirect("/school/year") : await handler.PageAsync(context.RequireActor(), null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageYear);
    }

    public async Task<IResult> PageAsync(Actor actor, string? query, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        var screen = await ShowAsync(actor, query, cancel);
        return screen.IsOk ? Page.Of<RolloverPage>(new { Data = screen.Value with { Refusal = refusal } }, refusal?.Status ?? 200) : screen.Problem!.ToPage();
    }

    public async Task<Result<RolloverScreen>> ShowAsync(Actor actor, string? query, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageYear) is not { } school) return Problem.NotFound;
        return await db.ReadAuditedAsync(actor, async transaction =>
        {
            var (now, row) = await RolloverRows.ReadAsync(transaction, school, actor.Today, false, cancel);
            if (now is null) return null;
            var teachers = await transaction.RunAsync(batch => batch.Add("""
                select distinct p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name as name from registry.memberships m join registry.people p on p.id = m.person_id
                 where m.unit_id = $1 and m.role = 'teacher' and (m.ends_on is null or m.ends_on >= $2) order by name
                """, school, actor.Today), (reader, token) => reader.ReadAllAsync(r => new TeacherLine(r.GetGuid(0), r.GetString(1).Trim()), token), cancel);
            var typed = SearchWords.Fold(query?.Trim() ?? "");
            var found = typed.Length < 2 ? [] : now.Learners.Where(l => SearchWords.Fold(l.Name).StartsWith(typed, StringComparison.Ordinal)).Take(MostFound).ToImmutableArray();
            return new RolloverScreen(now, row, [.. teachers], row is { State: "draft" } ? RolloverRules.Obstacles(row.Plan, now) : [], found, query, null);
        }, (batch, _) => batch.AddAudit(actor, RegistryActions.ManageYear, clock.Now, school, null, "look"), cancel);
    }

    /// <summary>Begins the plan; one already begun stays as it is.</summary>
    public async Task<Result<RolloverPlan>> StartAsync(Actor actor, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageYear) is not { } school) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var (now, row) = await RolloverRows.ReadAsync(transaction, school, actor.Today, true, cancel);
        if (now is null) return new Problem("registry.no-year", Texts.NoYear);
        if (row is not null) return row.Plan;
        if (now.NextYearExists) return new Problem("registry.year-exists", Texts.YearExists, null, 409);
        var plan = RolloverRules.Draft(now);
        await transaction.RunAsync(batch =>
        {
            var id = Ids.New();
            batch.Add("insert into registry.rollovers (school_id, id, from_year, state, plan, changed_by, changed_at) values ($1, $2, $3, 'draft', $4, $5, $6)",
                school, id, now.Year, MovementRows.Document(plan), actor.PersonId, clock.Now);
            MovementRows.AddHistory(batch, actor, clock.Now, "rollovers", id, school, null, new { now.Year }, null);
            batch.AddAudit(actor, RegistryActions.ManageYear, clock.Now, school, null, $"start {id}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return plan;
    }

    /// <summary>Makes one edit over the version that was seen; a colleague's newer one is not overwritten.</summary>
    public async Task<Result<RolloverPlan>> ChangeAsync(Actor actor, int version, RolloverChange change, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageYear) is not { } school) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var (now, row) = await RolloverRows.ReadAsync(transaction, school, actor.Today, true, cancel);
        if (now is null || row is null) return Problem.NotFound;
        if (row.State != "draft") return new Problem("registry.year-applied", Texts.YearApplied, null, 409);
        if (row.Version != version) return Conflict(row);
        if (change.What == "learner" && now.Learners.All(l => l.PersonId != change.Target)) return Problem.NotFound;
        if (change.Leader is { } leader && !await IsTeacherAsync(transaction, school, leader, actor.Today, cancel)) return new Problem("registry.not-a-teacher", Texts.NotATeacher, "leader");
        var changed = change.Apply(row.Plan);
        if (!changed.IsOk) return changed;
        await transaction.RunAsync(batch =>
        {
            batch.Add("update registry.rollovers set plan = $3, version = version + 1, changed_by = $4, changed_at = $5 where school_id = $1 and id = $2",
                school, row.Id, MovementRows.Document(changed.Value), actor.PersonId, clock.Now);
            MovementRows.AddHistory(batch, actor, clock.Now, "rollovers", row.Id, school, row.Plan, changed.Value, change.What);
            batch.AddAudit(actor, RegistryActions.ManageYear, clock.Now, school, null, $"{change.What} {row.Id}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return changed;
    }

    public static Problem Conflict(RolloverRow row) => new("registry.plan-changed",
        string.Format(Words.Russian, Texts.PlanChanged, row.ChangedBy, row.ChangedAt.ToString("d MMMM", Words.Russian)), null, 409);

    private static Task<bool> IsTeacherAsync(AppTransaction transaction, Guid school, Guid person, DateOnly today, CancellationToken cancel) => transaction.RunAsync(
        batch => batch.Add("select exists (select from registry.memberships where unit_id = $1 and person_id = $2 and role = 'teacher' and (ends_on is null or ends_on >= $3))", school, person, today),
        (reader, token) => reader.ReadFirstAsync(r => r.GetBoolean(0), token), cancel);
}
