using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Data;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features;

/// <summary>The form of an end: whose role, and what was typed.</summary>
internal sealed record EndMembershipScreen(Membership Membership, Person Person, string? EndsOn, string? Why, Problem? Refusal);

/// <summary>Ends a role: the person loses what it opened on the next request.</summary>
internal sealed class EndMembership(Administration administration)
{
    private const int MaxWhy = 300;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/staff/{id:guid}/end", (Guid id, HttpContext context, EndMembership handler, CancellationToken cancel) =>
            handler.ShowAsync(context.RequireActor(), id, null, null, null, cancel)).Allow(RegistryActions.ManageMemberships);
        routes.MapPost("/school/staff/{id:guid}/end", async (
            Guid id, [FromForm] string? endsOn, [FromForm] string? why, [FromForm] string? seen, HttpContext context, EndMembership handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, endsOn, why?.Trim(), seen, cancel);
            return done.IsOk ? Results.Redirect($"/staff/{done.Value}")
                : await handler.ShowAsync(context.RequireActor(), id, endsOn, why, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMemberships);
    }

    public async Task<IResult> ShowAsync(Actor actor, Guid id, string? endsOn, string? why, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        if (Administration.SchoolOf(actor, RegistryActions.ManageMemberships) is not { } school) return Problem.NotFound.ToPage();
        var db = administration.Context;
        db.ChangeTracker.Clear();
        await using var transaction = await administration.BeginAsync(actor, cancel);
        var found = await (from m in db.Memberships.AsNoTracking()
                           join p in db.People.AsNoTracking() on m.PersonId equals p.Id
                           where m.UnitId == school && m.Id == id
                           select new { m, p }).FirstOrDefaultAsync(cancel);
        return found is null ? Problem.NotFound.ToPage()
            : Page.Of<EndMembershipPage>(new { Data = new EndMembershipScreen(found.m, found.p, endsOn, why, refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Ends the role.</summary>
    /// <returns>The person who held it.</returns>
    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid id, string? endsOn, string? why, string? seen, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMemberships) is not { } school) return Problem.NotFound;
        if (why?.Length > MaxWhy) return new Problem("registry.why-too-long", Texts.WhyTooLong, "why");
        await using var transaction = await administration.BeginAsync(actor, cancel);
        var db = administration.Context;
        if (await db.Memberships.FirstOrDefaultAsync(m => m.UnitId == school && m.Id == id, cancel) is not { } membership) return Problem.NotFound;
        // The form says what it showed: an end set by somebody else meanwhile is not overwritten unseen.
        if (membership.EndsOn != DateField.Parse(seen)) return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        if (membership.PersonId == actor.PersonId) return new Problem("registry.own-role", Texts.OwnRole, null);
        var last = Administration.LastDay(endsOn, membership.StartsOn, actor.Today);
        if (!last.IsOk) return last.Problem!;
        var before = new { membership.EndsOn };
        membership.EndsOn = last.Value;
        administration.Remember(actor, "memberships", membership.Id, before, new { membership.EndsOn }, string.IsNullOrEmpty(why) ? null : why);
        return (await administration.CommitAsync(transaction, actor, RegistryActions.ManageMemberships, membership.PersonId, cancel))
            .Then(_ => (Result<Guid>)membership.PersonId);
    }
}
