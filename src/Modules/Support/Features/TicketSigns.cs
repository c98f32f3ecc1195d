using System.Collections.Concurrent;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Support.Resources;

namespace MySchool.Support.Features;

/// <summary>
/// How many answers are unread and how many tickets wait for the actor's unit, beside their places in the navigation. Kept
/// for half a minute a person and forgotten at any deed of this node: the number costs a statement a person, not a page.
/// </summary>
internal sealed class TicketSigns(AppDb db, IClock clock) : INavSigns
{
    public const string Own = "/support";
    public const string Queue = "/support/queue";
    private const int MostKept = 20_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(Guid Person, Hat Hat), (DateTimeOffset At, IReadOnlyList<NavSign> Signs)> kept = new();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NavSign>> ReadAsync(Actor actor, CancellationToken cancel)
    {
        var key = (actor.PersonId, actor.Hat);
        if (kept.TryGetValue(key, out var known) && clock.Now - known.At is var age && age >= TimeSpan.Zero && age < Kept) return known.Signs;
        var mayHandle = Decide.CouldAllow(actor, SupportActions.Handle);
        var (unread, waiting) = await db.ReadAsync(actor, batch => batch.Add("""
            select count(*) filter (where author_id = kernel.person() and has_news), count(*) filter (where $1 and state in ('new', 'ours') and unit_id = any (kernel.scope('support_units')))
              from support.tickets where author_id = kernel.person() and has_news or $1 and state in ('new', 'ours') and unit_id = any (kernel.scope('support_units'))
            """, mayHandle), (reader, token) => reader.ReadFirstAsync(row => ((int)row.GetInt64(0), (int)row.GetInt64(1)), token), cancel);
        IReadOnlyList<NavSign> signs = [new NavSign(Own, Texts.NewAnswers, unread), new NavSign(Queue, Texts.QueueWaits, waiting)];
        if (kept.Count >= MostKept) kept.Clear();
        kept[key] = (clock.Now, signs);
        return signs;
    }

    /// <summary>Something has happened to some ticket.</summary>
    public void Forget() => kept.Clear();
}
