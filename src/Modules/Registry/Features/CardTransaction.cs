using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features;

/// <summary>Reading that leaves a trace: read, decide, audit, commit. What is refused leaves no "somebody looked".</summary>
internal static class CardTransaction
{
    /// <summary>Reads under the actor's scopes and audits the reading before the answer leaves.</summary>
    /// <param name="db">The door.</param>
    /// <param name="actor">Who reads.</param>
    /// <param name="read">Reads and decides; null is "no such thing, or not open".</param>
    /// <param name="audit">Adds the audit row of what was read.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public static async Task<Result<T>> ReadAuditedAsync<T>(
        this AppDb db, Actor actor, Func<AppTransaction, Task<T?>> read, Action<Npgsql.NpgsqlBatch, T> audit, CancellationToken cancel) where T : class
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await read(transaction) is not { } found) return Problem.NotFound;
        await transaction.RunAsync(batch => audit(batch, found), (_, _) => Task.FromResult(true), cancel);
        await transaction.CommitAsync(cancel);
        return found;
    }
}
