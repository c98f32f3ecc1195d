using System.Collections.Frozen;
using System.Net;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Ui;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Access.Sessions;

/// <summary>Finds the session of a token. Runs at every request, so it is one statement in one round trip.</summary>
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

    /// <summary>The living session of a token, or null.</summary>
    public async Task<Session?> FindAsync(SessionToken token, IPAddress? address, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = token.Hash() });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.Now });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = TimeSpan.FromHours(options.IdleHours) });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Inet });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(Read, cancel);
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
