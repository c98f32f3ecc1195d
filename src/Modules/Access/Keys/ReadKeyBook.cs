using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using MySchool.Access.Consents;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Keys;

/// <summary>Who a key speaks for now.</summary>
internal sealed record OpenedKey(KeyInUse Key, Actor Actor, PersonFacts Person);

/// <summary>Issues, lists, revokes and opens keys.</summary>
internal sealed class ReadKeyBook(AppDb db, FactsDb facts, IClock clock)
{
    /// <summary>Keys of one person that live at a time.</summary>
    public const int MostKeys = 20;

    // Probes by unique key, primary key and consents_giver.
    private static readonly string FindSql = $"""
        select k.id, k.person_id, k.role, k.unit_id, k.last_used_at, array(select l.learner_id from access.read_key_learners l where l.key_id = k.id), c.purposes, c.subjects
          from access.read_keys k
          cross join lateral (
            select array_agg(g.purpose) as purposes, array_agg(g.subject_id) as subjects from access.consents g where g.giver_id = k.person_id and {Standing.At("$3")}) c
         where k.secret_hash = $1 and k.kind = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
        """;

    /// <summary>Keys of the actor that live, the newest first.</summary>
    public Task<List<ReadKey>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(actor, batch => batch.Add("""
        select k.id, k.kind, k.name, array(select l.learner_id from access.read_key_learners l where l.key_id = k.id), k.created_at, k.expires_at, k.last_used_at
          from access.read_keys k where k.person_id = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2) order by k.created_at desc
        """, actor.PersonId, clock.Now), (reader, token) => reader.ReadAllAsync(row => new ReadKey(
            row.GetGuid(0), row.GetString(1), row.GetString(2), [.. row.GetFieldValue<Guid[]>(3)], row.GetFieldValue<DateTimeOffset>(4), row.Maybe<DateTimeOffset>(5), row.Maybe<DateTimeOffset>(6)), token), cancel);

    /// <summary>Issues a key and answers its secret, which is nowhere else. A new calendar of a learner ends the one before it.</summary>
    public async Task<string> IssueAsync(Actor actor, string kind, string name, ImmutableArray<Guid> learners, DateTimeOffset? expiresAt, CancellationToken cancel)
    {
        var (id, secret) = (Ids.New(), KeySecret.New());
        await db.WriteAsync(actor, batch =>
        {
            if (kind == KeyScopes.Calendar)
                batch.Add("""
                    update access.read_keys set revoked_at = $2 where person_id = $1 and kind = 'calendar' and revoked_at is null
                       and id in (select key_id from access.read_key_learners where person_id = $1 and learner_id = any($3))
                    """, actor.PersonId, clock.Now, learners.ToArray());
            batch.Add("insert into access.read_keys (id, kind, secret_hash, person_id, role, unit_id, name, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                id, kind, KeySecret.Hash(secret)!, actor.PersonId, actor.Hat.Role, actor.Hat.UnitId, name, clock.Now, Maybe.Of(expiresAt, NpgsqlTypes.NpgsqlDbType.TimestampTz));
            batch.Add("insert into access.read_key_learners (key_id, person_id, learner_id) select $1, $2, unnest($3)", id, actor.PersonId, learners.ToArray());
            foreach (var learner in learners) batch.AddAudit(actor, AccessActions.ManageKeys, clock.Now, null, learner, $"issued {kind} {id}");
        }, cancel);
        return kind == KeyScopes.Family ? KeySecret.Prefix + secret : secret;
    }

    /// <summary>Ends a key at once.</summary>
    /// <returns>False when the actor has no such key.</returns>
    public async Task<bool> RevokeAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var ended = await transaction.RunAsync(
            batch => batch.Add("update access.read_keys set revoked_at = $3 where id = $1 and person_id = $2 and revoked_at is null returning id", id, actor.PersonId, clock.Now),
            (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        if (ended.Count == 0) return false;
        await transaction.RunAsync(batch => batch.AddAudit(actor, AccessActions.ManageKeys, clock.Now, null, actor.PersonId, $"revoked {id}"), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>
    /// Whom a secret speaks for now: its issuer, while the role it was issued in is held, with the ties to the learners it names and
    /// to what they attend. Null for a secret that is unknown, revoked, over, or whose learners are the issuer's no more.
    /// </summary>
    public async Task<OpenedKey?> OpenAsync(string? secret, string kind, IRegistry registry, IPAddress? address, CancellationToken cancel)
    {
        if (KeySecret.Hash(secret) is not { } hash || await FindAsync(hash, kind, cancel) is not { } found) return null;
        var person = await registry.GetFactsAsync(found.Key.PersonId, found.Hat, clock.Now, cancel);
        if (person?.Worn != found.Hat) return null;
        var learners = person.Learners.Where(learner => found.Learners.Contains(learner.PersonId)).ToImmutableArray();
        if (learners.IsEmpty) return null;
        var places = learners.SelectMany(learner => (Guid[])[learner.PersonId, learner.SchoolId, learner.ClassId, .. learner.Groups.Select(group => group.GroupId)]).ToHashSet();
        var ties = person.Ties.Where(tie => tie.Relation is Relations.Self or Relations.Guardian or Relations.Member or Relations.Attends && places.Contains(tie.Target.Id));
        var actor = new Actor(person.PersonId, found.Key.Id, found.Hat, ties, clock.TodayIn(TimeZones.OrCapital(person.TimeZone)), address);
        return new(found.Key, actor, person with { Learners = learners, Wards = [], Basis = null });
    }

    private async Task<(KeyInUse Key, Hat Hat, HashSet<Guid> Learners)?> FindAsync(byte[] hash, string kind, CancellationToken cancel)
    {
        await using var connection = await facts.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.Add(FindSql, hash, kind, clock.Now);
        (KeyInUse Key, Hat Hat, HashSet<Guid> Learners, DateTimeOffset? UsedAt)? found = null;
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
            if (await reader.ReadAsync(cancel)) found = Read(reader);
        if (found is not { } key) return null;
        // To the minute, as sessions are: a write of every reading would cost more than the reading.
        if (key.UsedAt is null || key.UsedAt < clock.Now.AddMinutes(-1))
        {
            await using var touch = new NpgsqlCommand("update access.read_keys set last_used_at = $2 where id = $1", connection) { Parameters = { new() { Value = key.Key.Id }, new() { Value = clock.Now } } };
            await touch.ExecuteNonQueryAsync(cancel);
        }
        return (key.Key, key.Hat, key.Learners);
    }

    private static (KeyInUse, Hat, HashSet<Guid>, DateTimeOffset?) Read(NpgsqlDataReader row) => (
        new(row.GetGuid(0), row.GetGuid(1), (row.IsDBNull(6) ? [] : row.GetFieldValue<string[]>(6).Zip(row.GetFieldValue<Guid[]>(7))).ToFrozenSet()),
        new(row.GetString(2), row.GetGuid(3)), [.. row.GetFieldValue<Guid[]>(5)], row.Maybe<DateTimeOffset>(4));
}
