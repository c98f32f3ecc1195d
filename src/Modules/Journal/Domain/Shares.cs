namespace MySchool.Journal.Domain;

/// <summary>
/// Marks of a period counted, and the three shares schools report by. Успеваемость: marks of 3 and more of all attested and not attested;
/// качество: 4 and 5 of the same; СОУ (степень обученности, В. П. Симонов): (5s × 100 + 4s × 64 + 3s × 36 + 2s × 16 + н/а × 7) ÷ all.
/// Зачёт and «осв» stand outside.
/// </summary>
internal readonly record struct Shares(int Fives, int Fours, int Threes, int Twos, int NotAttested)
{
    private const decimal OfFive = 100, OfFour = 64, OfThree = 36, OfTwo = 16, OfNotAttested = 7;

    public int Counted => Fives + Fours + Threes + Twos + NotAttested;

    /// <summary>Успеваемость, per cent; null when nothing is counted.</summary>
    public decimal? Progress => Part(Fives + Fours + Threes);

    /// <summary>Качество, per cent.</summary>
    public decimal? Quality => Part(Fives + Fours);

    /// <summary>СОУ, per cent.</summary>
    public decimal? Mastery => Counted == 0 ? null : (Fives * OfFive + Fours * OfFour + Threes * OfThree + Twos * OfTwo + NotAttested * OfNotAttested) / Counted;

    /// <summary>Mean of the figures.</summary>
    public decimal? Average => Counted == NotAttested ? null : (5m * Fives + 4m * Fours + 3m * Threes + 2m * Twos) / (Counted - NotAttested);

    public static Shares operator +(Shares one, Shares other) =>
        new(one.Fives + other.Fives, one.Fours + other.Fours, one.Threes + other.Threes, one.Twos + other.Twos, one.NotAttested + other.NotAttested);

    public static Shares Add(Shares one, Shares other) => one + other;

    public static Shares Of(IEnumerable<string> values) => values.Aggregate(new Shares(), (sum, value) => sum + Of(value, 1));

    /// <summary>A mark that was given so many times.</summary>
    public static Shares Of(string value, int count) => value switch
    {
        "5" => new(count, 0, 0, 0, 0),
        "4" => new(0, count, 0, 0, 0),
        "3" => new(0, 0, count, 0, 0),
        "2" => new(0, 0, 0, count, 0),
        MarkValue.NotAttested => new(0, 0, 0, 0, count),
        _ => default,
    };

    private decimal? Part(int of) => Counted == 0 ? null : 100m * of / Counted;
}

/// <summary>Where a learner's marks of a period put them in a class teacher's report.</summary>
internal enum Standing
{
    /// <summary>Nothing has been set or can be proposed.</summary>
    Unknown,

    /// <summary>Отличник: every mark is 5.</summary>
    Excellent,

    /// <summary>Хорошист: 4 and 5.</summary>
    Good,

    /// <summary>Has a 3 and nothing below.</summary>
    Middling,

    /// <summary>Неуспевающий: has a 2.</summary>
    Failing,

    /// <summary>Not attested in a subject.</summary>
    NotAttested,
}

/// <summary>Standing of a learner, by the marks of all subjects.</summary>
internal static class Standings
{
    public static Standing Of(IReadOnlyCollection<string> values)
    {
        var of = Shares.Of(values);
        return of switch
        {
            { Counted: 0 } => Standing.Unknown,
            { Twos: > 0 } => Standing.Failing,
            { NotAttested: > 0 } => Standing.NotAttested,
            { Threes: > 0 } => Standing.Middling,
            { Fours: > 0 } => Standing.Good,
            _ => Standing.Excellent,
        };
    }

    /// <summary>Of learners: whoever passes everything, and whoever has 4 and 5 only.</summary>
    public static (decimal? Progress, decimal? Quality) Of(IReadOnlyCollection<Standing> learners)
    {
        var known = learners.Count(learner => learner != Standing.Unknown);
        if (known == 0) return (null, null);
        var good = learners.Count(learner => learner is Standing.Excellent or Standing.Good);
        return (100m * (good + learners.Count(learner => learner == Standing.Middling)) / known, 100m * good / known);
    }
}
