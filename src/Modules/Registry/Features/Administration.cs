using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Data;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>What every write of an administrator shares: the actor's scopes, the history row, the audit, the conflict told.</summary>
internal sealed class Administration(RegistryDb context, AppDb db, IClock clock)
{
    private const int MaxYearsAhead = 2;

    public RegistryDb Context => context;

    /// <summary>Begins a transaction in which row-level security knows the actor.</summary>
    public Task<IDbContextTransaction> BeginAsync(Actor actor, CancellationToken cancel) => db.BeginAsync(context, actor, cancel);

    /// <summary>Whether the person is or was on the staff, or is a guardian, of a school the actor administers; the policies ask the same.</summary>
    public Task<bool> IsAdultHereAsync(Guid personId, CancellationToken cancel) =>
        context.Database.SqlQuery<bool>($"select registry.is_adult_here({personId}) as \"Value\"").SingleAsync(cancel);

    /// <summary>The school the actor administers, when the action is theirs; null is "no such page".</summary>
    public static Guid? SchoolOf(Actor actor, AppAction action) =>
        Decide.Allows(actor, action, new Coordinate(Places.School, actor.Hat.UnitId)) ? actor.Hat.UnitId : null;

    /// <summary>Keeps the change beside the row, in the same transaction.</summary>
    public void Remember(Actor actor, string table, Guid rowId, object? before, object after, string? why) => context.History.Add(new HistoryRow
    {
        Id = Ids.New(),
        At = clock.Now,
        TableName = table,
        RowId = rowId,
        SchoolId = actor.Hat.UnitId,
        ActorId = actor.PersonId,
        OldRow = before is null ? null : JsonSerializer.Serialize(before, Json.Options),
        NewRow = JsonSerializer.Serialize(after, Json.Options),
        Why = why,
    });

    /// <summary>Saves, audits and commits; a change somebody made meanwhile or a rule of the database becomes a refusal.</summary>
    public async Task<Result<bool>> CommitAsync(
        IDbContextTransaction transaction, Actor actor, AppAction action, Guid subjectId, CancellationToken cancel)
    {
        try
        {
            await context.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        }
        catch (DbUpdateException refused) when (refused.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            return Problem.NotFound;
        }
        catch (DbUpdateException refused) when (refused.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return new Problem("registry.already-there", Texts.AlreadyThere, null, 409);
        }
        await using var batch = new NpgsqlBatch((NpgsqlConnection)context.Database.GetDbConnection(), (NpgsqlTransaction)transaction.GetDbTransaction());
        batch.AddAudit(actor, action, clock.Now, actor.Hat.UnitId, subjectId);
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>A date people may set: not before the school's records, not far ahead.</summary>
    public static Problem? CheckDate(DateOnly? date, DateOnly today, string field) =>
        date is null ? new Problem("registry.date-missing", Texts.DateMissing, field)
        : date.Value.Year < 2000 || date.Value > today.AddYears(MaxYearsAhead) ? new Problem("registry.date-odd", Texts.DateOdd, field)
        : null;

    /// <summary>The last day a fact holds. Without a date it ends at once: the day before is the last one, even when it began today.</summary>
    public static Result<DateOnly> LastDay(string? typed, DateOnly start, DateOnly today)
    {
        if (string.IsNullOrWhiteSpace(typed)) return today.AddDays(-1) < start ? start.AddDays(-1) : today.AddDays(-1);
        var end = DateField.Parse(typed);
        if (CheckDate(end, today, "endsOn") is { } problem) return problem;
        return end < start ? new Problem("registry.end-before-start", Texts.EndBeforeStart, "endsOn") : end!.Value;
    }
}
