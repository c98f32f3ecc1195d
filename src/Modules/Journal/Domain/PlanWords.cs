using System.Text.RegularExpressions;

namespace MySchool.Journal.Domain;

/// <summary>What a column of a plan's file holds.</summary>
internal enum PlanField
{
    None, Title, Section, Hours, Kind, Homework, Note, Number, Date,
}

/// <summary>The words teachers use in their files of КТП, as data: titles of columns, sections, totals, kinds of lessons.</summary>
internal static partial class PlanWords
{
    // Longer beginnings stand before shorter ones; «*» stands for anything after, and in front for anything before.
    private static readonly (string Title, PlanField Field)[] Titles =
    [
        ("тема раздела*", PlanField.Section), ("раздел тема*", PlanField.Title), ("название раздела*", PlanField.Section), ("наименование раздела*", PlanField.Section),
        ("раздел*", PlanField.Section), ("модуль*", PlanField.Section), ("глава*", PlanField.Section),
        ("тип урока*", PlanField.Kind), ("вид урока*", PlanField.Kind), ("тип вид*", PlanField.Kind), ("форма урока*", PlanField.Kind), ("тип", PlanField.Kind), ("вид занятия*", PlanField.Kind), ("тип занятия*", PlanField.Kind),
        ("домашнее*", PlanField.Homework), ("д з*", PlanField.Homework), ("дз*", PlanField.Homework), ("дом зад*", PlanField.Homework), ("задание на дом*", PlanField.Homework), ("задание", PlanField.Homework),
        ("количество часов*", PlanField.Hours), ("кол во часов*", PlanField.Hours), ("кол час*", PlanField.Hours), ("кол во ч*", PlanField.Hours), ("колво*", PlanField.Hours), ("кол во", PlanField.Hours), ("число часов*", PlanField.Hours),
        ("часы*", PlanField.Hours), ("часов*", PlanField.Hours), ("час*", PlanField.Hours), ("ч", PlanField.Hours), ("всего*", PlanField.Hours),
        ("дата*", PlanField.Date), ("план*", PlanField.Date), ("факт*", PlanField.Date), ("срок*", PlanField.Date), ("неделя*", PlanField.Date),
        ("примеч*", PlanField.Note), ("коммент*", PlanField.Note), ("оборудование*", PlanField.Note), ("ресурс*", PlanField.Note), ("эор*", PlanField.Note), ("электронные*", PlanField.Note), ("заметк*", PlanField.Note),
        ("тема*", PlanField.Title), ("наименование тем*", PlanField.Title), ("название темы*", PlanField.Title), ("название урока*", PlanField.Title), ("содержание*", PlanField.Title), ("урок", PlanField.Title), ("*тема урока", PlanField.Title),
        ("номер*", PlanField.Number), ("п п", PlanField.Number), ("урока", PlanField.Number), ("nn*", PlanField.Number), ("n*", PlanField.Number), ("", PlanField.Number),
    ];

    private static readonly string[] Sections = ["раздел", "глава", "модуль", "блок"];
    private static readonly string[] Totals = ["итого", "всего", "общее количество"];
    private static readonly string[] Terms = ["четверт", "триместр", "полугоди"];

    // Beginnings of a kind as teachers shorten it, and the beginning of the dictionary's own name.
    private static readonly (string Said, string Name)[] Kinds =
    [
        ("к р", "контрольн"), ("кр", "контрольн"), ("контр", "контрольн"), ("диктант", "контрольн"), ("л р", "лабораторн"), ("лр", "лабораторн"), ("лаб", "лабораторн"), ("п р", "практическ"), ("практ", "практическ"),
        ("практикум", "практическ"), ("унз", "изучени"), ("онз", "изучени"), ("урок изучения", "изучени"), ("урок открытия", "изучени"), ("открытие", "изучени"), ("изучение", "изучени"), ("новый", "изучени"), ("новая", "изучени"), ("усвоение", "изучени"), ("урок усвоения", "изучени"),
        ("закреп", "закреплени"), ("урок закрепления", "закреплени"), ("комплексн", "закреплени"), ("рефлекс", "закреплени"), ("урок рефлексии", "закреплени"), ("комбинир", "закреплени"), ("повтор", "повторени"), ("обобщ", "повторени"), ("систематиз", "повторени"), ("урок повторения", "повторени"), ("урок обобщ", "повторени"),
        ("экскурс", "экскурси"), ("проект", "проектн"), ("защита проект", "проектн"), ("резерв", "резерв"),
    ];

