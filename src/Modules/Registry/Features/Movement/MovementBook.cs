using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Movement;

/// <summary>Enters judged orders into the book of movement: facts, order, history, audit and event in one transaction.</summary>
internal sealed class MovementBook(AppDb db, IClock clock)
{
    public AppDb Db => db;

    public DateTimeOffset Now => clock.Now;

    /// <summary>Writes an order. The transaction is the caller's to commit.</summary>
    public async Task EnterAsync(
        AppTransaction transaction, Actor actor, Guid id, LearnerStanding learner, MovementOrder order, JudgedMovement judged, Guid? transferId, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        await transaction.RunAsync(batch =>
        {
            MovementRows.AddChanges(batch, school, learner.PersonId, order.OrderNo.Trim(), judged.Changes);
            batch.Add("""
                insert into registry.movements (school_id, id, person_id, kind, order_no, ordered_on, takes_effect_on, ends_on, from_class_id, to_class_id,
                       group_id, reason, note, transfer_id, changes, recorded_by, recorded_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                """, school, id, learner.PersonId, order.Kind, order.OrderNo.Trim(), order.OrderedOn, order.TakesEffectOn, Maybe.Date(order.EndsOn),
                Maybe.Uuid(judged.FromClassId), Maybe.Uuid(judged.ToClassId), Maybe.Uuid(order.GroupId), Maybe.Typed(order.Reason),
                Maybe.Typed(order.Note), Maybe.Uuid(transferId), MovementRows.Document(judged.Changes), actor.PersonId, clock.Now);
            foreach (var change in judged.Changes)
                MovementRows.AddHistory(batch, actor, clock.Now, change.Table, learner.PersonId, school,
                    change.IsNew ? null : new { change.Id, EndsOn = change.EndedOn }, new { change.Id, change.ClassId, change.StartsOn, change.EndsOn }, order.OrderNo);
            MovementRows.AddHistory(batch, actor, clock.Now, "movements", learner.PersonId, school, null, order, order.Note);
            batch.AddAudit(actor, RegistryActions.ManageMovement, clock.Now, school, learner.PersonId, $"{order.Kind} {id}");
        }, cancel);
        if (LeftEnrolment(judged) is { } left)
        {
            var happened = await LeftAsync(transaction, school, id, learner, judged.FromClassId!.Value, left, MovementKinds.Departures.Contains(order.Kind), cancel);
            await transaction.RunAsync(batch => batch.AddEvent(happened), cancel);
        }
    }

    /// <summary>Commits; what the second wall or a rule of the database refuses becomes a refusal.</summary>
    public static async Task<Result<T>> RefusableAsync<T>(Func<Task<Result<T>>> write)
    {
        try
        {
            return await write();
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return Problem.NotFound;
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation)
        {
            return new Problem("registry.already-there", Texts.AlreadyThere, null, 409);
        }
    }

    /// <summary>The facts an order changed, as it kept them.</summary>
    public static ImmutableArray<FactChange> ChangesOf(string document) => JsonSerializer.Deserialize<ImmutableArray<FactChange>>(document, Json.Options);

    /// <summary>The enrolment that an order ended, when it ended one.</summary>
    public static FactChange? LeftEnrolment(JudgedMovement judged) =>
        judged.Changes.FirstOrDefault(c => c is { Table: "enrolments", IsNew: false } && c.ClassId == judged.FromClassId);

    private async Task<LearnerMoved> LeftAsync(
        AppTransaction transaction, Guid school, Guid movementId, LearnerStanding learner, Guid classId, FactChange left, bool leavesSchool, CancellationToken cancel)
    {
        var of = learner.Standing.Classes.First(c => c.Id == classId);
        var last = left.EndsOn!.Value;
        return await transaction.RunAsync(batch =>
        {
            batch.Add("""
                select t.id, s.name, coalesce(m.starts_on, $4), least(coalesce(m.ends_on, $5), $5)
                  from registry.teaching_groups t join registry.subjects s on s.id = t.subject_id
                  left join registry.group_members m on m.school_id = $1 and m.group_id = t.id and m.person_id = $3 and m.ends_on >= m.starts_on
                 where t.school_id = $1 and t.class_id = $2 and (t.kind = 'class' or m.person_id is not null)
                   and coalesce(m.starts_on, $4) <= least(coalesce(m.ends_on, $5), $5)
                 order by s.name
                """, school, classId, learner.PersonId, left.StartsOn, last);
            batch.Add("select id, number, name, starts_on, ends_on from registry.terms where school_id = $1 and year = $2 order by number", school, of.Year);
        }, async (reader, token) =>
        {
            var groups = await reader.ReadAllAsync(r => new LeftGroup(r.GetGuid(0), r.GetString(1), r.GetFieldValue<DateOnly>(2), r.GetFieldValue<DateOnly>(3)), token);
            var terms = await reader.ReadAllAsync(r => RegistryRows.Term(r, 0), token);
            return new LearnerMoved(Ids.New(), school, of.Year, movementId, learner.PersonId,
                new LeftClass(learner.FullName, learner.SchoolName, of.Name, last, leavesSchool, [.. groups], [.. terms]), clock.Now);
        }, cancel);
    }
}
