namespace MySchool.Journal.Domain;

/// <summary>How a year mark is proposed.</summary>
internal enum YearBy
{
    /// <summary>Mean of the term marks.</summary>
    Terms,

    /// <summary>Weighted average of every mark of the year.</summary>
    Marks,
}

/// <summary>The school's act on marking, as far as figures follow from it.</summary>
/// <param name="FiveFrom">Lowest average proposed as 5.</param>
/// <param name="FourFrom">Lowest average proposed as 4.</param>
/// <param name="ThreeFrom">Lowest average proposed as 3.</param>
/// <param name="MinMarks">With fewer marks in a term nothing is proposed.</param>
/// <param name="YearBy">What the year follows from.</param>
/// <param name="EditWindowDays">Days after the lesson during which its cells stay open.</param>
internal sealed record Regulation(decimal FiveFrom, decimal FourFrom, decimal ThreeFrom, int MinMarks, YearBy YearBy, int EditWindowDays)
{
    /// <summary>Of a school that has decided nothing yet.</summary>
    public static readonly Regulation Usual = new(4.5m, 3.5m, 2.5m, 3, YearBy.Terms, 14);

    /// <summary>The lowest average for a mark of 3 to 5.</summary>
    public decimal From(int mark) => mark switch { 5 => FiveFrom, 4 => FourFrom, 3 => ThreeFrom, _ => 0 };

    /// <summary>The mark an average comes to, 2 to 5.</summary>
    public int MarkOf(decimal average) => average >= FiveFrom ? 5 : average >= FourFrom ? 4 : average >= ThreeFrom ? 3 : 2;
}

/// <summary>What a mark may stand for beside a term: periods that come after the terms.</summary>
internal static class Period
{
    public const short Year = 90;
    public const short Exam = 91;
    public const short Final = 92;

    /// <summary>The period whose closing locks this one.</summary>
    public static short LockOf(short period) => period >= Year ? Year : period;
}