    /// <summary>What titles of columns the platform's own file has, in the order of <see cref="Written"/>.</summary>
    public static readonly IReadOnlyList<PlanField> Written = [PlanField.Number, PlanField.Section, PlanField.Title, PlanField.Hours, PlanField.Kind, PlanField.Homework, PlanField.Note];

    public static PlanField FieldOf(string title)
    {
        var plain = Plain(title);
        foreach (var (known, field) in Titles)
            if (known.StartsWith('*') ? plain.EndsWith(known[1..], StringComparison.Ordinal) : known.EndsWith('*') ? plain.StartsWith(known[..^1], StringComparison.Ordinal) : plain == known) return field;
        return PlanField.None;
    }

    /// <summary>«Раздел 1. Дроби», whatever else stands in its row.</summary>
    public static bool IsSection(string text) => Begins(text, Sections) && !Plain(text).StartsWith("раздел тема", StringComparison.Ordinal);

    /// <summary>A row of totals.</summary>
    public static bool IsTotal(string text) => Begins(text, Totals);

    /// <summary>«I четверть (16 часов)»: days come from the timetable, not from here.</summary>
    public static bool IsTerm(string text) => text.Length < 60 && Array.Exists(Terms, word => Plain(text).Contains(word, StringComparison.Ordinal));

    /// <summary>The beginning of a dictionary name that said words mean; null when they mean none.</summary>
    public static string? KindOf(string said)
    {
        var plain = Plain(said);
        foreach (var (beginning, name) in Kinds)
            if (plain == beginning || plain.StartsWith(beginning + (beginning.Length < 4 ? " " : ""), StringComparison.Ordinal)) return name;
        return null;
    }

    /// <summary>«Раздел 1. Дроби (12 ч)» without its hours.</summary>
    public static string WithoutHours(string title) => HoursAtEnd().Replace(title, "").Trim();

    /// <summary>Lessons of «5–7» or «5, 6» in a column of numbers; 1 for anything else.</summary>
    public static int LessonsIn(string numbers)
    {
        var found = Range().Match(numbers);
        return found.Success && int.TryParse(found.Groups[1].ValueSpan, out var from) && int.TryParse(found.Groups[2].ValueSpan, out var to) && to > from && to - from < PlanRow.MostHours ? to - from + 1 : 1;
    }

    /// <summary>Hours of «2», «2 ч» or «2 часа»; null when it is no number of hours.</summary>
    public static int? HoursOf(string text) => Hours().Match(text.Trim()) is { Success: true } found && int.TryParse(found.Groups[1].ValueSpan, out var hours) && hours is >= 1 and <= 500 ? hours : null;

    /// <summary>Lower case, «ё» as «е», letters and digits with single spaces.</summary>
    public static string Plain(string text) =>
        string.Join(' ', NotWord().Replace(text.ToLowerInvariant().Replace('ё', 'е').Replace('№', 'n'), " ").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool Begins(string text, string[] words) => Plain(text) is var plain && Array.Exists(words, word => plain.StartsWith(word, StringComparison.Ordinal));

    [GeneratedRegex(@"[^\p{L}\p{Nd}]+")]
    private static partial Regex NotWord();

    [GeneratedRegex(@"[\s,.–—-]*\(?\s*\d+\s*(?:ч|час|часа|часов)\.?\s*\)?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex HoursAtEnd();

    [GeneratedRegex(@"^\s*(\d+)\s*(?:[–—-]|,)\s*(\d+)\s*\.?\s*$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^(\d+)(?:[.,]0+)?\s*(?:ч|час|часа|часов)?\.?$", RegexOptions.IgnoreCase)]
    private static partial Regex Hours();
}
