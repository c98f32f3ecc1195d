using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Data;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features;

/// <summary>Makes a teacher the class leader from a day on; the one before ends the day before.</summary>
internal sealed class SetClassLeader(Administration administration)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/classes/{id:guid}/leader", async (
            Guid id, [FromForm] string? personId, [FromForm] string? startsOn, [FromForm] string? seen,
            HttpContext context, SetClassLeader handler, ShowClass show, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var person = Guid.TryParse(personId, out var parsed) ? parsed : Guid.Empty;
            var done = await handler.HandleAsync(actor, id, person, startsOn, seen, cancel);
            return done.IsOk ? Results.Redirect($"/school/classes/{id}") : await show.PageAsync(actor, id, done.Problem, cancel);
        }).Allow(RegistryActions.ManageLeaders);

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid classId, Guid personId, string? startsOn, string? seen, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageLeaders) is not { } school) return Problem.NotFound;
        if (personId == Guid.Empty) return new Problem("registry.person-missing", Texts.ChooseTeacher, "personId");
        var starts = DateField.Parse(startsOn);
        if (Administration.CheckDate(starts, actor.Today, "startsOn") is { } odd) return odd;

        await using var transaction = await administration.BeginAsync(actor, cancel);
        var db = administration.Context;
        if (!await db.Classes.AnyAsync(c => c.SchoolId == school && c.Id == classId, cancel)) return Problem.NotFound;
        var isTeacher = await db.Memberships.AnyAsync(m => m.UnitId == school && m.PersonId == personId && m.Role == Roles.Teacher
            && m.StartsOn <= starts && (m.EndsOn == null || m.EndsOn >= starts), cancel);
        if (!isTeacher) return new Problem("registry.not-a-teacher", Texts.NotATeacher, "personId");
        var now = await db.ClassLeaders.Where(l => l.SchoolId == school && l.ClassId == classId && (l.EndsOn == null || l.EndsOn >= actor.Today))
            .OrderBy(l => l.StartsOn).ToListAsync(cancel);
        if (string.Join(',', now.Select(l => l.Id)) != (seen ?? "")) return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        if (now.Count == 1 && now[0].PersonId == personId && now[0].EndsOn is null && now[0].StartsOn <= starts) return true;

        foreach (var leader in now.Where(l => l.EndsOn is null || l.EndsOn >= starts)) End(actor, leader, starts!.Value);
        var added = new ClassLeader { SchoolId = school, Id = Ids.New(), ClassId = classId, PersonId = personId, StartsOn = starts!.Value };
        db.ClassLeaders.Add(added);
        administration.Remember(actor, "class_leaders", added.Id, null, added, null);
        return await administration.CommitAsync(transaction, actor, RegistryActions.ManageLeaders, personId, cancel);
    }

    private void End(Actor actor, ClassLeader leader, DateOnly nextStarts)
    {
        var before = new { leader.EndsOn };
        var lastDay = nextStarts.AddDays(-1);
        leader.EndsOn = lastDay < leader.StartsOn ? leader.StartsOn.AddDays(-1) : lastDay;
        administration.Remember(actor, "class_leaders", leader.Id, before, new { leader.EndsOn }, null);
    }
}
