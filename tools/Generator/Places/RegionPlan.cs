using System.Globalization;

namespace MySchool.Generator.Places;

/// <summary>A node of the tree country → region → municipality → school.</summary>
public sealed record Organisation(Guid Id, Organisation? Parent, string Kind, string Name, string ShortName)
{
    /// <summary>ОКТМО, 8 digits.</summary>
    public string? Oktmo { get; init; }

    /// <summary>ИНН, 10 digits.</summary>
    public string? Inn { get; init; }

    /// <summary>ОГРН, 13 digits.</summary>
    public string? Ogrn { get; init; }

    /// <summary>Postal address.</summary>
    public string? Address { get; init; }

    /// <summary>IANA zone.</summary>
    public string TimeZone { get; init; } = "Europe/Moscow";
}

/// <summary>A school with its size, before people.</summary>
/// <param name="Place">Its organisation.</param>
/// <param name="Number">From 0, in order of generation.</param>
/// <param name="Parallels">Classes in each of grades 1–9.</param>
/// <param name="SeniorParallels">Classes in each of grades 10–11.</param>
/// <param name="ClassSize">Mean number of pupils in a class.</param>
public sealed record SchoolPlan(Organisation Place, int Number, int Parallels, int SeniorParallels, int ClassSize)
{
    /// <summary>Large schools teach grades 2–4 after dinner; grades 1, 5, 9–11 may learn in shift 1 only (СП 2.4.3648-20, 3.4.15).</summary>
    public bool HasTwoShifts => Parallels >= 4;

    /// <summary>A class of this size or larger is split into подгруппы.</summary>
    public int SplitFrom => ClassSize < 20 ? (Number == 0 ? 8 : 20) : Math.Min(ClassSize, 25);
}

/// <summary>The tree of organisations of a demo region; all invented.</summary>
public sealed class RegionPlan
{
    // No such code is in use: the region is invented.
    private const string OktmoPrefix = "13";
    private readonly IdSource ids;
    private readonly Dice dice;

    private RegionPlan(RegionSize size, int seed)
    {
        dice = Dice.For(seed, "region", 0);
        ids = new IdSource(Dice.For(seed, "region-ids", 0), Year.Calendar.Founded);
        Country = new Organisation(ids.Next(), null, "country", "Российская Федерация", "Россия");
        Region = new Organisation(ids.Next(), Country, "region", "Заречная область", "Заречная область") { Oktmo = OktmoPrefix + "000000" };
        Municipalities = MakeMunicipalities(size);
        Schools = MakeSchools(size);
    }

    /// <summary>Россия.</summary>
    public Organisation Country { get; }

    /// <summary>The invented region.</summary>
    public Organisation Region { get; }

    /// <summary>Its cities and districts.</summary>
    public IReadOnlyList<Organisation> Municipalities { get; }

    /// <summary>Schools: those of one municipality stand together.</summary>
    public IReadOnlyList<SchoolPlan> Schools { get; }

    /// <summary>Everything, parents first.</summary>
    public IEnumerable<Organisation> All => [Country, Region, .. Municipalities, .. Schools.Select(s => s.Place)];

    /// <summary>Lays out a region.</summary>
    public static RegionPlan Create(RegionSize size, int seed) => new(size, seed);

    private Organisation[] MakeMunicipalities(RegionSize size)
    {
        var count = size switch { RegionSize.Sample => 2, RegionSize.Small => 1, RegionSize.District => 2, _ => 24 };
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var (name, shortName) = PlaceNames.Municipality(i);
            return new Organisation(ids.Next(), Region, "municipality", name, shortName) { Oktmo = OktmoOf(i, 0) };
        })];
    }

    private SchoolPlan[] MakeSchools(RegionSize size)
    {
        var count = size switch { RegionSize.Sample or RegionSize.Small => 2, RegionSize.District => 12, _ => 300 };
        var schools = new SchoolPlan[count];
        for (var number = 0; number < count; number++)
        {
            var municipality = number * Municipalities.Count / count;
            var (parallels, senior, classSize) = SizeOf(size, number);
            schools[number] = new SchoolPlan(MakeSchool(municipality, number), number, parallels, senior, classSize);
        }
        return schools;
    }

    private (int Parallels, int Senior, int ClassSize) SizeOf(RegionSize size, int number)
    {
        if (size == RegionSize.Sample) return (1, 1, number == 0 ? 8 : 5);
        if (size == RegionSize.Small) return number == 0 ? (3, 2, 21) : (1, 1, 8);
        if (number < 2) return number == 0 ? (3, 2, 25) : (2, 1, 25);
        return dice.Below(100) switch
        {
            < 21 => (1, 1, 20),
            < 49 => (2, 1, 25),
            < 79 => (3, 2, 25),
            < 94 => (4, 2, 26),
            _ => (5, 3, 26),
        };
    }

    private Organisation MakeSchool(int municipality, int number)
    {
        var town = Municipalities[municipality];
        // The first two are the demo cast's: their numbers are known by heart.
        var schoolNumber = number switch { 0 => 7, 1 => 12, _ => number + 13 };
        var isGymnasium = number > 1 && dice.Chance(0.12);
        var kind = isGymnasium ? "Гимназия" : dice.Chance(0.05) && number > 1 ? "Лицей" : "Школа";
        var full = kind == "Школа" ? "Средняя общеобразовательная школа" : kind;
        return new Organisation(ids.Next(), town, "school",
            $"Муниципальное бюджетное общеобразовательное учреждение «{full} № {schoolNumber}» ({town.ShortName})",
            $"{kind} № {schoolNumber}")
        {
            Oktmo = OktmoOf(municipality, 101),
            Inn = CheckDigits.Inn(980_100_000 + number * 17),
            Ogrn = CheckDigits.Ogrn(102_980_000_000 + number * 131L),
            Address = PlaceNames.Address(Region.Name, town.ShortName, 652_000 + municipality * 10 + number % 10, dice),
        };
    }

    private static string OktmoOf(int municipality, int settlement) =>
        string.Create(CultureInfo.InvariantCulture, $"{OktmoPrefix}{701 + municipality}{settlement:000}");
}
