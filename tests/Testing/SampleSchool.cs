using MySchool.Generator;
using MySchool.Generator.Curriculum;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Generator.Year;

namespace MySchool.Testing;

/// <summary>
/// The two small schools that tests know by name: the same people as in every demo region. The region is generated
/// anew here, in memory, from the seed that the template database was loaded with; so ids agree.
/// </summary>
public static class SampleSchool
{
    private const int Seed = 2026;
    private static readonly Lazy<(RegionPlan Region, Population Population, List<School> Schools)> Made = new(Make);

    /// <summary>Today of the sample: Monday, the second четверть.</summary>
    public static DateOnly Today { get; } = new(2026, 11, 23);

    /// <summary>Noon of <see cref="Today"/> in Moscow.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Tree of organisations.</summary>
    public static RegionPlan Region => Made.Value.Region;

    /// <summary>«Школа № 7», the main scene.</summary>
    public static School School => Made.Value.Schools[0];

    /// <summary>«Школа № 12», another municipality: what people of the first must not see.</summary>
    public static School OtherSchool => Made.Value.Schools[1];

    /// <summary>Terms and days.</summary>
    public static Calendar Calendar { get; } = Calendar.Of(Today);

    /// <summary>Class 7А, where the cast meets.</summary>
    public static SchoolClass Class => School.Classes.Single(c => c.Grade == 7);

    /// <summary>Соколова, teacher of mathematics of <see cref="Class"/>.</summary>
    public static Person Teacher => Named("Соколова Мария Петровна");

    /// <summary>Морозова, teacher of Russian, leads <see cref="Class"/>; mother of a pupil of grade 4.</summary>
    public static Person ClassTeacher => Named("Морозова Елена Викторовна");

    /// <summary>Кузнецова, mother of three: two children in the first school, one in the other.</summary>
    public static Person Mother => Named("Кузнецова Ольга Николаевна");

    /// <summary>Артём Кузнецов of <see cref="Class"/>.</summary>
    public static Person Pupil => Named("Кузнецов Артём Дмитриевич");

    /// <summary>Туров, father of Алиса of <see cref="Class"/>, barred by a court.</summary>
    public static Person BarredFather => Named("Туров Виталий Олегович");

    /// <summary>Algebra of <see cref="Class"/>, taught by <see cref="Teacher"/>.</summary>
    public static TeachingGroup Algebra => Group("algebra");

    /// <summary>A demo person or anybody of the two schools.</summary>
    /// <param name="fullName">Фамилия Имя Отчество.</param>
    public static Person Named(string fullName) =>
        Made.Value.Population.Demo.Select(d => d.Person).FirstOrDefault(p => p.FullName == fullName)
        ?? Made.Value.Schools.SelectMany(s => s.NewPeople).First(p => p.FullName == fullName);

    /// <summary>Someone of the first school by role, as <c>Roles</c> names it.</summary>
    public static Person Staff(string role) => School.Memberships.First(m => m.Role == role).Person;

    /// <summary>Coordinators and operators, by role.</summary>
    public static Membership Office(string role) => Made.Value.Population.Offices.First(m => m.Role == role);

    /// <summary>The group of <see cref="Class"/> at a subject (the first подгруппа where it is split).</summary>
    /// <param name="subjectCode">Code of <see cref="Subjects"/>.</param>
    public static TeachingGroup Group(string subjectCode) =>
        School.Groups.Where(g => g.Class == Class && g.Subject.Code == subjectCode).OrderBy(g => g.Part).First();

    private static (RegionPlan, Population, List<School>) Make()
    {
        var region = RegionPlan.Create(RegionSize.Sample, Seed);
        var population = new Population(region, Seed, Calendar);
        return (region, population, [.. population.MakeSchools()]);
    }
}
