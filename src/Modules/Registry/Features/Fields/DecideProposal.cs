using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Fields;

/// <summary>Decides on the word of a weaker source: the card takes it, or keeps what it has and is not asked again.</summary>
internal sealed class DecideProposal(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/people/{id:guid}/fields/proposals/{proposal:guid}", async (
            Guid id, Guid proposal, [FromForm] string? decision, HttpContext context, DecideProposal handler, ShowFields show, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, proposal, decision == "accept", cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/fields?done={done.Value}") : await show.PageAsync(context, id, null, null, done.Problem, cancel);
        }).Allow(RegistryActions.CorrectFields);

    /// <summary>Decides; a second decision finds nothing to decide.</summary>
    /// <returns><c>applied</c> or <c>refused</c>.</returns>
    public async Task<Result<string>> HandleAsync(Actor actor, Guid personId, Guid proposalId, bool isAccepted, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await FieldCard.OpenAsync(transaction, actor, RegistryActions.CorrectFields, personId, true, cancel) is not { } card) return Problem.NotFound;
        var open = await transaction.RunAsync(batch => FieldProposal.AddRead(batch, personId), (reader, token) => reader.ReadAllAsync(FieldProposal.Of, token), cancel);
        if (open.Find(one => one.Id == proposalId) is not { } proposal) return new Problem("registry.proposal-gone", Texts.ProposalGone, null, 409);
        if (isAccepted && !proposal.CanBeAccepted) return new Problem("registry.proposal-own", Texts.ProposalOwn, null, 409);
        await transaction.RunAsync(batch =>
        {
            batch.Add("update registry.field_proposals set state = $3, decided_by = $4, decided_at = $5 where person_id = $1 and id = $2 and state = 'open'",
                personId, proposalId, isAccepted ? "accepted" : "refused", actor.PersonId, clock.Now);
            if (isAccepted)
                PersonFields.AddSet(batch, personId, new() { [proposal.Field] = proposal.Value },
                    new ChangeSource(proposal.Source, clock.Now, "accept") { By = actor.PersonId, School = card.SchoolId });
            batch.AddAudit(actor, RegistryActions.CorrectFields, clock.Now, card.SchoolId, personId, $"{proposal.Field} of {proposal.Source} {(isAccepted ? "accepted" : "refused")}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return isAccepted ? "applied" : "refused";
    }
}
