using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>Writes rows as objects of the standard: what is not known is left out, references carry their address.</summary>
internal sealed class RosterJson(Utf8JsonWriter json, ImmutableArray<RosterField> fields, string service)
{
    private const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // Fields of metadata stand side by side in the collections, so each property is opened once.
    private readonly ImmutableArray<(string Property, ImmutableArray<(RosterField Field, int At)> Fields)> properties =
        [.. fields.Select((field, at) => (Field: field, At: at)).GroupBy(one => one.Field.Property).Select(group => (group.Key, group.ToImmutableArray()))];

    /// <summary>One object.</summary>
    public bool Write(NpgsqlDataReader row)
    {
        json.WriteStartObject();
        foreach (var (property, inside) in properties)
        {
            if (inside.All(one => row.IsDBNull(one.At))) continue;
            json.WritePropertyName(property);
            if (inside is [var only] && only.Field.Name == property) WriteValue(row, only.Field, only.At);
            else WriteInside(row, property, inside);
        }
        json.WriteEndObject();
        return true;
    }

    /// <summary>A value as the files write it: lists with commas.</summary>
    public static string? Plain(NpgsqlDataReader row, int at, RosterKind kind) => row.IsDBNull(at) ? null : kind switch
    {
        RosterKind.Date => row.GetFieldValue<DateOnly>(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        RosterKind.Instant => row.GetFieldValue<DateTime>(at).ToString(InstantForm, CultureInfo.InvariantCulture),
        RosterKind.References or RosterKind.Strings => string.Join(',', row.GetFieldValue<string[]>(at)),
        _ => row.GetString(at),
    };

    private void WriteInside(NpgsqlDataReader row, string property, ImmutableArray<(RosterField Field, int At)> inside)
    {
        json.WriteStartObject();
        foreach (var (field, at) in inside.Where(one => !row.IsDBNull(one.At))) json.WriteString(field.Name[(property.Length + 1)..], row.GetString(at));
        json.WriteEndObject();
    }

    private void WriteValue(NpgsqlDataReader row, RosterField field, int at)
    {
        switch (field.Kind)
        {
            case RosterKind.Reference:
                WriteReference(row.GetString(at), field.Target!);
                break;
            case RosterKind.References:
                json.WriteStartArray();
                foreach (var id in row.GetFieldValue<string[]>(at)) WriteReference(id, field.Target!);
                json.WriteEndArray();
                break;
            case RosterKind.Strings:
                json.WriteStartArray();
                foreach (var text in row.GetFieldValue<string[]>(at)) json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            case RosterKind.Json:
                json.WriteRawValue(row.GetString(at));
                break;
            default:
                json.WriteStringValue(Plain(row, at, field.Kind));
                break;
        }
    }

    private void WriteReference(string id, string target)
    {
        json.WriteStartObject();
        json.WriteString("href", $"{service}/{RosterCollection.PathOf(target)}/{Uri.EscapeDataString(id)}");
        json.WriteString("sourcedId", id);
        json.WriteString("type", target);
        json.WriteEndObject();
    }
}
