namespace MySchool.Ui;

/// <summary>Invented people and figures of the style guide.</summary>
internal static class Samples
{
    public static readonly Choice[] Themes = [new("auto", "Как в системе"), new("light", "Светлая"), new("dark", "Тёмная")];

    public static readonly Choice[] Contrasts =
    [
        new("none", "Обычный"), new("black-white", "Чёрным по белому"), new("white-black", "Белым по чёрному"),
        new("blue", "Синим по голубому"), new("beige", "Коричневым по бежевому"), new("green", "Зелёным по коричневому"),
    ];

    public static readonly Choice[] Scales = [new("100", "100 %"), new("125", "125 %"), new("150", "150 %"), new("175", "175 %"), new("200", "200 %")];

    public static readonly ShellHat[] Hats =
    [
        new("teacher", Guid.Empty, "Учитель", "Школа № 7, Калуга", true),
        new("class-teacher", Guid.Empty, "Классный руководитель 7Б", "Школа № 7, Калуга", false),
        new("guardian", Guid.Empty, "Родитель", "Гимназия № 24", false),
    ];

    public static readonly NavItem[] Nav =
    [
        new("Сегодня", "/", "layout-dashboard"), new("Журнал", "/journal", "notebook-text"), new("Расписание", "/timetable", "calendar-days"),
        new("Задания", "/homework", "book-open"), new("Классы", "/classes", "users-round"), new("Сообщения", "/messages", "message-square"),
        new("Отчёты", "/reports", "bar-chart-3"),
    ];

    public static readonly ChartPoint[] Averages =
    [
        new("Алгебра", 4.12, "4,12"), new("Геометрия", 3.86, "3,86"), new("Физика", 3.95, "3,95"), new("Русский", 4.31, "4,31"),
        new("История", 4.44, "4,44"), new("Химия", 3.71, "3,71"),
    ];

    public static readonly double[] Trend = [4.02, 4.1, 4.05, 4.2, 4.18, 4.31, 4.44];

    public static readonly TimelineItem[] History =
    [
        new("сегодня, 10:42", "Отметка исправлена с 4 на 5", "Смирнова М. П.", "опечатка при вводе"),
        new("сегодня, 10:40", "Поставлена отметка 4, контрольная работа, вес 2", "Смирнова М. П."),
        new("чт, 19 ноября, 9:15", "Отмечено отсутствие: болел(а)", "Кузнецов А. И."),
    ];

    public static readonly SampleLearner[] Learners =
    [
        new("Алексеева Дарья", "5 4 5 н/а 5", 4.75m, 0), new("Борисов Тимофей", "3 4 3 4", 3.5m, 4),
        new("Васильев Артём", "2 3 4", 3m, 11), new("Григорьева София", "5 5 4 5", 4.75m, 1),
    ];
}

/// <summary>A learner of the samples.</summary>
internal sealed record SampleLearner(string Name, string Marks, decimal Average, int MissedLessons);
