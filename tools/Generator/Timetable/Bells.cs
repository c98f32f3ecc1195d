namespace MySchool.Generator.Timetable;

/// <summary>Bell times. Lessons of 40 minutes; two long breaks after lessons 2 and 3; shift 2 begins half an hour after shift 1.</summary>
public static class Bells
{
    private const int LessonMinutes = 40;
    private static readonly int[] BreakAfter = [10, 20, 20, 10, 10, 10];

    /// <summary>Beginning and end of a lesson.</summary>
    /// <param name="isTwoShift">Such schools start at 8:00, others at 8:30.</param>
    /// <param name="shift">1 or 2.</param>
    /// <param name="number">From 1; to 7 in shift 1, to 5 in shift 2.</param>
    public static (TimeOnly Starts, TimeOnly Ends) Of(bool isTwoShift, int shift, int number)
    {
        var starts = shift == 2 ? new TimeOnly(14, 30) : isTwoShift ? new TimeOnly(8, 0) : new TimeOnly(8, 30);
        for (var i = 1; i < number; i++) starts = starts.AddMinutes(LessonMinutes + BreakAfter[i - 1]);
        return (starts, starts.AddMinutes(LessonMinutes));
    }
}
