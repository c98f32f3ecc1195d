using System.Net;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Kernel;

/// <summary>
/// Notes who reads whose data. A page waits until its row is durable, and pages that meet share one commit: alone, the row
/// would cost PostgreSQL more than any query of the page. See docs/decisions/007-readings-share-a-commit.md.
/// </summary>
public sealed class ReadingAudit(WorkerDb db, IClock clock)
{
    private readonly Lock gate = new();
    private Gathering gathering = new();
    private bool isWriting;

    /// <summary>Notes a reading. Start it before the reading itself and await it before the answer leaves.</summary>
    /// <param name="actor">Who reads.</param>
    /// <param name="action">What is done.</param>
    /// <param name="schoolId">The school it concerns, or null.</param>
    /// <param name="subjectId">The person whose data it is, or null for many.</param>
    /// <param name="detail">Ids and counts only, never personal data. At most 500 characters.</param>
    /// <returns>Completes when the row is durable; fails when it could not be written.</returns>
    public Task NoteAsync(Actor actor, AppAction action, Guid? schoolId, Guid? subjectId = null, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(action);
        var row = new Row(
            clock.Now, Ids.New(), actor.PersonId, actor.Hat.Role, action.Name, schoolId, subjectId,
            actor.SessionId == Guid.Empty ? null : actor.SessionId, actor.Address, detail);
        lock (gate)
        {
            gathering.Rows.Add(row);
            if (!isWriting)
            {
                isWriting = true;
                _ = Task.Run(WriteAsync);
            }
            return gathering.Written.Task;
        }
    }

    // Whoever comes while a commit is under way gathers for the next one: the busier, the fewer commits a page.
    private async Task WriteAsync()
    {
        while (true)
        {
            Gathering now;
            lock (gate)
            {
                if (gathering.Rows.Count == 0)
                {
                    isWriting = false;
                    return;
                }
                now = gathering;
                gathering = new();
            }
            try
            {
                await InsertAsync(now.Rows);
                now.Written.SetResult();
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException or ObjectDisposedException)
            {
                now.Written.SetException(failure);
            }
        }
    }

    private async Task InsertAsync(List<Row> rows)
    {
        await using var connection = await db.Source.OpenConnectionAsync();
        await using var insert = new NpgsqlCommand("""
            insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, session_id, address, detail)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, connection);
        Add(NpgsqlDbType.TimestampTz, rows.Select(row => row.At));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.Id));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.ActorId));
        Add(NpgsqlDbType.Text, rows.Select(row => row.Role));
        Add(NpgsqlDbType.Text, rows.Select(row => row.Action));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.SchoolId));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.SubjectId));
        Add(NpgsqlDbType.Uuid, rows.Select(row => row.SessionId));
        Add(NpgsqlDbType.Inet, rows.Select(row => row.Address));
        Add(NpgsqlDbType.Text, rows.Select(row => row.Detail));
        await insert.ExecuteNonQueryAsync();

        void Add<T>(NpgsqlDbType type, IEnumerable<T> values) =>
            insert.Parameters.Add(new NpgsqlParameter { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private sealed class Gathering
    {
        public List<Row> Rows { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Row(
        DateTimeOffset At, Guid Id, Guid ActorId, string Role, string Action, Guid? SchoolId, Guid? SubjectId, Guid? SessionId,
        IPAddress? Address, string? Detail);
}
