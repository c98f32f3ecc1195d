using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Plans;

/// <summary>Head of a plan as a form sends it.</summary>
internal sealed record PlanForm(
    [FromForm(Name = "subject")] string? Subject, [FromForm(Name = "grade")] string? Grade, [FromForm(Name = "title")] string? Title, [FromForm(Name = "start")] string? Start,
    [FromForm(Name = "for")] string? ForText, [FromForm(Name = "key")] string? Key)
{
    /// <summary>The group it is begun for.</summary>
    public Guid? For => FormIds.Read(ForText);
}

/// <summary>The page of a new plan.</summary>
internal sealed record NewPlan(IReadOnlyList<TaughtGroup> Groups, PlanForm? Typed, Problem? Refusal);

/// <summary>Begins, names, attaches and removes plans.</summary>
internal sealed class ManagePlan(AppDb db, IRegistry registry, IClock clock)
{
    private const int MostPlans = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans/new", (string? group, HttpContext context) => New(context, group is null ? null : new(null, null, null, null, group, null), null)).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/new", async ([AsParameters] PlanForm form, HttpContext context, ManagePlan handler, CancellationToken cancel) =>
        {
            var made = await handler.AddAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, form, cancel);
            if (!made.IsOk) return New(context, form, made.Problem);
            return Results.LocalRedirect(form.Start is "file" or "copy" or "programme" ? $"/plans/{made.Value}/fill#{form.Start}" : $"/plans/{made.Value}");
        }).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/name", async (Guid id, [FromForm] string? title, HttpContext context, ManagePlan handler, ShowPlan show, CancellationToken cancel) =>
            await handler.RenameAsync(context.RequireActor(), id, title, cancel) is { } refusal
                ? await show.ShowAsync(context, id, null, null, null, refusal, cancel) : Results.LocalRedirect($"/plans/{id}?done=named")).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/remove", async (Guid id, HttpContext context, ManagePlan handler, ShowPlan show, CancellationToken cancel) =>
            await handler.RemoveAsync(context.RequireActor(), id, cancel) is { } refusal
                ? await show.ShowAsync(context, id, null, null, null, refusal, cancel) : Results.LocalRedirect("/plans?done=removed")).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/groups", async (Guid id, [FromForm] string? with, [FromForm] string? without, HttpContext context, ManagePlan handler, ShowPlan show, CancellationToken cancel) =>
            await handler.AttachAsync(context.RequireActor(), id, FormIds.Read(with), FormIds.Read(without), cancel) is { } refusal
                ? await show.ShowAsync(context, id, null, null, null, refusal, cancel) : Results.LocalRedirect($"/plans/{id}?group={with}&done={(with is null ? "detached" : "attached")}")).Allow(JournalActions.AttachPlan);
    }

    private static IResult New(HttpContext context, PlanForm? typed, Problem? refusal) =>
        Page.Of<NewPlanPage>(new { Data = new NewPlan(context.Features.Get<PersonFacts>()!.Taught, typed, refusal) }, refusal?.Status ?? 200);

    /// <summary>Begins a plan, for a group at once when one is named: then subject and grade are the group's.</summary>
    public async Task<Result<Guid>> AddAsync(Actor actor, PersonFacts facts, PlanForm form, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.EditPlan, new Coordinate(Places.School, school))) return Problem.NotFound;
        GroupRoster? group = null;
        if (form.For is { } of && (group = await JournalAccess.FindGroupAsync(registry, actor, of, JournalActions.AttachPlan, cancel)) is null) return Problem.NotFound;
        var subject = group?.SubjectName ?? form.Subject?.Trim() ?? "";
        if (subject.Length is 0 or > 120) return new Problem("journal.plan-subject", Texts.PlanSubjectWanted, "subject");
        var grade = group?.Grade ?? (short.TryParse(form.Grade, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : (short)0);
        if (grade is < 1 or > 12) return new Problem("journal.plan-grade", Texts.PlanGradeWanted, "grade");
        var title = form.Title?.Trim() is { Length: > 0 } named ? named : string.Format(Words.Russian, Texts.PlanTitleOf, subject, grade);
        if (title.Length > 200) return new Problem("journal.plan-name", Texts.PlanNameLength, "title");
        // The same form sent twice is one plan: its key becomes the plan's id.
        var id = FormIds.Read(form.Key) is { } key && key != Guid.Empty ? key : Ids.New();
        var year = SchoolYear.Of(clock.TodayIn(facts.TimeZone));
        var made = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.plans (school_id, id, owner_id, school_year, subject_name, grade, title, changed_at)
                select $1, $2, $3, $4, $5, $6, $7, $8 where (select count(*) from journal.plans where owner_id = $3 and school_id = $1) < $9
                on conflict (school_id, id) do update set version = plans.version where plans.owner_id = $3 returning true
                """, school, id, actor.PersonId, year, subject, grade, title, clock.Now, MostPlans);
            if (group is not null)
                batch.Add("""
                    insert into journal.plan_groups (school_year, school_id, group_id, plan_id) select $1, $2, $3, id from journal.plans where school_id = $2 and id = $4 and owner_id = $5
                    on conflict (school_id, group_id) do update set plan_id = excluded.plan_id
                    """, group.SchoolYear, school, group.GroupId, id, actor.PersonId);
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, school, null, $"plan={id} new");
        }, (reader, token) => reader.ReadFirstAsync(r => r.GetBoolean(0), token), cancel);
        return made ? id : new Problem("journal.plans-many", string.Format(Words.Russian, Texts.PlansMany, MostPlans));
    }

    public async Task<Problem?> RenameAsync(Actor actor, Guid id, string? title, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound;
        if (title?.Trim() is not { Length: > 0 and <= 200 } name) return new("journal.plan-name", Texts.PlanNameLength, "name");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("update journal.plans set title = $3, changed_at = $4 where school_id = $1 and id = $2", plan.Head.SchoolId, id, name, clock.Now);
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, plan.Head.SchoolId, null, $"plan={id} name");
        }, cancel);
        return null;
    }

    /// <summary>Removes a plan of which no lesson has given anything.</summary>
    public async Task<Problem?> RemoveAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound;
        if (plan.Given.Count > 0) return new("journal.plan-in-use", Texts.PlanInUse);
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("delete from journal.plans where school_id = $1 and id = $2", plan.Head.SchoolId, id);
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, plan.Head.SchoolId, null, $"plan={id} removed");
        }, cancel);
        return null;
    }

    /// <summary>Lets a group learn by a plan of the school, one's own or a colleague's, or by none.</summary>
    public async Task<Problem?> AttachAsync(Actor actor, Guid id, Guid? with, Guid? without, CancellationToken cancel)
    {
        if ((with ?? without) is not { } groupId || await PlanAccess.FindAsync(db, actor, id, JournalActions.ReadPlans, cancel) is not { } plan) return Problem.NotFound;
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.AttachPlan, cancel) is not { } group || group.SchoolId != plan.Head.SchoolId) return Problem.NotFound;
        if (with is not null && group.SchoolYear != plan.Head.SchoolYear) return new("journal.plan-of-another-year", Texts.PlanOfAnotherYear);
        await db.WriteAsync(actor, batch =>
        {
            if (with is not null)
                batch.Add("""
                    insert into journal.plan_groups (school_year, school_id, group_id, plan_id) values ($1, $2, $3, $4)
                    on conflict (school_id, group_id) do update set plan_id = excluded.plan_id
                    """, group.SchoolYear, group.SchoolId, groupId, id);
            else batch.Add("delete from journal.plan_groups where school_id = $1 and group_id = $2 and plan_id = $3", group.SchoolId, groupId, id);
            batch.AddAudit(actor, JournalActions.AttachPlan, clock.Now, group.SchoolId, null, $"plan={id} group={groupId} {(with is null ? "off" : "on")}");
        }, cancel);
        return null;
    }
}
