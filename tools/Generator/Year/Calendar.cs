namespace MySchool.Generator.Year;

/// <summary>A term of the school year.</summary>
public sealed record Term(int Number, string Name, DateOnly Starts, DateOnly Ends);

/// <summary>The school year: terms, holidays, school days.</summary>
public sealed class Calendar
{
    private readonly HashSet<DateOnly> holidays;

    private Calendar(int startYear)
    {
        StartYear = startYear;
        Terms =
        [
            new Term(1, "1-я четверть", Day(9, 1), Day(10, 23)),
            new Term(2, "2-я четверть", Day(11, 2), Day(12, 30)),
            new Term(3, "3-я четверть", Day(1, 11), Day(3, 26)),
            new Term(4, "4-я четверть", Day(4, 5), Day(5, 26)),
        ];
        holidays = [Day(11, 4), Day(2, 22), Day(2, 23), Day(3, 8), Day(5, 3), Day(5, 10)];
        SchoolDays = [.. Terms.SelectMany(DaysOf)];
    }

    /// <summary>Calendar year that the school year starts in.</summary>
    public int StartYear { get; }

    /// <summary>1 September.</summary>
    public DateOnly Starts => Terms[0].Starts;

    /// <summary>31 May.</summary>
    public DateOnly Ends => Day(5, 31);

    /// <summary>Четверти.</summary>
    public IReadOnlyList<Term> Terms { get; }

    /// <summary>Days with lessons, in order.</summary>
    public IReadOnlyList<DateOnly> SchoolDays { get; }

    /// <summary>When the invented registry was begun: the time part of the first ids.</summary>
    internal static DateTimeOffset Founded { get; } = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The school year that a date belongs to; from June on it is the coming one.</summary>
    public static Calendar Of(DateOnly date) => new(date.Month >= 6 ? date.Year : date.Year - 1);

    /// <summary>Grade 1 rests one more week in February (СП 2.4.3648-20, 3.4.16).</summary>
    public bool IsSchoolDay(DateOnly day, int grade) =>
        grade > 1 || day < Day(2, 15) || day > Day(2, 19);

    private DateOnly Day(int month, int day) => new(month >= 9 ? StartYear : StartYear + 1, month, day);

    private IEnumerable<DateOnly> DaysOf(Term term)
    {
        for (var day = term.Starts; day <= term.Ends; day = day.AddDays(1))
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !holidays.Contains(day))
                yield return day;
    }
}
