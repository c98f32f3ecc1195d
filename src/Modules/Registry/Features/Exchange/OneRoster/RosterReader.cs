using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>A part of a collection: rows that stand in some relation to a named object.</summary>
/// <param name="Sql">Condition over the rows <c>x</c>; <c>{0}</c>, <c>{1}</c> are the parameters.</param>
/// <param name="Values">Ids from the address.</param>
internal sealed record RosterPart(string Sql, params ImmutableArray<string> Values);

/// <summary>A page of a collection: JSON objects and how many there are in all.</summary>
internal sealed record RosterPage(byte[] Objects, int Count, long Total);

/// <summary>Reads collections under the actor's scopes.</summary>
internal sealed class RosterReader(AppDb db, IClock clock)
{
    /// <summary>One page, with how many rows answer, and the audit row of the reading.</summary>
    /// <param name="actor">With the ties that open the schools.</param>
    /// <param name="action">What the reading is called in the audit.</param>
    /// <param name="schools">The schools, decided.</param>
    /// <param name="service">Address of the service, for references.</param>
    /// <param name="collection">What of.</param>
    /// <param name="part">Which part; null for all.</param>
    /// <param name="query">Paging, order, filter, fields.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public Task<RosterPage> ReadAsync(
        Actor actor, AppAction action, Guid[] schools, string service, RosterCollection collection, RosterPart? part, RosterQuery query, CancellationToken cancel)
    {
        var from = $"from {collection.From} x{Narrow(query, part)}";
        return db.ReadAsync(actor, batch =>
        {
            Add(batch, $"select count(*) {from}", actor, schools, service, query, part);
            Add(batch, $"select {string.Join(", ", query.Fields.Select(field => field.Sql))} {from} order by {query.Order} limit {query.Limit} offset {query.Offset}", actor, schools, service, query, part);
            batch.AddAudit(actor, action, clock.Now, schools is [var only] ? only : null, null, $"{collection.Plural} {query.Offset}+{query.Limit}");
        }, async (reader, token) =>
        {
            var total = await reader.ReadFirstAsync(row => row.GetInt64(0), token);
            using var buffer = new MemoryStream();
            await using var json = new Utf8JsonWriter(buffer);
            var writer = new RosterJson(json, query.Fields, service);
            json.WriteStartArray();
            var rows = await reader.ReadAllAsync(writer.Write, token);
            json.WriteEndArray();
            await json.FlushAsync(token);
            return new RosterPage(buffer.ToArray(), rows.Count, total);
        }, cancel);
    }

    /// <summary>Every row of a collection, for the files.</summary>
    public Task<List<string?[]>> ReadRowsAsync(Actor actor, Guid[] schools, RosterCollection collection, ImmutableArray<RosterField> fields, CancellationToken cancel)
    {
        var all = new RosterQuery(fields, int.MaxValue, 0, "", collection.Fields[0].Sql, []);
        return db.ReadAsync(actor,
            batch => Add(batch, $"select {string.Join(", ", fields.Select(field => field.Sql))} from {collection.From} x order by {all.Order}", actor, schools, "", all, null),
            (reader, token) => reader.ReadAllAsync(row => fields.Select((field, i) => RosterJson.Plain(row, i, field.Kind)).ToArray(), token), cancel);
    }

    private static string Narrow(RosterQuery query, RosterPart? part)
    {
        var names = part?.Values.Select((_, i) => (object)$"${RosterQuery.FirstParameter + query.Values.Length + i}").ToArray() ?? [];
        string?[] conditions = [query.Where, part is null ? null : string.Format(System.Globalization.CultureInfo.InvariantCulture, part.Sql, names)];
        var wanted = conditions.Where(condition => !string.IsNullOrEmpty(condition)).ToList();
        return wanted.Count == 0 ? "" : $" where ({string.Join(") and (", wanted)})";
    }

    private static void Add(NpgsqlBatch batch, string sql, Actor actor, Guid[] schools, string service, RosterQuery query, RosterPart? part)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new() { Value = schools });
        command.Parameters.Add(new() { Value = actor.Today });
        command.Parameters.Add(new() { Value = service, NpgsqlDbType = NpgsqlDbType.Text });
        foreach (var value in query.Values) command.Parameters.Add(new() { Value = value });
        foreach (var value in part?.Values ?? []) command.Parameters.Add(new() { Value = value, NpgsqlDbType = NpgsqlDbType.Text });
        batch.BatchCommands.Add(command);
    }
}
