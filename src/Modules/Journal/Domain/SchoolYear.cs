namespace MySchool.Journal.Domain;

/// <summary>The school year a day belongs to, named by the year it starts in: August opens the next one.</summary>
internal static class SchoolYear
{
    public static short Of(DateOnly day) => (short)(day.Month >= 8 ? day.Year : day.Year - 1);
}
