using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Kernel;

/// <summary>Who read or changed what of whom; INSERT only, in the same transaction as the deed.</summary>
public static class Audit
{
    /// <summary>Adds one row to a batch.</summary>
    /// <param name="batch">The batch the deed itself travels in.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">What.</param>
    /// <param name="at">When.</param>
    /// <param name="schoolId">The school it concerns, or null.</param>
    /// <param name="subjectId">The person whose data it was, or null for many.</param>
    /// <param name="detail">Ids and counts only, never personal data. At most 500 characters.</param>
    public static void AddAudit(
        this NpgsqlBatch batch, Actor actor, AppAction action, DateTimeOffset at, Guid? schoolId, Guid? subjectId = null, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(action);
        batch.Add(
            "insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, session_id, address, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            at, Ids.New(), actor.PersonId, actor.Hat.Role, action.Name, Uuid(schoolId), Uuid(subjectId), Uuid(actor.SessionId),
            Maybe.Inet(actor.Address),
            Maybe.Text(detail));
    }

    private static NpgsqlParameter Uuid(Guid? id) => new()
    { Value = id is null || id == Guid.Empty ? DBNull.Value : id, NpgsqlDbType = NpgsqlDbType.Uuid };
}
