using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Movement;

/// <summary>Takes an order back while nothing was built on it. The order stays in the book, struck out.</summary>
internal sealed class UndoMovement(MovementBook book, IJournalRecords journal)
{
    /// <summary>An order as the undo needs it.</summary>
    private sealed record Entered(
        Guid PersonId, string Kind, string OrderNo, DateOnly On, Guid? FromClass, Guid? ToClass, Guid? TransferId, ImmutableArray<FactChange> Changes,
        DateTimeOffset RecordedAt, bool IsUndone, string? LaterOrder, short FromYear, short ToYear,
        string? TransferState, Guid? SentBy, Guid? SentAs);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/people/{id:guid}/movement/{movement:guid}/undo", async (
            Guid id, Guid movement, [FromForm] string? why, HttpContext context, UndoMovement handler, ShowMovement show, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var done = await handler.HandleAsync(actor, id, movement, why, cancel);
            var typed = new MovementRequest(MovementKinds.ClassChange, null, DateField.Show(actor.Today), DateField.Show(actor.Today), null, null, null, null, null);
            return done.IsOk ? Results.Redirect($"/people/{id}/movement") : await show.PageAsync(actor, id, typed, null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMovement);

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid personId, Guid movementId, string? why, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        if (why?.Length > 300) return new Problem("registry.why-too-long", Texts.WhyTooLong, "why");
        return await MovementBook.RefusableAsync<bool>(async () =>
        {
            await using var transaction = await book.Db.BeginAsync(actor, cancel);
            var entered = await FindAsync(transaction, school, personId, movementId, cancel);
            if (entered is null) return Problem.NotFound;
            if (await ObstacleAsync(transaction, school, entered, cancel) is { } obstacle) return obstacle;
            await WriteAsync(transaction, actor, school, movementId, entered, why, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        });
    }

    private static Task<Entered?> FindAsync(AppTransaction transaction, Guid school, Guid personId, Guid movementId, CancellationToken cancel) =>
        transaction.RunAsync(batch =>
        {
            MovementRows.AddLock(batch, personId);
            batch.Add("""
                select m.kind, m.order_no, m.takes_effect_on, m.from_class_id, m.to_class_id, m.transfer_id, m.changes::text, m.recorded_at, m.undone_at is not null,
                       (select l.order_no from registry.movements l where l.school_id = m.school_id and l.person_id = m.person_id and l.undone_at is null
                          and (l.recorded_at, l.id) > (m.recorded_at, m.id) order by l.recorded_at desc, l.id desc limit 1),
                       coalesce((select year from registry.classes where id = m.from_class_id), 0::smallint),
                       coalesce((select year from registry.classes where id = m.to_class_id), 0::smallint), t.state, t.from_school_id, t.movement_id
                  from registry.movements m left join registry.transfers t on t.id = m.transfer_id
                 where m.school_id = $1 and m.person_id = $2 and m.id = $3
                """, school, personId, movementId);
        }, async (reader, token) =>
        {
            await reader.NextResultAsync(token);
            return await reader.ReadFirstAsync(r => new Entered(
                personId, r.GetString(0), r.GetString(1), r.GetFieldValue<DateOnly>(2), r.Maybe<Guid>(3), r.Maybe<Guid>(4), r.Maybe<Guid>(5),
                MovementBook.ChangesOf(r.GetString(6)), r.GetFieldValue<DateTimeOffset>(7), r.GetBoolean(8), r.Text(9),
                r.GetInt16(10), r.GetInt16(11), r.Text(12), r.Maybe<Guid>(13), r.Maybe<Guid>(14)), token);
        }, cancel);

    private async Task<Problem?> ObstacleAsync(AppTransaction transaction, Guid school, Entered entered, CancellationToken cancel)
    {
        if (entered.IsUndone) return new("registry.already-undone", Texts.AlreadyUndone, null, 409);
        if (entered.LaterOrder is { } later) return new("registry.later-order", string.Format(Words.Russian, Texts.UndoLaterFirst, later), null, 409);
        if (entered is { Kind: MovementKinds.TransferOut, TransferState: "accepted" }) return new("registry.transfer-accepted", Texts.TransferAccepted, null, 409);
        var (stands, elsewhere, groups) = await transaction.RunAsync(batch =>
        {
            foreach (var change in entered.Changes) MovementRows.AddMoved(batch, school, entered.PersonId, change);
            batch.Add("select registry.moved_elsewhere_since($1, $2) or ($3 and registry.learns_elsewhere($1, $4))",
                entered.PersonId, entered.RecordedAt, MovementKinds.Departures.Contains(entered.Kind), entered.On.AddDays(1));
            batch.Add("select id from registry.teaching_groups where school_id = $1 and class_id = $2", school, entered.ToClass ?? Guid.Empty);
        }, async (reader, token) =>
        {
            var all = true;
            foreach (var _ in entered.Changes) all &= await reader.ReadFirstAsync(r => r.GetInt32(0), token) == 1;
            return (all, await reader.ReadFirstAsync(r => r.GetBoolean(0), token), await reader.ReadAllAsync(r => r.GetGuid(0), token));
        }, cancel);
        if (!stands) return new("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        if (elsewhere) return new("registry.learns-elsewhere", Texts.UndoLearnsElsewhere, null, 409);
        if (!entered.Changes.Any(c => c is { Table: "enrolments", IsNew: true })) return null;
        var (cells, _) = await journal.CountAsync(school, entered.ToYear, groups, entered.PersonId, entered.On, cancel);
        return cells > 0 ? new("registry.has-marks", string.Format(Words.Russian, Texts.UndoHasMarks, Words.Plural(cells, Texts.CountCells)), null, 409) : null;
    }

    private Task WriteAsync(AppTransaction transaction, Actor actor, Guid school, Guid movementId, Entered entered, string? why, CancellationToken cancel) =>
        transaction.RunAsync(batch =>
        {
            MovementRows.AddUndo(batch, school, entered.PersonId, entered.Changes);
            batch.Add("update registry.movements set undone_by = $3, undone_at = $4 where school_id = $1 and id = $2", school, movementId, actor.PersonId, book.Now);
            if (entered is { Kind: MovementKinds.TransferOut, TransferId: { } sent })
                batch.Add("update registry.transfers set state = 'cancelled', settled_at = $2 where id = $1 and state in ('sent', 'declined')", sent, book.Now);
            if (entered is { Kind: MovementKinds.TransferIn, TransferId: { } accepted, SentBy: { } sender, SentAs: { } paper })
            {
                batch.Add("update registry.transfers set state = 'sent', settled_at = null where id = $1 and state = 'accepted'", accepted);
                batch.AddEvent(new TransferSettled(Ids.New(), sender, paper, null, book.Now));
            }
            MovementRows.AddHistory(batch, actor, book.Now, "movements", entered.PersonId, school, new { movementId, entered.Kind, entered.OrderNo }, new { Undone = true }, why);
            foreach (var change in entered.Changes)
                MovementRows.AddHistory(batch, actor, book.Now, change.Table, entered.PersonId, school, new { change.Id, change.EndsOn },
                    new { change.Id, EndsOn = change.IsNew ? change.StartsOn.AddDays(-1) : change.EndedOn }, why);
            batch.AddAudit(actor, RegistryActions.ManageMovement, book.Now, school, entered.PersonId, $"undo {entered.Kind} {movementId}");
            if (entered.FromClass is not null)
                batch.AddEvent(new LearnerMoved(Ids.New(), school, entered.FromYear, movementId, entered.PersonId, null, book.Now));
        }, cancel);
}
