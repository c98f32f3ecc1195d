namespace MySchool.Generator.Curriculum;

/// <summary>Hours of a subject in a week.</summary>
public readonly record struct SubjectHours(Subject Subject, int Hours);

/// <summary>
/// Weekly hours of the federal curricula (ФОП), five-day week: НОО, ООО variant 1, СОО. The part that a school fills
/// itself brings each grade to its cap (СанПиН 1.2.3685-21, table 6.6).
/// </summary>
public static class CurriculumPlans
{
    private static readonly IReadOnlyList<SubjectHours>[] ByGrade =
    [
        Parse("russian 5, reading 4, mathematics 4, world 2, art 1, music 1, labour 1, sport 2, literacy 1"),
        Parse("russian 5, reading 4, foreign 2, mathematics 4, world 2, art 1, music 1, labour 1, sport 2, literacy 1"),
        Parse("russian 5, reading 4, foreign 2, mathematics 4, world 2, art 1, music 1, labour 1, sport 2, literacy 1"),
        Parse("russian 5, reading 4, foreign 2, mathematics 4, world 2, ethics 1, art 1, music 1, labour 1, sport 2"),
        Parse("russian 5, literature 3, foreign 3, mathematics 5, history 2, geography 1, biology 1, culture 1, art 1, music 1, labour 2, sport 2, literacy 1, region 1"),
        Parse("russian 6, literature 3, foreign 3, mathematics 5, history 2, society 1, geography 1, biology 1, culture 1, art 1, music 1, labour 2, sport 2, region 1"),
        Parse("russian 4, literature 2, foreign 3, algebra 3, geometry 2, statistics 1, informatics 1, history 2, society 1, geography 2, physics 2, biology 1, art 1, music 1, labour 2, sport 2, workshop 1, region 1"),
        Parse("russian 3, literature 2, foreign 3, algebra 3, geometry 2, statistics 1, informatics 1, history 2, society 1, geography 2, physics 2, chemistry 2, biology 2, music 1, labour 1, sport 2, safety 1, workshop 1, literacy 1"),
        Parse("russian 3, literature 3, foreign 3, algebra 3, geometry 2, statistics 1, informatics 1, history 2, society 1, geography 2, physics 3, chemistry 2, biology 2, labour 1, sport 2, safety 1, workshop 1"),
    ];

    // СОО: letter «А» takes mathematics and physics in depth, the others literature, history and society.
    private static readonly IReadOnlyList<SubjectHours> Engineering10 = Parse("russian 2, literature 3, foreign 3, algebra 4, geometry 3, statistics 1, informatics 1, history 2, society 2, geography 1, physics 5, chemistry 1, biology 1, sport 2, safety 1, project 1, workshop 1");
    private static readonly IReadOnlyList<SubjectHours> Engineering11 = Parse("russian 2, literature 3, foreign 3, algebra 4, geometry 3, statistics 1, informatics 1, history 2, society 2, geography 1, physics 5, chemistry 1, biology 1, sport 2, safety 1, workshop 2");
    private static readonly IReadOnlyList<SubjectHours> Humanities10 = Parse("russian 2, literature 5, foreign 3, algebra 2, geometry 2, statistics 1, informatics 1, history 4, society 2, geography 1, physics 2, chemistry 1, biology 1, sport 2, safety 1, project 1, literacy 1, workshop 1, region 1");
    private static readonly IReadOnlyList<SubjectHours> Humanities11 = Parse("russian 2, literature 5, foreign 3, algebra 3, geometry 1, statistics 1, informatics 1, history 4, society 4, geography 1, physics 2, chemistry 1, biology 1, sport 2, safety 1, literacy 1, workshop 1");

    /// <summary>The plan of a class.</summary>
    /// <param name="grade">1 to 11.</param>
    /// <param name="letter">Decides the profile of grades 10–11.</param>
    public static IReadOnlyList<SubjectHours> For(int grade, string letter) => (grade, letter) switch
    {
        (10, "А") => Engineering10,
        (11, "А") => Engineering11,
        (10, _) => Humanities10,
        (11, _) => Humanities11,
        _ => ByGrade[grade - 1],
    };

    /// <summary>Lessons of each day, Monday first: the peak falls on Tuesday and Wednesday, the week ends lighter.</summary>
    public static int[] DayLengths(int weeklyHours)
    {
        var days = new int[5];
        Array.Fill(days, weeklyHours / 5);
        int[] order = [1, 2, 0, 3, 4];
        for (var i = 0; i < weeklyHours % 5; i++) days[order[i]]++;
        return days;
    }

    private static SubjectHours[] Parse(string text) =>
        [.. text.Split(", ").Select(item => item.Split(' ')).Select(pair => new SubjectHours(Subjects.Get(pair[0]), pair[1][0] - '0'))];
}
