using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>The "done" tick that a learner or a guardian puts at homework. Repeating it changes nothing.</summary>
internal sealed class TickHomework(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/diary/{learnerId:guid}/homework/{homeworkId:guid}", async (
            Guid learnerId, Guid homeworkId, [FromForm] bool? done, [FromForm] string? back, HttpContext context, TickHomework handler, CancellationToken cancel) =>
        {
            var learners = context.Features.Get<PersonFacts>()?.Learners ?? [];
            var learner = learners.FirstOrDefault(l => l.PersonId == learnerId);
            var result = learner is null ? Problem.NotFound : await handler.HandleAsync(context.RequireActor(), learner, homeworkId, done == true, cancel);
            if (!result.IsOk) return result.Problem!.ToPage();
            return context.Request.Headers.Accept.ToString().Contains("json", StringComparison.Ordinal)
                ? Results.Json(new { done = result.Value }, Json.Options)
                : Results.LocalRedirect(back is ['/', not ('/' or '\\'), ..] ? back : $"/diary?learner={learnerId}");
        }).Allow(JournalActions.TickHomework);

    public async Task<Result<bool>> HandleAsync(Actor actor, LearnerFacts learner, Guid homeworkId, bool isDone, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, JournalActions.TickHomework, new Coordinate(Places.Person, learner.PersonId))) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var group = await transaction.RunAsync(
            batch => batch.Add($"select h.group_id from journal.homework h where h.school_year = $1 and h.school_id = $2 and h.id = $3 and {DiaryRows.IsFor("$4")}",
                learner.SchoolYear, learner.SchoolId, homeworkId, learner.PersonId),
            (reader, token) => reader.ReadFirstAsync(r => (Guid?)r.GetGuid(0), token), cancel);
        if (group is null || learner.Groups.All(g => g.GroupId != group)) return Problem.NotFound;
        await transaction.RunAsync(batch =>
        {
            if (isDone)
                batch.Add("""
                    insert into journal.homework_done (school_year, school_id, homework_id, learner_id, done_at) values ($1, $2, $3, $4, $5)
                    on conflict do nothing
                    """, learner.SchoolYear, learner.SchoolId, homeworkId, learner.PersonId, clock.Now);
            else
                batch.Add("delete from journal.homework_done where school_year = $1 and school_id = $2 and homework_id = $3 and learner_id = $4",
                    learner.SchoolYear, learner.SchoolId, homeworkId, learner.PersonId);
            batch.AddAudit(actor, JournalActions.TickHomework, clock.Now, learner.SchoolId, learner.PersonId, isDone ? "done" : "undone");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return isDone;
    }
}
