namespace MySchool.Generator.Year;

/// <summary>A kind of work that marks are given for.</summary>
public sealed record WorkType(int Number, string Name, string ShortName, int Weight);

/// <summary>A reason in the absence dictionary.</summary>
public sealed record AbsenceCode(string Code, string Name, string Category);

/// <summary>The dictionaries a school starts with.</summary>
public static class Dictionaries
{
    /// <summary>Kinds of work; weights are set by the school's act.</summary>
    public static readonly IReadOnlyList<WorkType> WorkTypes =
    [
        new(1, "Работа на уроке", "УР", 1),
        new(2, "Домашняя работа", "ДР", 1),
        new(3, "Самостоятельная работа", "СР", 2),
        new(4, "Контрольная работа", "КР", 3),
        new(5, "Проверочная работа", "ПР", 2),
        new(6, "Тест", "Тест", 2),
        new(7, "Проект", "Проект", 2),
    ];

    /// <summary>Absence codes.</summary>
    public static readonly IReadOnlyList<AbsenceCode> AbsenceCodes =
    [
        new("Н", "Отсутствовал, причина не указана", "unknown"),
        new("Б", "Болезнь", "illness"),
        new("У", "Уважительная причина", "excused"),
        new("НП", "Неуважительная причина", "unexcused"),
        new("ОП", "Опоздание", "late"),
    ];

    /// <summary>Kinds of lessons of plans, with the work type of each.</summary>
    public static readonly IReadOnlyList<(int Number, string Name, string ShortName, int? Work, bool IsReserve)> LessonKinds =
    [
        (1, "Изучение нового", "Новое", null, false), (2, "Закрепление", "Закр", null, false), (3, "Повторение и обобщение", "Повт", null, false),
        (4, "Контрольная работа", "КР", 4, false), (5, "Практическая работа", "Практ", null, false), (6, "Лабораторная работа", "Лаб", null, false),
        (7, "Проектная работа", "Проект", 7, false), (8, "Экскурсия", "Экск", null, false), (9, "Резерв", "Рез", null, true),
    ];

    /// <summary>The work type by its number.</summary>
    public static WorkType Work(int number) => WorkTypes[number - 1];
}
