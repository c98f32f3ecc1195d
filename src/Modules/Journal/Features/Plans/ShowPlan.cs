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

namespace MySchool.Journal.Features.Plans;

/// <summary>A group that learns by a plan, laid over its lessons.</summary>
internal sealed record LaidGroup(Guid GroupId, string Title, PlanLayout Layout);

/// <summary>A plan on its page.</summary>
/// <param name="Plan">Head, lines, kinds.</param>
/// <param name="Owner">Whose it is; empty for one's own.</param>
/// <param name="Groups">Groups that learn by it, as far as they are the asker's to see.</param>
/// <param name="Chosen">The group whose days are shown.</param>
/// <param name="Free">The teacher's groups that might learn by it.</param>
/// <param name="Row">The line chosen.</param>
internal sealed record PlanView(OpenPlan Plan, string Owner, ImmutableArray<LaidGroup> Groups, LaidGroup? Chosen, ImmutableArray<TaughtGroup> Free, Guid? Row)
{
    public bool IsMine => Owner.Length == 0;

    /// <summary>Whether the groups shown are the asker's own to teach.</summary>
    public bool IsTaught { get; init; }

    /// <summary>Whether a change can be taken back.</summary>
    public bool HasStep { get; init; }

    public RowForm? Typed { get; init; }

    public Problem? Refusal { get; init; }

    public string? Done { get; init; }

    public DateOnly Today { get; init; }
}

/// <summary>A plan with the days its topics fall on in a group.</summary>
internal sealed class ShowPlan(AppDb db, IRegistry registry, TeacherNames names)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/plans/{id:guid}", async (Guid id, string? group, string? row, string? done, HttpContext context, ShowPlan handler, CancellationToken cancel) =>
            await handler.ShowAsync(context, id, FormIds.Read(group), FormIds.Read(row), null, null, cancel, done)).Allow(JournalActions.ReadPlans);

    /// <summary>The page, with what was typed and why it was refused.</summary>
    public async Task<IResult> ShowAsync(
        HttpContext context, Guid id, Guid? group, Guid? row, RowForm? typed, Problem? refusal, CancellationToken cancel, string? done = null)
    {
        if (refusal?.Status == 404) return refusal.ToPage();
        var view = await HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, id, group, row, cancel);
        return view.IsOk ? Page.Of<PlanPage>(new { Data = view.Value with { Typed = typed, Refusal = refusal, Done = done } }, refusal?.Status ?? 200) : view.Problem!.ToPage();
    }

    public async Task<Result<PlanView>> HandleAsync(Actor actor, PersonFacts facts, Guid id, Guid? group, Guid? row, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.ReadPlans, cancel) is not { } plan) return Problem.NotFound;
        var (attached, steps) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("select group_id from journal.plan_groups where school_id = $1 and plan_id = $2", plan.Head.SchoolId, id);
            batch.Add("select count(*)::int from journal.plan_history where school_id = $1 and plan_id = $2", plan.Head.SchoolId, id);
        }, async (reader, token) => (await reader.ReadAllAsync(r => r.GetGuid(0), token), await reader.ReadFirstAsync(r => r.GetInt32(0), token)), cancel);
        var titles = await TitlesAsync(actor, facts, attached, cancel);
        var laid = await db.ReadAsync(actor, batch => PlanBook.AddGroups(batch, plan.Head.SchoolYear, plan.Head.SchoolId, [.. titles.Keys]),
            (reader, token) => PlanBook.ReadGroupsAsync(reader, actor.Today, token), cancel);
        ImmutableArray<LaidGroup> groups = [.. titles.Where(title => laid.ContainsKey(title.Key)).Select(title => new LaidGroup(title.Key, title.Value, laid[title.Key].Layout)).OrderBy(line => line.Title, StringComparer.CurrentCulture)];
        var isMine = plan.Head.OwnerId == actor.PersonId && actor.Hat.Role == Roles.Teacher;
        var owner = isMine ? "" : (await names.OfAsync(actor, [plan.Head.OwnerId], cancel)).GetValueOrDefault(plan.Head.OwnerId) is { Length: > 0 } name ? name : "—";
        return new PlanView(plan, owner, groups, groups.FirstOrDefault(line => line.GroupId == group) ?? groups.FirstOrDefault(),
            [.. facts.Taught.Where(taught => taught.SchoolId == plan.Head.SchoolId && !attached.Contains(taught.GroupId))], row)
        { IsTaught = actor.Hat.Role == Roles.Teacher, HasStep = isMine && steps > 0, Today = actor.Today };
    }

    private async Task<IReadOnlyDictionary<Guid, string>> TitlesAsync(Actor actor, PersonFacts facts, List<Guid> attached, CancellationToken cancel)
    {
        if (attached.Count == 0) return ImmutableDictionary<Guid, string>.Empty;
        if (actor.Hat.Role == Roles.Teacher)
            return facts.Taught.Where(group => attached.Contains(group.GroupId)).ToDictionary(group => group.GroupId, group => group.ClassName);
        return (await registry.GetSchoolGroupsAsync(actor, actor.Hat.UnitId, cancel)).Where(group => attached.Contains(group.GroupId)).ToDictionary(group => group.GroupId, group => group.ClassName);
    }
}
