using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>A field of a row that changes.</summary>
internal sealed record FieldChange(string Field, string Before, string After);

/// <summary>A row of the difference as the page shows it.</summary>
internal sealed record ChangeLine(string Table, string Kind, string Title, string Note, ImmutableArray<FieldChange> Fields);

/// <summary>Reads kept rows into words.</summary>
internal static class RehearsalRows
{
    private const string Nothing = "—";

    /// <summary>Columns people understand, in the order of telling.</summary>
    private static readonly string[] Shown =
    [
        "last_name", "first_name", "middle_name", "birth_date", "gender", "role", "kinship", "grade", "letter", "shift", "name", "kind", "short_name",
        "oktmo", "inn", "ogrn", "address", "time_zone", "number", "starts_on", "ends_on",
    ];

    public static ImmutableArray<ChangeCount> Counts(string json) => JsonSerializer.Deserialize<ImmutableArray<ChangeCount>?>(json, Json.Options) ?? [];

    public static ImmutableArray<ImportBadRow> BadRows(string json) => JsonSerializer.Deserialize<ImmutableArray<ImportBadRow>?>(json, Json.Options) ?? [];

    public static ChangeLine Line(string table, string kind, string title, string note, string? before, string? after)
    {
        using var old = JsonDocument.Parse(before ?? "{}");
        using var fresh = JsonDocument.Parse(after ?? "{}");
        var fields = Shown.Where(column => kind == "new" ? IsTelling(table, column) && Has(fresh, column) : kind != "removed" && Differs(old, fresh, column))
            .Select(column => new FieldChange(Name(column), kind == "new" ? "" : Value(old, column), Value(fresh, column))).ToImmutableArray();
        return new ChangeLine(table, kind, title, note, fields);
    }

    /// <summary>A value as people read it: a role's name, a date in words.</summary>
    public static string Say(string column, string? value) => value is null or "" ? Nothing : column switch
    {
        "role" => Words.Role(value),
        "kinship" => Words.Kinship(value),
        "gender" => value == "female" ? Texts.SexFemale : Texts.SexMale,
        "kind" => value == "class" ? Texts.KindWholeClass : value == "subgroup" ? Texts.KindSubgroup : value,
        _ => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Words.Date(date) : value,
    };

    public static string Name(string column) => Texts.ResourceManager.GetString("Field_" + column, Words.Russian) ?? column;

    // A new row is told by its title; beside it stands only what the title does not say.
    private static bool IsTelling(string table, string column) => table switch
    {
        "people" => column is "birth_date" or "gender",
        "classes" => column is "shift",
        _ => column is "role" or "kinship" or "starts_on" or "ends_on",
    };

    private static bool Has(JsonDocument row, string column) => row.RootElement.TryGetProperty(column, out var value) && value.ValueKind != JsonValueKind.Null;

    private static bool Differs(JsonDocument old, JsonDocument fresh, string column) =>
        fresh.RootElement.TryGetProperty(column, out var now) && (!old.RootElement.TryGetProperty(column, out var was) || was.ToString() != now.ToString());

    private static string Value(JsonDocument row, string column) => Say(column, row.RootElement.TryGetProperty(column, out var value) ? value.ToString() : null);
}
