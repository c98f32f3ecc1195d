using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using MySchool.Generator.People;

namespace MySchool.Generator.Export;

/// <summary>An organisation that ЕСИА knows a person in.</summary>
public sealed record EsiaRole(string Oid, string FullName, string ShortName, string? Ogrn);

/// <summary>A line of the people file that the ЕСИА stand-in reads.</summary>
public sealed record EsiaPerson(string Oid, string LastName, string FirstName, string MiddleName, string BirthDate, string Gender, string Snils)
{
    /// <summary>Confirmed account.</summary>
    public bool Trusted { get; init; } = true;

    public string Email => $"person{Oid}@myschool.example";

    /// <summary>Code 000 belongs to nobody.</summary>
    public string Mobile => $"+7(000){Oid[^7..]}";

    public List<EsiaRole> Roles { get; init; } = [];

    public List<string> Kids { get; init; } = [];

    public string About { get; set; } = "";

    public string Region { get; set; } = "";

    public bool Demo { get; set; }
}

/// <summary>
/// Collects people for the stand-in while the region is generated. All staff is kept, but families only of the first
/// schools: the stand-in holds its people in memory.
/// </summary>
public sealed class EsiaPeopleFile(string regionName)
{
    private const int SchoolsWithFamilies = 12;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    private readonly Dictionary<Guid, EsiaPerson> people = [];

    /// <summary>ЕСИА's number of an account: derived from СНИЛС digits, so the same at each generation.</summary>
    public static string OidOf(Person person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return "1" + person.Snils[..9];
    }

    /// <summary>Takes the people of a school (or of offices, when null); matches <c>LoadRequest.Meet</c>.</summary>
    public void Add(School? school, IReadOnlyList<Person> met)
    {
        ArgumentNullException.ThrowIfNull(met);
        var staff = school?.Memberships.Select(m => m.Person.Id).ToHashSet();
        var isWhole = school is null || school.Plan.Number < SchoolsWithFamilies;
        foreach (var person in met)
            if (isWhole || staff!.Contains(person.Id)) people[person.Id] = Line(person);
        if (school is null) return;

        foreach (var membership in school.Memberships) AddRole(membership);
        foreach (var tie in school.Guardianships) AddKid(tie, school);
        foreach (var pupil in school.Pupils)
            if (people.TryGetValue(pupil.Person.Id, out var line)) line.About = $"{(pupil.Person.IsMale ? "Ученик" : "Ученица")} {pupil.Class.Name}, {school.Plan.Place.ShortName}";
    }

    /// <summary>Takes those above schools.</summary>
    public void AddOffices(IEnumerable<Membership> offices)
    {
        ArgumentNullException.ThrowIfNull(offices);
        foreach (var membership in offices) AddRole(membership);
    }

    /// <summary>Writes the file: demo people first.</summary>
    public void Write(string path, IReadOnlyList<DemoPerson> demo, Person stranger)
    {
        ArgumentNullException.ThrowIfNull(demo);
        ArgumentNullException.ThrowIfNull(stranger);
        people[stranger.Id] = Line(stranger);
        foreach (var person in demo)
        {
            people[person.Person.Id].Demo = true;
            people[person.Person.Id].About = $"{person.Role}, {person.Place}";
        }
        var first = demo.Select(d => people[d.Person.Id]).ToList();
        using var writer = new StreamWriter(path + ".new");
        foreach (var line in first.Concat(people.Values.Where(p => !p.Demo))) writer.WriteLine(JsonSerializer.Serialize(line, Json));
        writer.Close();
        File.Move(path + ".new", path, overwrite: true);
    }

    private EsiaPerson Line(Person person) => new(
        OidOf(person), person.Last, person.First, person.Middle, person.Birth.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
        person.IsMale ? "M" : "F", CheckDigits.Dashed(person.Snils)) { Region = regionName };

    private void AddRole(Membership membership)
    {
        if (!people.TryGetValue(membership.Person.Id, out var line)) return;
        var unit = membership.Unit;
        if (unit.Ogrn is not null) line.Roles.Add(new EsiaRole("2" + unit.Ogrn[^9..], unit.Name, unit.ShortName, unit.Ogrn));
        line.About = $"{membership.Position}, {unit.ShortName}";
    }

    private void AddKid(Guardianship tie, School school)
    {
        if (!people.TryGetValue(tie.Guardian.Id, out var parent) || !people.ContainsKey(tie.Learner.Id)) return;
        parent.Kids.Add(OidOf(tie.Learner));
        var word = tie.Kinship == "mother" ? "Мама" : "Папа";
        var child = $"{tie.Learner.First} ({school.Plan.Place.ShortName})";
        parent.About = parent.About.Length == 0 ? $"{word}: {child}" : parent.About.Contains(':', StringComparison.Ordinal) ? $"{parent.About}, {child}" : $"{parent.About}; {word.ToLowerInvariant()}: {child}";
    }
}
