using System.Collections.Immutable;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>A field of a card: what it says, and on whose word.</summary>
internal sealed record PersonField(string Name, string Value, string Holder, ImmutableArray<string> Ranks)
{
    /// <summary>What becomes of a source's word.</summary>
    public FieldVerdict Judge(string? told, string source) => FieldTruth.Judge(told, source, Value, Holder, Ranks);
}

/// <summary>Reads the fields of one card, held until the transaction ends, and writes what a source says of them by the rules.</summary>
internal static class PersonFields
{
    /// <summary>Adds the question; two writers of one card wait for each other.</summary>
    public static void AddRead(NpgsqlBatch batch, Guid person, bool isHeld)
    {
        batch.Add($"select last_name, first_name, middle_name, birth_date, gender, origin from registry.people where id = $1 {(isHeld ? "for no key update" : "")}", person);
        batch.Add("""
            select t.field, t.sources, registry.field_holder($1, t.field, '') from registry.field_truth t
            """, person);
    }

    /// <summary>The fields in the order of telling; null when there is no such card, or it is not open.</summary>
    public static async Task<ImmutableArray<PersonField>?> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var person = await reader.ReadFirstAsync(r => new[]
        {
            r.GetString(0), r.GetString(1), r.GetString(2), DateField.Show(r.Maybe<DateOnly>(3)) ?? "", r.Text(4) ?? "", r.GetString(5),
        }, cancel);
        var truth = (await reader.ReadAllAsync(r => (Field: r.GetString(0), Ranks: r.GetFieldValue<string[]>(1), Holder: r.GetString(2)), cancel)).ToDictionary(row => row.Field);
        if (person is null) return null;
        return [.. FieldTruth.Fields.Select((name, i) => new PersonField(
            name, person[i], truth[name].Holder.Length == 0 ? person[^1] : truth[name].Holder, [.. truth[name].Ranks]))];
    }

    /// <summary>Writes what is to be applied, confirmed and proposed; nothing when there is nothing.</summary>
    /// <param name="batch">A batch of the transaction that has read the fields.</param>
    /// <param name="person">Whose card.</param>
    /// <param name="fields">As they were read.</param>
    /// <param name="told">What the source says, by field.</param>
    /// <param name="change">Whose word it is.</param>
    /// <returns>What became of each field that was told.</returns>
    public static ImmutableDictionary<string, FieldVerdict> AddTold(
        NpgsqlBatch batch, Guid person, ImmutableArray<PersonField> fields, IReadOnlyDictionary<string, string> told, ChangeSource change)
    {
        var verdicts = fields.ToImmutableDictionary(field => field.Name, field => field.Judge(told.GetValueOrDefault(field.Name), change.Source));
        AddSet(batch, person, told.Where(one => verdicts[one.Key] == FieldVerdict.Apply).ToDictionary(), change);
        foreach (var field in fields)
        {
            if (verdicts[field.Name] == FieldVerdict.Confirm) AddConfirmed(batch, person, field, change);
            if (verdicts[field.Name] == FieldVerdict.Propose) AddProposed(batch, person, field.Name, told[field.Name], change);
        }
        return verdicts;
    }

    /// <summary>Writes values whatever the ranks say: somebody has decided.</summary>
    public static void AddSet(NpgsqlBatch batch, Guid person, Dictionary<string, string> values, ChangeSource change)
    {
        if (values.Count == 0) return;
        change.AddTo(batch);
        var written = FieldTruth.Fields.Where(values.ContainsKey).ToList();
        batch.Add($"update registry.people set {string.Join(", ", written.Select((name, i) => $"{name} = ${i + 2}"))} where id = $1",
            [person, .. written.Select(name => Parameter(name, values[name]))]);
    }

    private static object Parameter(string field, string value) => field switch
    {
        "birth_date" => Maybe.Date(DateField.Parse(value)),
        "gender" => Maybe.Text(value.Length == 0 ? null : value),
        _ => value,
    };

    private static void AddConfirmed(NpgsqlBatch batch, Guid person, PersonField field, ChangeSource change) => batch.Add("""
        insert into registry.field_changes (person_id, id, field, at, source, by_person, school_id, import_id, old_value, new_value, why)
        values ($1, registry.uuid7(), $2, $3, $4, $5, $6, $7, $8, $8, 'confirm')
        """, person, field.Name, change.At, change.Source, Maybe.Uuid(change.By), Maybe.Uuid(change.School), Maybe.Uuid(change.Import), field.Value);

    // What was refused is not asked again; the same word twice is one question, and another word of the same source overtakes it.
    private static void AddProposed(NpgsqlBatch batch, Guid person, string field, string value, ChangeSource change)
    {
        batch.Add("""
            update registry.field_proposals set state = 'overtaken', decided_by = $4, decided_at = $5
             where person_id = $1 and field = $2 and source = $3 and state = 'open' and value <> $6
            """, person, field, change.Source, Maybe.Uuid(change.By), change.At, value);
        batch.Add("""
            insert into registry.field_proposals (person_id, id, field, source, value, at, by_person, school_id, import_id)
            select $1, registry.uuid7(), $2, $3, $4, $5, $6, $7, $8
             where not exists (select from registry.field_proposals where person_id = $1 and field = $2 and source = $3 and value = $4 and state in ('open', 'refused'))
            """, person, field, change.Source, value, change.At, Maybe.Uuid(change.By), Maybe.Uuid(change.School), Maybe.Uuid(change.Import));
    }
}
