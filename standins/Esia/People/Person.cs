using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace MySchool.StandIns.Esia.People;

/// <summary>One line of the people file.</summary>
internal sealed record Person
{
    public required string Oid { get; init; }
    public string LastName { get; init; } = "";
    public string FirstName { get; init; } = "";
    public string MiddleName { get; init; } = "";
    public string BirthDate { get; init; } = "";
    public string Gender { get; init; } = "";
    public string Snils { get; init; } = "";
    public bool Trusted { get; init; } = true;

    /// <summary>A child's account (<c>KD</c>): made by a parent, cannot act for others.</summary>
    public bool Child { get; init; }

    public string? Email { get; init; }
    public string? Mobile { get; init; }
    public IReadOnlyList<Employment> Roles { get; init; } = [];
    public IReadOnlyList<string> Kids { get; init; } = [];
    public string About { get; init; } = "";
    public string Region { get; init; } = "";

    /// <summary>Stands in the shortlist above the search.</summary>
    public bool Demo { get; init; }

    public string FullName => string.Join(' ', new[] { LastName, FirstName, MiddleName }.Where(part => part.Length > 0));

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>A place of work as ЕСИА knows it.</summary>
internal sealed record Employment(string Oid, string FullName, string ShortName, string Ogrn);
