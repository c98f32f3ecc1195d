using System.Collections.Frozen;
using System.Net;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Ui;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Access.Sessions;

/// <summary>Finds the session of a token. Runs at every request, so it is one round trip.</summary>
internal sealed class SessionLookup(FactsDb db, IClock clock, AccessOptions options)
{
    // Index scans by token_hash, primary key and consents_giver; the update touches a row once a minute.
    private const string Sql = """
        with alive as (
          select id, person_id, role, unit_id, is_child, last_seen_at from access.sessions
          where token_hash = $1 and ended_at is null and expires_at > $2 and last_seen_at > $2 - $3
        ), touched as (
          update access.sessions s set last_seen_at = $2, address = $4 from alive a
          where s.id = a.id and a.last_seen_at < $2 - interval '1 minute'
        )
        select a.id, a.person_id, a.role, a.unit_id, a.is_child, p.theme, p.contrast, p.text_scale, c.purposes, c.subjects
        from alive a
        left join access.preferences p on p.person_id = a.person_id
        cross join lateral (
          select array_agg(g.purpose) as purposes, array_agg(g.subject_id) as subjects from access.consents g
          where g.giver_id = a.person_id and g.event = 'given' and g.expires_at > $2
            and not exists (select from access.consents w where w.withdraws_id = g.id)) c
        """;

    /// <summary>The living session of a token, or null; and in the same round trip, the version of facts kept for it.</summary>
    public async Task<(Session? Session, long? Version)> FindAsync(
        SessionToken token, IPAddress? address, Action<NpgsqlBatch>? askVersion, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.Add(Sql, token.Hash(), clock.Now, TimeSpan.FromHours(options.IdleHours),
            new NpgsqlParameter { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Inet });
        askVersion?.Invoke(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var session = await reader.ReadFirstAsync(Read, cancel);
        return (session, askVersion is null ? null : await reader.ReadFirstAsync(row => row.GetInt64(0), cancel));
    }

    private static Session Read(NpgsqlDataReader row)
    {
        var role = row.GetString(2);
        var preferences = row.IsDBNull(5) ? new DisplayPreferences() : new(row.GetString(5), row.GetString(6), row.GetInt16(7));
        var consents = row.IsDBNull(8) ? [] : row.GetFieldValue<string[]>(8).Zip(row.GetFieldValue<Guid[]>(9));
        return new(
            row.GetGuid(0), row.GetGuid(1), role.Length == 0 ? null : new Hat(role, row.GetGuid(3)), row.GetBoolean(4),
            preferences, consents.ToFrozenSet());
    }
}
