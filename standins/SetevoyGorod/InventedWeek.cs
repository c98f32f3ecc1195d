namespace MySchool.StandIns.SetevoyGorod;

/// <summary>A week of a student, the same whenever it is asked for.</summary>
internal static class InventedWeek
{
    private const int Homework = 3;
    private const int Answer = 10;
    private static readonly string[] Subjects = ["Математика", "Русский язык", "Литература", "История", "Биология", "Английский язык", "Физическая культура", "География"];
    private static readonly string[] Tasks = ["§ 12, вопросы 1–4", "№ 345, 348", "Выучить правило на с. 61", "Прочитать главу до конца", "Подготовить пересказ"];
    private static readonly (string Start, string End)[] Bells = [("08:30", "09:15"), ("09:25", "10:10"), ("10:30", "11:15"), ("11:35", "12:20"), ("12:30", "13:15")];

    public static object Of(int student, string className, DateOnly monday) => new
    {
        weekStart = Stamp(monday), weekEnd = Stamp(monday.AddDays(6)), className,
        weekDays = Enumerable.Range(0, 5).Select(day => new
        {
            date = Stamp(monday.AddDays(day)),
            lessons = Enumerable.Range(0, Bells.Length).Select(number => Lesson(student, monday.AddDays(day), number)).ToArray(),
        }).ToArray(),
    };

    private static object Lesson(int student, DateOnly date, int number)
    {
        var dice = (date.DayNumber * 31 + number * 7 + student) & 0x7fffffff;
        var assignments = new List<object>();
        if (dice % 3 == 0)
            assignments.Add(new { id = dice, typeId = Homework, assignmentName = Tasks[dice % Tasks.Length], weight = 0, mark = (object?)null, markComment = (object?)null });
        if (dice % 4 == 1)
            assignments.Add(new
            {
                id = dice + 1, typeId = Answer, assignmentName = "Ответ на уроке", weight = 10,
                mark = new { mark = dice % 8 == 5 ? (int?)null : 3 + dice % 3, dutyMark = dice % 8 == 5 }, markComment = dice % 5 == 0 ? new { name = "Хорошая работа" } : null,
            });
        return new
        {
            classmeetingId = dice, day = Stamp(date), number = number + 1, startTime = Bells[number].Start, endTime = Bells[number].End,
            subjectName = Subjects[(date.DayNumber + number * 3) % Subjects.Length], room = $"{201 + dice % 30}", isEaLesson = false, assignments,
        };
    }

    private static string Stamp(DateOnly day) => $"{day:yyyy-MM-dd}T00:00:00";
}
