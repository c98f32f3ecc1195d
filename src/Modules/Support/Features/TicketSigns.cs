using System.Collections.Frozen;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Support.Resources;

namespace MySchool.Support.Features;

/// <summary>
/// How many answers are unread and how many tickets wait for the actor's units, beside their places in the navigation. Few are
/// unread and few wait at any time, so a node counts them for everybody at once, twice a minute, and a page costs no trip.
/// </summary>
internal sealed class TicketSigns(WorkerDb db, IClock clock) : INavSigns, IDisposable
{
    public const string Own = "/support";
    public const string Queue = "/support/queue";
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim turn = new(1);
    private Counts? kept;
    private int deeds;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NavSign>> ReadAsync(Actor actor, CancellationToken cancel)
    {
        var counts = Fresh ?? await CountAsync(cancel);
        var waiting = Decide.CouldAllow(actor, SupportActions.Handle)
            ? actor.Ties.Where(tie => Decide.Allows(actor, SupportActions.Handle, tie.Target)).Select(tie => tie.Target.Id).Distinct().Sum(unit => counts.Waiting.GetValueOrDefault(unit)) : 0;
        return [new NavSign(Own, Texts.NewAnswers, counts.Unread.GetValueOrDefault(actor.PersonId)), new NavSign(Queue, Texts.QueueWaits, waiting)];
    }

    /// <summary>Something has happened to some ticket.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref deeds);
        Volatile.Write(ref kept, null);
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private Counts? Fresh => Volatile.Read(ref kept) is { } counts && clock.Now - counts.At is var age && age >= TimeSpan.Zero && age < Kept ? counts : null;

    private async Task<Counts> CountAsync(CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (Fresh is { } counted) return counted;
            var before = Volatile.Read(ref deeds);
            var counts = await ReadAsync(cancel);
            // What was counted while something happened serves this page and no other.
            if (Volatile.Read(ref deeds) == before) Volatile.Write(ref kept, counts);
            return counts;
        }
        finally
        {
            turn.Release();
        }
    }

    // Two partial indexes that hold nothing else: tickets_unread and tickets_waiting.
    private async Task<Counts> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.Add("select author_id, count(*)::int from support.tickets where has_news and author_id is not null group by author_id");
        batch.Add("select unit_id, count(*)::int from support.tickets where state in ('new', 'ours') group by unit_id");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var unread = await reader.ReadAllAsync(row => (Whose: row.GetGuid(0), Count: row.GetInt32(1)), cancel);
        var waiting = await reader.ReadAllAsync(row => (Whose: row.GetGuid(0), Count: row.GetInt32(1)), cancel);
        return new(clock.Now, unread.ToFrozenDictionary(one => one.Whose, one => one.Count), waiting.ToFrozenDictionary(one => one.Whose, one => one.Count));
    }

    private sealed record Counts(DateTimeOffset At, FrozenDictionary<Guid, int> Unread, FrozenDictionary<Guid, int> Waiting);
}
