namespace MySchool.Journal.Domain;

/// <summary>Weeks as diaries have them.</summary>
internal static class SchoolWeek
{
    /// <summary>Monday of the day's week.</summary>
    public static DateOnly Of(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
