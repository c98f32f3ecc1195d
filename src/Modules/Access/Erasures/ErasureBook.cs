using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Erasures;

/// <summary>Requests under the scopes of whoever asks, represents or answers.</summary>
internal sealed class ErasureBook(AppDb db, IClock clock)
{
    internal const string Columns = "id, number, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by, decided_name, decided_role, decided_at, reason, done_at, decided_by, again_at, again_waits";

    internal const string LinesOf = "select module, rule, fate, rows, law, until, done_at from access.erasure_lines where erasure_id = $1 and rows > 0 order by done_at nulls last, module, rule";

    /// <summary>Of the person and of children they represent, and what they have asked for themself; newest first.</summary>
    public Task<List<Erasure>> ListOwnAsync(Actor actor, IEnumerable<Guid> subjects, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add($"select {Columns} from access.erasures where asker_id = $1 or subject_id = any($2) order by asked_at desc, id desc limit 50", actor.PersonId, subjects.ToArray()),
        (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);

    /// <summary>Those that a unit answers: waiting first by their day, then the newest of the others.</summary>
    public Task<List<Erasure>> ListForAsync(Actor actor, Guid unit, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add($"select {Columns} from access.erasures where unit_id = $1 order by state <> 'asked', case when state = 'asked' then answer_by end, asked_at desc limit 200", unit),
        (reader, stop) => reader.ReadAllAsync(Read, stop), cancel);

    public Task<Erasure?> FindAsync(Actor actor, Guid id, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add($"select {Columns} from access.erasures where id = $1", id), (reader, stop) => reader.ReadFirstAsync(Read, stop), cancel);

    /// <summary>Asks. Nobody is asked twice about one person.</summary>
    /// <returns>The request, or null when one is open.</returns>
    public async Task<Guid?> AskAsync(Actor actor, Guid subject, PersonHome home, CancellationToken cancel)
    {
        var (id, now) = (Ids.New(), clock.Now);
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                batch.Add("insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by) values ($1, $2, $3, $4, $5, $6, 'asked', $7, $8)",
                    id, subject, actor.PersonId, home.UnitId, home.Name, home.TimeZone, now, ErasureRules.AnswerBy(clock.TodayIn(home.TimeZone)));
                batch.AddAudit(actor, AccessActions.AskErasure, now, null, subject, id.ToString());
            }, cancel);
            return id;
        }
        catch (PostgresException open) when (open.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>Takes a request back while nobody has decided; the audit row goes with it.</summary>
    public Task<bool> TakeBackAsync(Actor actor, Erasure erasure, CancellationToken cancel) => ChangeAsync(actor, AccessActions.AskErasure, erasure, batch =>
        batch.Add("update access.erasures set state = 'withdrawn' where id = $1 and state = 'asked' returning id", erasure.Id), cancel);

    /// <summary>Refuses with a reason.</summary>
    public Task<bool> RefuseAsync(Actor actor, Erasure erasure, string reason, CancellationToken cancel) => ChangeAsync(actor, AccessActions.DecideErasure, erasure, batch =>
        batch.Add("update access.erasures set state = 'refused', decided_by = $2, decided_at = $3, reason = $4 where id = $1 and state = 'asked' returning id", erasure.Id, actor.PersonId, clock.Now, reason), cancel,
        batch => batch.AddEvent(new Features.ErasureRefused(Ids.New(), null, clock.Now, erasure.Id)));

    /// <summary>Confirms; the event that begins the work commits with it.</summary>
    public Task<bool> ConfirmAsync(Actor actor, Erasure erasure, string name, CancellationToken cancel) => ChangeAsync(actor, AccessActions.DecideErasure, erasure, batch =>
    {
        batch.Add("update access.erasures set state = 'confirmed', decided_by = $2, decided_at = $3, decided_name = $4, decided_role = $5 where id = $1 and state = 'asked' returning id",
            erasure.Id, actor.PersonId, clock.Now, name, actor.Hat.Role);
    }, cancel, batch => batch.AddEvent(new Features.ErasureConfirmed(Ids.New(), null, clock.Now, erasure.Id)));

    /// <summary>What was done and what is kept; kinds of which there was nothing are left out.</summary>
    public Task<List<KeptLine>> LinesAsync(Actor actor, Guid id, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add(LinesOf, id), (reader, stop) => reader.ReadAllAsync(ReadLine, stop), cancel);

    private async Task<bool> ChangeAsync(Actor actor, AppAction action, Erasure erasure, Action<NpgsqlBatch> change, CancellationToken cancel, Action<NpgsqlBatch>? tell = null)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var changed = await transaction.RunAsync(change, (reader, stop) => reader.ReadAllAsync(row => row.GetGuid(0), stop), cancel);
        if (changed.Count == 0) return false;
        await transaction.RunAsync(batch =>
        {
            batch.AddAudit(actor, action, clock.Now, null, erasure.SubjectId, erasure.Id.ToString());
            tell?.Invoke(batch);
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    internal static Erasure Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetInt64(1), row.GetGuid(2), row.GetGuid(3), row.GetGuid(4), row.GetString(5), row.GetString(6), Enum.Parse<ErasureState>(row.GetString(7), ignoreCase: true),
        row.GetFieldValue<DateTimeOffset>(8), row.GetFieldValue<DateOnly>(9))
    {
        DecidedName = row.Text(10), DecidedRole = row.Text(11), DecidedAt = row.Maybe<DateTimeOffset>(12), Reason = row.Text(13), DoneAt = row.Maybe<DateTimeOffset>(14),
        DecidedBy = row.Maybe<Guid>(15), AgainAt = row.Maybe<DateTimeOffset>(16), AgainWaits = row.Text(17),
    };

    internal static KeptLine ReadLine(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), Enum.Parse<Fate>(row.GetString(2), ignoreCase: true), row.GetInt64(3), row.Text(4), row.Maybe<DateOnly>(5), row.Maybe<DateTimeOffset>(6));
}

/// <summary>A line as the table holds it.</summary>
internal sealed record KeptLine(string Module, string Rule, Fate Fate, long Rows, string? Law, DateOnly? Until, DateTimeOffset? DoneAt);
