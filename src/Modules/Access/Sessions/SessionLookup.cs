using System.Collections.Frozen;
using System.Net;
using MySchool.Access.Consents;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Access.Sessions;

/// <summary>Finds the session of a token. Runs at every request, so it is one round trip.</summary>
internal sealed class SessionLookup(FactsDb db, IClock clock, AccessOptions options)
{
    // Index scans by token_hash, primary key and consents_giver.
    private static readonly string Sql = $"""
        select s.id, s.person_id, s.role, s.unit_id, s.is_child, p.theme, p.contrast, p.text_scale, c.purposes, c.subjects, s.last_seen_at
        from access.sessions s
        left join access.preferences p on p.person_id = s.person_id
        cross join lateral (
          select array_agg(g.purpose) as purposes, array_agg(g.subject_id) as subjects from access.consents g
          where g.giver_id = s.person_id and {Standing.At("$2")}) c
        where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and s.last_seen_at > $2 - $3
        """;

    private const string Touch = "update access.sessions set last_seen_at = $2, address = $3 where id = $1 and last_seen_at < $2 - interval '1 minute'";
    private static readonly TimeSpan Unseen = TimeSpan.FromMinutes(1);

    /// <summary>The living session of a token, or null; and in the same round trip, the version of facts kept for it.</summary>
    public async Task<(Session? Session, long? Version)> FindAsync(
        SessionToken token, IPAddress? address, Action<NpgsqlBatch>? askVersion, CancellationToken cancel)
    {
        var now = clock.Now;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        var (found, version) = await FindAsync(connection, token, now, askVersion, cancel);
        if (found.Session is { } session && found.SeenAt < now - Unseen) await TouchAsync(connection, session.Id, address, now, cancel);
        return (found.Session, version);
    }

    private async Task<((Session? Session, DateTimeOffset SeenAt) Found, long? Version)> FindAsync(
        NpgsqlConnection connection, SessionToken token, DateTimeOffset now, Action<NpgsqlBatch>? askVersion, CancellationToken cancel)
    {
        await using var batch = connection.CreateBatch();
        batch.Add(Sql, token.Hash(), now, TimeSpan.FromHours(options.IdleHours));
        askVersion?.Invoke(batch);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var found = await reader.ReadFirstAsync(row => ((Session?)Read(row), row.GetFieldValue<DateTimeOffset>(10)), cancel);
        return (found, askVersion is null ? null : await reader.ReadFirstAsync(row => row.GetInt64(0), cancel));
    }

    // A trip of its own once a minute is cheaper than a writing statement in every request.
    private static async Task TouchAsync(NpgsqlConnection connection, Guid sessionId, IPAddress? address, DateTimeOffset now, CancellationToken cancel)
    {
        await using var touch = new NpgsqlCommand(Touch, connection)
        {
            Parameters =
            {
                new() { Value = sessionId }, new() { Value = now },
                Maybe.Inet(address),
            },
        };
        await touch.ExecuteNonQueryAsync(cancel);
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
