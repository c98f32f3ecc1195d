using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Copies;

/// <summary>How a copy stands.</summary>
internal enum CopyState
{
    /// <summary>Asked for, and nobody is at work on it yet.</summary>
    Asked,

    /// <summary>Being made.</summary>
    Making,

    /// <summary>May be downloaded.</summary>
    Ready,

    /// <summary>Its three days have passed, or it was dropped.</summary>
    Gone,
}

/// <summary>A copy as whoever asked for it sees it.</summary>
internal sealed record Copy(Guid Id, Guid SubjectId, CopyState State, DateTimeOffset AskedAt, DateTimeOffset? ReadyUntil);

/// <summary>A person's copies, under their own row-level scopes: asks, lists, takes, drops.</summary>
internal sealed class CopyBook(AppDb db, CopySeal seal, IClock clock)
{
    // A copy whose days have passed is gone at once, whenever the job comes to sweep it away.
    private const string Row = "id, subject_id, case when state = 'ready' and ready_until <= $2 then 'gone' else state end, asked_at, ready_until";

    /// <summary>The newest copies first, at most fifty.</summary>
    public Task<List<Copy>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add($"select {Row} from access.copies where asker_id = $1 order by asked_at desc, id desc limit 50", actor.PersonId, clock.Now),
        (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);

    /// <summary>Asks for a copy; the event that wakes the maker commits with it.</summary>
    /// <returns>False when one is already being made for the person, or kept of the subject.</returns>
    public async Task<bool> AskAsync(Actor actor, Guid subject, CancellationToken cancel)
    {
        var (id, now) = (Ids.New(), clock.Now);
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                // The job may not have swept it away yet, and it must not stand in the way of a new one.
                batch.Add("update access.copies set state = 'gone' where asker_id = $1 and state = 'ready' and ready_until <= $2", actor.PersonId, now);
                batch.Add("insert into access.copies (id, subject_id, asker_id, state, asked_at) values ($1, $2, $3, 'asked', $4)", id, subject, actor.PersonId, now);
                batch.AddAudit(actor, AccessActions.AskCopy, now, null, subject, id.ToString());
                batch.AddEvent(new Features.CopyAsked(Ids.New(), null, now, id));
            }, cancel);
            return true;
        }
        catch (PostgresException open) when (open.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    /// <summary>A ready copy of the actor's own, or null.</summary>
    public Task<Copy?> FindReadyAsync(Actor actor, Guid id, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add($"select {Row} from access.copies where id = $1 and state = 'ready' and ready_until > $2", id, clock.Now),
        (reader, stop) => reader.ReadFirstAsync(Read, stop), cancel);

    /// <summary>Names and open contents of a copy's files.</summary>
    public Task<List<(string Name, byte[] File)>> OpenAsync(Actor actor, Guid id, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add("select name, sealed from access.copy_files where copy_id = $1 order by name = 'index.html' desc, name", id),
        (reader, stop) => reader.ReadAllAsync(row => (row.GetString(0), seal.Open(id, row.GetString(0), row.GetFieldValue<byte[]>(1))), stop), cancel);

    /// <summary>Drops a copy with its files, made or not; again is as good as once.</summary>
    /// <returns>False when the actor has asked for no such copy.</returns>
    public async Task<bool> DropAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        var copy = await db.ReadAsync(actor, batch => batch.Add($"select {Row} from access.copies where id = $1", id, clock.Now),
            (reader, stop) => reader.ReadFirstAsync(Read, stop), cancel);
        if (copy is null) return false;
        await db.WriteAsync(actor, batch =>
        {
            // In this order: files are seen while their copy is ready. Those of one being made go with the maker's next look.
            batch.Add("delete from access.copy_files where copy_id = $1", id);
            batch.Add("update access.copies set state = 'gone' where id = $1 and state <> 'gone'", id);
            batch.AddAudit(actor, AccessActions.DropCopy, clock.Now, null, copy.SubjectId, id.ToString());
        }, cancel);
        return true;
    }

    private static Copy Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), Enum.Parse<CopyState>(row.GetString(2), ignoreCase: true), row.GetFieldValue<DateTimeOffset>(3), row.Maybe<DateTimeOffset>(4));
}
