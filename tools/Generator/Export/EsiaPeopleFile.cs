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
/// Writes people for the stand-in while the region is generated. A school is written when the next one is known, since a
/// family's further child may go there; the first schools wait to the end, for the cast among them comes first.
/// </summary>
public sealed class EsiaPeopleFile : IDisposable
{
    private const int CastSchools = 2;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    private readonly string path;
    private readonly string regionName;
    private readonly StreamWriter body;
    private readonly Dictionary<Guid, EsiaPerson> first = [];
    private Dictionary<Guid, EsiaPerson> previous = [];
    private Dictionary<Guid, EsiaPerson> current = [];

    /// <summary>Begins the file; it appears when complete.</summary>
    public EsiaPeopleFile(string path, string regionName)
    {
        this.path = path;
        this.regionName = regionName;
        body = new StreamWriter(path + ".body");
    }

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
        var isCasts = school is null || school.Plan.Number < CastSchools;
        if (!isCasts)
        {
            Write(body, previous.Values);
            (previous, current) = (current, []);
        }
        foreach (var person in met) (isCasts ? first : current)[person.Id] = Line(person);
        if (school is null) return;

        foreach (var membership in school.Memberships) AddRole(membership);
        foreach (var tie in school.Guardianships.Where(g => g.Restriction is null)) AddKid(tie, school);
        foreach (var pupil in school.Pupils)
            if (Find(pupil.Person) is { } line) line.About = $"{(pupil.Person.IsMale ? "Ученик" : "Ученица")} {pupil.Class.Name}, {school.Plan.Place.ShortName}";
    }

    /// <summary>Ends the file: demo people first.</summary>
    public void Complete(IEnumerable<Membership> offices, IReadOnlyList<DemoPerson> demo, Person stranger)
    {
        ArgumentNullException.ThrowIfNull(offices);
        ArgumentNullException.ThrowIfNull(demo);
        ArgumentNullException.ThrowIfNull(stranger);
        foreach (var membership in offices) AddRole(membership);
        first[stranger.Id] = Line(stranger);
        foreach (var person in demo)
        {
            first[person.Person.Id].Demo = true;
            first[person.Person.Id].About = $"{person.Role}, {person.Place}";
        }
        Write(body, previous.Values);
        Write(body, current.Values);
        body.Close();

        using (var whole = new StreamWriter(path + ".new"))
        {
            Write(whole, demo.Select(d => first[d.Person.Id]));
            Write(whole, first.Values.Where(p => !p.Demo));
            whole.Flush();
            using var rest = File.OpenRead(path + ".body");
            rest.CopyTo(whole.BaseStream);
        }
        File.Delete(path + ".body");
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose() => body.Dispose();

    private static void Write(StreamWriter to, IEnumerable<EsiaPerson> lines)
    {
        foreach (var line in lines) to.WriteLine(JsonSerializer.Serialize(line, Json));
    }

    private EsiaPerson Line(Person person) => new(
        OidOf(person), person.Last, person.First, person.Middle, person.Birth.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
        person.IsMale ? "M" : "F", CheckDigits.Dashed(person.Snils)) { Region = regionName };

    private EsiaPerson? Find(Person person) =>
        current.GetValueOrDefault(person.Id) ?? previous.GetValueOrDefault(person.Id) ?? first.GetValueOrDefault(person.Id);

    private void AddRole(Membership membership)
    {
        if (Find(membership.Person) is not { } line) return;
        var unit = membership.Unit;
        if (unit.Ogrn is not null) line.Roles.Add(new EsiaRole("2" + unit.Ogrn[^9..], unit.Name, unit.ShortName, unit.Ogrn));
        line.About = $"{membership.Position}, {unit.ShortName}";
    }

    private void AddKid(Guardianship tie, School school)
    {
        if (Find(tie.Guardian) is not { } parent) return;
        parent.Kids.Add(OidOf(tie.Learner));
        var word = tie.Kinship == "mother" ? "мама" : "папа";
        var child = $"{tie.Learner.First} ({school.Plan.Place.ShortName})";
        parent.About = parent.Kids.Count > 1 ? $"{parent.About}, {child}"
            : parent.About.Length > 0 ? $"{parent.About}; {word}: {child}" : $"{char.ToUpperInvariant(word[0])}{word[1..]}: {child}";
    }
}
