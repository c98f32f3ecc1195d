namespace MySchool.Access.Erasures;

/// <summary>Terms of an erasure, free of the request.</summary>
internal static class ErasureRules
{
    /// <summary>Within so many working days a request is answered (152-ФЗ, ст. 20, ч. 1; ст. 21, ч. 5.1).</summary>
    public const int AnswerWithin = 10;

    // ТК РФ, ст. 112. Days moved by the government each year are not counted as free: a deadline may come earlier than the law's, never later.
    private static readonly HashSet<(int Month, int Day)> Holidays = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)];

    /// <summary>The last day to answer somebody who asked on a day.</summary>
    public static DateOnly AnswerBy(DateOnly asked)
    {
        var day = asked;
        for (var left = AnswerWithin; left > 0;)
        {
            day = day.AddDays(1);
            if (IsWorking(day)) left--;
        }
        return day;
    }

    /// <summary>The last day rows are kept: terms run from the first of January after the year of the last of them.</summary>
    public static DateOnly KeepUntil(DateOnly lastDay, int years) => new(Math.Min(lastDay.Year + years, 9999), 12, 31);

    private static bool IsWorking(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Holidays.Contains((day.Month, day.Day));
}
