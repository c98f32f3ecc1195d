using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Movement;

/// <summary>An order as the form sends it.</summary>
internal sealed record MovementRequest(
    string? Kind, string? OrderNo, string? OrderedOn, string? On, string? EndsOn, string? ToClass, string? Group, string? Reason, string? Note,
    string? ToSchool = null, string? ToPlace = null)
{
    /// <summary>The order with its dates read, or what is wrong with them.</summary>
    public Result<MovementOrder> Read()
    {
        if (DateField.Parse(OrderedOn) is not { Year: >= 2000 } ordered) return new Problem("registry.date-missing", Texts.DateMissing, "orderedOn");
        if (DateField.Parse(On) is not { Year: >= 2000 } on) return new Problem("registry.date-missing", Texts.DateMissing, "on");
        var ends = DateField.Parse(EndsOn);
        if (ends is null && !string.IsNullOrWhiteSpace(EndsOn) || ends is { Year: < 2000 or > 2100 }) return new Problem("registry.date-odd", Texts.DateOdd, "endsOn");
        return new MovementOrder(Kind ?? "", OrderNo?.Trim() ?? "", ordered, on, ends, Id(ToClass), Id(Group), Reason, Note);
    }

    public static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;
}

/// <summary>Records an order about somebody who learns at the school: another class or подгруппа, a transfer, a departure, a leave.</summary>
internal sealed class OrderMovement(MovementBook book)
{
    private const int MostPlace = 300;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/people/{id:guid}/movement", async (
            Guid id, [FromForm] string? kind, [FromForm] string? orderNo, [FromForm] string? orderedOn, [FromForm] string? on, [FromForm] string? endsOn,
            [FromForm] string? toClass, [FromForm] string? group, [FromForm] string? reason, [FromForm] string? note,
            [FromForm] string? toSchool, [FromForm] string? toPlace, HttpContext context, OrderMovement handler, ShowMovement show, CancellationToken cancel) =>
        {
            var request = new MovementRequest(kind, orderNo, orderedOn, on, endsOn, toClass, group, reason, note, toSchool, toPlace);
            var done = await handler.HandleAsync(context.RequireActor(), id, request, cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/movement") : await show.PageAsync(context.RequireActor(), id, request, null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMovement);

    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid personId, MovementRequest request, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        if (!MovementKinds.OfLearner.Contains(request.Kind ?? "")) return new Problem("registry.kind-unknown", Texts.ChooseMovement, "kind");
        var order = request.Read();
        return await MovementBook.RefusableAsync<Guid>(async () =>
        {
            await using var transaction = await book.Db.BeginAsync(actor, cancel);
            var learner = await transaction.RunAsync(batch =>
            {
                MovementRows.AddLock(batch, personId);
                MovementRows.AddStanding(batch, school, personId, order.IsOk ? order.Value.TakesEffectOn : actor.Today);
            }, async (reader, token) =>
            {
                await reader.NextResultAsync(token);
                return await MovementRows.ReadStandingAsync(reader, personId, actor.Today, token);
            }, cancel);
            // Whom the school never taught is unknown to it, whatever is wrong with the form.
            if (learner is null || learner.Standing.Enrolments.IsEmpty) return Problem.NotFound;
            if (!order.IsOk) return order.Problem!;
            var judged = MovementRules.Judge(order.Value, learner.Standing);
            if (!judged.IsOk) return judged.Problem!;
            var id = Ids.New();
            var transfer = order.Value.Kind == MovementKinds.TransferOut ? await SendAsync(transaction, school, id, learner, order.Value, judged.Value, request, cancel) : (Result<Guid>?)null;
            if (transfer is { IsOk: false } refused) return refused.Problem!;
            await book.EnterAsync(transaction, actor, id, learner, order.Value, judged.Value, transfer?.Value, cancel);
            await transaction.CommitAsync(cancel);
            return id;
        });
    }

    // The papers: a row that both schools see. A school outside the platform is named in words.
    private async Task<Result<Guid>> SendAsync(
        AppTransaction transaction, Guid school, Guid movementId, LearnerStanding learner, MovementOrder order, JudgedMovement judged, MovementRequest request, CancellationToken cancel)
    {
        var place = request.ToPlace?.Trim();
        var to = MovementRequest.Id(request.ToSchool);
        if (to is null && place is not { Length: > 1 and <= MostPlace }) return new Problem("registry.to-missing", Texts.ChooseToSchool, "toPlace");
        if (to == school) return new Problem("registry.to-same", Texts.TransferToSelf, "toSchool");
        if (to is not null)
        {
            var open = await transaction.RunAsync(
                batch => batch.Add("select closed_on is null or closed_on > $2 from registry.organisations where id = $1 and kind = 'school'", to.Value, order.TakesEffectOn),
                (reader, token) => reader.ReadFirstAsync(r => (bool?)r.GetBoolean(0), token), cancel);
            if (open is null) return new Problem("registry.to-missing", Texts.ChooseToSchool, "toSchool");
            if (open is false) return new Problem("registry.to-closed", Texts.ToSchoolClosed, "toSchool");
        }
        var of = learner.Standing.Classes.First(c => c.Id == judged.FromClassId);
        var id = Ids.New();
        await transaction.RunAsync(batch => batch.Add("""
            insert into registry.transfers (id, from_school_id, to_school_id, to_place, person_id, last_name, first_name, middle_name, birth_date, class_name, grade,
                   movement_id, last_day, state, sent_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'sent', $14)
            """, id, school, Maybe.Uuid(to), Maybe.Typed(to is null ? place : null), learner.PersonId, learner.LastName, learner.FirstName, learner.MiddleName,
            Maybe.Date(learner.BirthDate), of.Name, of.Grade, movementId, order.TakesEffectOn, book.Now), cancel);
        return id;
    }
}
