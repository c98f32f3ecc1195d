using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Movement;

/// <summary>
/// Declines papers that came by mistake or when there is no vacant place (273-ФЗ, ст. 67, ч. 4). The learner
/// stays gone from the sender until its administrator takes the order back or sends the papers elsewhere.
/// </summary>
internal sealed class DeclineTransfer(MovementBook book)
{
    private const int ShortestWhy = 3;
    private const int LongestWhy = 300;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/transfers/{id:guid}/decline", async (
            Guid id, [FromForm] string? why, HttpContext context, DeclineTransfer handler, AcceptTransfer page, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, why, cancel);
            return done.IsOk ? Results.Redirect("/school/movement") : await page.PageAsync(context.RequireActor(), id, null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMovement);

    /// <summary>Declines the papers with a reason, which the sender reads.</summary>
    public async Task<Result<bool>> HandleAsync(Actor actor, Guid id, string? why, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        var reason = (why ?? "").Trim();
        await using var transaction = await book.Db.BeginAsync(actor, cancel);
        var papers = await transaction.RunAsync(batch => batch.Add($"select {AcceptTransfer.Columns} where t.id = $2 for update of t", school, id),
            (reader, token) => reader.ReadFirstAsync(AcceptTransfer.ReadPapers, token), cancel);
        if (papers is not { IsIncoming: true }) return Problem.NotFound;
        if (papers.Settled is { } settled) return settled;
        if (reason.Length is < ShortestWhy or > LongestWhy) return new Problem("registry.decline-why", Texts.DeclineWhyOdd, "why");
        await transaction.RunAsync(batch =>
        {
            batch.Add("update registry.transfers set state = 'declined', settled_at = $2, declined_why = $3 where id = $1", id, book.Now, reason);
            MovementRows.AddHistory(batch, actor, book.Now, "transfers", papers.PersonId, school, new { id, State = "sent" }, new { id, State = "declined" }, reason);
            batch.AddAudit(actor, RegistryActions.ManageMovement, book.Now, school, papers.PersonId, $"decline papers {id}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
