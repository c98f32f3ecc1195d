using System.Collections.Immutable;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>How a field is written and compared.</summary>
internal enum RosterKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A date, <c>yyyy-MM-dd</c>.</summary>
    Date,

    /// <summary>An instant, ISO 8601 in UTC.</summary>
    Instant,

    /// <summary>A GUIDRef to one object.</summary>
    Reference,

    /// <summary>GUIDRefs to many.</summary>
    References,

    /// <summary>A list of strings.</summary>
    Strings,

    /// <summary>JSON as the database made it.</summary>
    Json,
}

/// <summary>A field of an object.</summary>
/// <param name="Name">As JSON names it; with a dot when it lies inside <c>metadata</c>.</param>
/// <param name="Sql">Expression over the collection's rows <c>x</c>.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="Target">Type of the objects referred to: <c>org</c>, <c>class</c>…</param>
/// <param name="Csv">Column of the CSV binding; null: the name, with <c>SourcedId</c> for references; empty: not in the file.</param>
internal sealed record RosterField(string Name, string Sql, RosterKind Kind = RosterKind.Text, string? Target = null, string? Csv = null)
{
    /// <summary>The property of the object that holds it.</summary>
    public string Property => Name.Split('.')[0];

    /// <summary>As a filter or an order names it: <c>school.sourcedId</c> for references.</summary>
    public string FilterName => Kind == RosterKind.Reference ? $"{Name}.sourcedId" : Name;

    /// <summary>Column of the CSV file; null when the file has none.</summary>
    public string? Column => (Csv, Kind) switch
    {
        ("", _) => null,
        ({ } named, _) => named,
        (_, RosterKind.Reference) => $"{Name}SourcedId",
        (_, RosterKind.References) => $"{Name[..^1]}SourcedIds",
        _ => Name,
    };
}

/// <summary>A kind of objects and where they are read.</summary>
/// <param name="Plural">In addresses and around lists.</param>
/// <param name="Singular">Around one object.</param>
/// <param name="From">Rows; <c>$1</c> are schools, <c>$2</c> is today, <c>$3</c> the address of the service.</param>
/// <param name="Fields">Fields, <c>sourcedId</c> first.</param>
internal sealed record RosterCollection(string Plural, string Singular, string From, ImmutableArray<RosterField> Fields)
{
    /// <summary>Addresses of objects by the type that references name.</summary>
    public static string PathOf(string type) => type switch
    {
        "org" => "orgs", "academicSession" => "academicSessions", "course" => "courses", "class" => "classes", _ => "users",
    };
}
