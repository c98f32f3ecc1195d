using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features.Classes;

/// <summary>A note as its form sends it.</summary>
/// <param name="Learner">About whom.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Text">In words.</param>
/// <param name="Key">The same form sent again is one note.</param>
internal sealed record TypedCare(
    [FromForm(Name = "learner")] Guid? Learner, [FromForm(Name = "kind")] string? Kind, [FromForm(Name = "text")] string? Text, [FromForm(Name = "key")] Guid? Key);

/// <summary>The class teacher writes down what was done for a learner, and may strike out what was written by mistake; both stay.</summary>
internal sealed class NoteCare(AppDb db, ShowRisks risks, IClock clock)
{
    public const int LongestText = 500;

    public static readonly IReadOnlyList<string> Kinds = ["talk", "family", "teacher", "specialist", "other"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/journal/classes/{classId:guid}/care", async (Guid classId, [AsParameters] TypedCare typed, HttpContext context, NoteCare handler, CancellationToken cancel) =>
        {
            var refusal = await handler.HandleAsync(context.RequireActor(), typed, cancel);
            return refusal is null ? Results.LocalRedirect($"/journal/classes/{classId}/risks?done=noted#l-{typed.Learner:N}")
                : await handler.risks.PageAsync(context.RequireActor(), classId, null, typed, refusal, cancel);
        }).Allow(HeadActions.NoteCare);
        routes.MapPost("/journal/classes/{classId:guid}/care/{note:guid}/strike", async (Guid classId, Guid note, HttpContext context, NoteCare handler, CancellationToken cancel) =>
        {
            var refusal = await handler.StrikeAsync(context.RequireActor(), note, cancel);
            return refusal is null ? Results.LocalRedirect($"/journal/classes/{classId}/risks?done=struck") : refusal.ToPage();
        }).Allow(HeadActions.NoteCare);
    }

    private readonly ShowRisks risks = risks;

    /// <summary>Writes the note; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, TypedCare typed, CancellationToken cancel)
    {
        if (typed.Learner is not { } learner || !Decide.Allows(actor, HeadActions.NoteCare, new Coordinate(Places.Person, learner))) return Problem.NotFound;
        var text = typed.Text?.Trim() ?? "";
        if (text.Length is < 1 or > LongestText) return new("journal.care-text", Texts.CareLength, "text");
        if (!Kinds.Contains(typed.Kind)) return new("journal.care-kind", Texts.CareKindUnknown, "kind");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.care_notes (school_year, school_id, id, learner_id, kind, text, at, by_person) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing
                """, SchoolYear.Of(actor.Today), actor.Hat.UnitId, typed.Key ?? Ids.New(), learner, typed.Kind!, text, clock.Now, actor.PersonId);
            batch.AddAudit(actor, HeadActions.NoteCare, clock.Now, actor.Hat.UnitId, learner, $"kind={typed.Kind}");
        }, cancel);
        return null;
    }

    /// <summary>Strikes one's own note out; null when done.</summary>
    public async Task<Problem?> StrikeAsync(Actor actor, Guid note, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var learner = await transaction.RunAsync(batch => batch.Add("""
            update journal.care_notes set struck_at = $4 where school_year = $1 and school_id = $2 and id = $3 and by_person = $5 and struck_at is null returning learner_id
            """, SchoolYear.Of(actor.Today), actor.Hat.UnitId, note, clock.Now, actor.PersonId), (reader, token) => reader.ReadFirstAsync(r => (Guid?)r.GetGuid(0), token), cancel);
        if (learner is null || !Decide.Allows(actor, HeadActions.NoteCare, new Coordinate(Places.Person, learner.Value))) return Problem.NotFound;
        await transaction.RunAsync(batch => batch.AddAudit(actor, HeadActions.NoteCare, clock.Now, actor.Hat.UnitId, learner, $"struck={note}"), cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }
}
