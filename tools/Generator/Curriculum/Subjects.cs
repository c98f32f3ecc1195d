namespace MySchool.Generator.Curriculum;

/// <summary>What a teacher is trained to teach.</summary>
public enum Specialty
{
    Primary, Mathematics, Russian, Foreign, History, Physics, Chemistry, Biology, Geography, Informatics, Music, Art, Labour, Sport,
}

/// <summary>A subject of the curriculum.</summary>
/// <param name="Code">Stable key.</param>
/// <param name="Name">Full name.</param>
/// <param name="ShortName">For narrow columns.</param>
/// <param name="Specialty">Who teaches it in grades 5–11.</param>
/// <param name="MarkRate">Chance that a present pupil is marked at an ordinary lesson.</param>
/// <param name="Ease">Added to the mean mark.</param>
public sealed record Subject(string Code, string Name, string ShortName, Specialty Specialty, double MarkRate, double Ease)
{
    /// <summary>The class is split in two when it is large (foreign language, informatics, labour).</summary>
    public bool IsSplit => Code is "foreign" or "informatics" or "labour";

    /// <summary>Set by the region: the id of its row.</summary>
    public int Number { get; internal init; }
}

/// <summary>All subjects of the demo curriculum.</summary>
public static class Subjects
{
    /// <summary>In the order of their rows.</summary>
    public static readonly IReadOnlyList<Subject> All =
    [
        .. new Subject[]
        {
            new("russian", "Русский язык", "Рус. яз.", Specialty.Russian, 0.37, -0.10),
            new("reading", "Литературное чтение", "Лит. чт.", Specialty.Primary, 0.33, 0.25),
            new("literature", "Литература", "Лит-ра", Specialty.Russian, 0.34, 0.15),
            new("foreign", "Иностранный язык (английский)", "Англ. яз.", Specialty.Foreign, 0.40, 0.05),
            new("mathematics", "Математика", "Матем.", Specialty.Mathematics, 0.38, -0.10),
            new("algebra", "Алгебра", "Алгебра", Specialty.Mathematics, 0.38, -0.20),
            new("geometry", "Геометрия", "Геом.", Specialty.Mathematics, 0.34, -0.20),
            new("statistics", "Вероятность и статистика", "ВиС", Specialty.Mathematics, 0.32, 0.00),
            new("world", "Окружающий мир", "Окр. мир", Specialty.Primary, 0.36, 0.25),
            new("ethics", "Основы религиозных культур и светской этики", "ОРКСЭ", Specialty.Primary, 0.0, 0.60),
            new("informatics", "Информатика", "Инф.", Specialty.Informatics, 0.38, 0.20),
            new("history", "История", "История", Specialty.History, 0.35, 0.05),
            new("society", "Обществознание", "Общ.", Specialty.History, 0.33, 0.15),
            new("culture", "Основы духовно-нравственной культуры народов России", "ОДНКНР", Specialty.History, 0.25, 0.50),
            new("geography", "География", "Геогр.", Specialty.Geography, 0.36, 0.10),
            new("physics", "Физика", "Физика", Specialty.Physics, 0.36, -0.15),
            new("chemistry", "Химия", "Химия", Specialty.Chemistry, 0.36, -0.15),
            new("biology", "Биология", "Биол.", Specialty.Biology, 0.36, 0.10),
            new("art", "Изобразительное искусство", "ИЗО", Specialty.Art, 0.42, 0.55),
            new("music", "Музыка", "Музыка", Specialty.Music, 0.32, 0.60),
            new("labour", "Труд (технология)", "Труд", Specialty.Labour, 0.34, 0.50),
            new("sport", "Физическая культура", "Физ-ра", Specialty.Sport, 0.25, 0.60),
            new("safety", "Основы безопасности и защиты Родины", "ОБЗР", Specialty.Sport, 0.33, 0.35),
            new("project", "Индивидуальный проект", "Инд. пр.", Specialty.Informatics, 0.20, 0.50),
            new("literacy", "Функциональная грамотность", "Функц. гр.", Specialty.Russian, 0.20, 0.40),
            new("workshop", "Практикум по решению задач", "Практикум", Specialty.Mathematics, 0.25, 0.20),
            new("region", "Краеведение", "Краевед.", Specialty.Geography, 0.28, 0.40),
        }.Select((subject, number) => subject with { Number = number }),
    ];

    private static readonly Dictionary<string, Subject> ByCode = All.ToDictionary(s => s.Code);

    /// <summary>The subject with a code.</summary>
    public static Subject Get(string code) => ByCode[code];

    /// <summary>Ids of the rows of <see cref="All"/>: the same in every region.</summary>
    public static IReadOnlyList<Guid> Ids { get; } = MakeIds();

    private static Guid[] MakeIds()
    {
        var source = new IdSource(new Dice(20260801), Year.Calendar.Founded.AddDays(-1));
        return [.. All.Select(_ => source.Next())];
    }
}
