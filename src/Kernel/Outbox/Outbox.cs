using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using NpgsqlTypes;
using MySchool.Kernel.Data;

namespace MySchool.Kernel;

/// <summary>Something that has happened and that other modules may care about. Past tense, additive changes only.</summary>
public interface IModuleEvent
{
    /// <summary>Identity, UUIDv7.</summary>
    Guid EventId { get; }

    /// <summary>The school it concerns, or null.</summary>
    Guid? SchoolId { get; }

    /// <summary>When it happened.</summary>
    DateTimeOffset OccurredAt { get; }
}

/// <summary>An event whose handler reaches outside the platform and may have to wait for it: see <see cref="OutboxLane"/>.</summary>
public interface IOutwardEvent : IModuleEvent;

/// <summary>Hears events of one type, several at a time when many happened.</summary>
/// <typeparam name="TEvent">The event.</typeparam>
public interface IEventHandler<TEvent> where TEvent : IModuleEvent
{
    /// <summary>
    /// Reacts within the transaction that takes the events off the outbox: what is written through the connection happens
    /// exactly once, anything else at least once. Throw to be called again later, then with one event at a time.
    /// </summary>
    /// <param name="happened">At least one event, oldest first.</param>
    /// <param name="connection">The transaction's connection, under the worker's role.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task HandleAsync(IReadOnlyList<TEvent> happened, NpgsqlConnection connection, CancellationToken cancel);
}

/// <summary>Writes events beside the rows they tell of.</summary>
public static class Outbox
{
    /// <summary>Names an event type on the wire: the type's own name.</summary>
    public static string TypeName(Type type) => type.Name;

    /// <summary>Adds the event to a batch, so that both commit or neither does.</summary>
    /// <param name="batch">The batch of the rows it tells of.</param>
    /// <param name="happened">The event.</param>
    /// <param name="due">When it is to be delivered; null is at once.</param>
    public static void AddEvent<TEvent>(this NpgsqlBatch batch, TEvent happened, DateTimeOffset? due = null) where TEvent : IModuleEvent =>
        batch.Add("insert into kernel.outbox (id, type, school_id, payload, occurred_at, due_at) values ($1, $2, $3, $4, $5, $6)",
            happened.EventId, TypeName(typeof(TEvent)), Maybe.Uuid(happened.SchoolId),
            new NpgsqlParameter { Value = JsonSerializer.Serialize(happened, Json.Options), NpgsqlDbType = NpgsqlDbType.Jsonb },
            happened.OccurredAt, due ?? happened.OccurredAt);
}

/// <summary>The one shape of JSON inside the platform: camelCase, Cyrillic as it is.</summary>
public static class Json
{
    /// <summary>Serializer settings shared by the outbox, idempotency answers and routes.</summary>
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Applies the settings to options that a framework owns.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All);
        options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        if (!options.Converters.Any(c => c is System.Text.Json.Serialization.JsonStringEnumConverter))
            options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }
}
