using System.Collections.Frozen;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>What a column of a list holds.</summary>
internal enum ListField
{
    None, FullName, LastName, FirstName, MiddleName, BirthDate, Gender, Snils, Class, Position, Mother, Father, Guardian, Child, Kinship, Shift, Leader,
}

/// <summary>The words schools use in their lists, as data: titles of columns, positions, sexes, names of sheets.</summary>
internal static partial class ListWords
{
    public const string StaffSheet = "Сотрудники";
    public const string ClassSheet = "Классы";
    public const string LearnerSheet = "Обучающиеся";
    public const string ParentSheet = "Родители";
    public const string HelpSheet = "Как заполнять";
    public const string Example = "Пример";
    public const string ExampleClass = "7Б";

    // The longer title stands before the shorter one that begins it; «*» stands for anything after.
    private static readonly (string Title, ListField Field)[] Titles =
    [
        ("фио обучающегося", ListField.FullName), ("фио ребенка", ListField.Child), ("ребенок", ListField.Child), ("фамилия имя ребенка*", ListField.Child),
        ("фио родителя*", ListField.FullName), ("фамилия имя отчество*", ListField.FullName), ("фамилия имя", ListField.FullName), ("фамилия и имя*", ListField.FullName),
        ("фамилия и о*", ListField.FullName), ("ф и о*", ListField.FullName), ("фио*", ListField.FullName), ("обучающийся", ListField.FullName),
        ("ученик", ListField.FullName), ("учащийся", ListField.FullName), ("сотрудник", ListField.FullName), ("педагог", ListField.FullName),
        ("фамилия*", ListField.LastName), ("имя*", ListField.FirstName), ("отчество*", ListField.MiddleName),
        ("дата рожд*", ListField.BirthDate), ("др", ListField.BirthDate), ("д р", ListField.BirthDate), ("день рождения", ListField.BirthDate), ("родился*", ListField.BirthDate),
        ("пол", ListField.Gender), ("снилс*", ListField.Snils), ("страховой номер*", ListField.Snils), ("номер снилс*", ListField.Snils),
        ("класс", ListField.Class), ("класс *", ListField.Class), ("кл", ListField.Class), ("группа класс", ListField.Class),
        ("должность*", ListField.Position), ("роль*", ListField.Position), ("занимаемая должность*", ListField.Position),
        ("мать*", ListField.Mother), ("мама*", ListField.Mother), ("фио матери*", ListField.Mother),
        ("отец*", ListField.Father), ("папа*", ListField.Father), ("фио отца*", ListField.Father),
        ("законный представитель*", ListField.Guardian), ("опекун*", ListField.Guardian), ("представитель*", ListField.Guardian), ("родитель*", ListField.Guardian),
        ("кем приходится*", ListField.Kinship), ("степень родства*", ListField.Kinship), ("родство", ListField.Kinship),
        ("смена*", ListField.Shift), ("классный руководитель*", ListField.Leader), ("кл руководитель*", ListField.Leader),
    ];

    private static readonly FrozenDictionary<string, string> Sexes = new Dictionary<string, string>
    {
        ["м"] = "male", ["муж"] = "male", ["мужской"] = "male", ["мальчик"] = "male", ["ж"] = "female", ["жен"] = "female", ["женский"] = "female", ["девочка"] = "female",
    }.ToFrozenDictionary();

    // The role a position opens; whoever has another position keeps the school's name but opens nothing.
    private static readonly (string Word, string Role)[] Positions =
    [
        ("заместитель директора", "ext:deputy"), ("зам директора", "ext:deputy"), ("завуч", "ext:deputy"), ("директор", "principal"),
        ("психолог", "counselor"), ("администратор", "siteAdministrator"), ("технический специалист", "systemAdministrator"), ("инженер", "systemAdministrator"),
        ("учитель", "teacher"), ("преподаватель", "teacher"), ("педагог", "teacher"), ("тьютор", "teacher"), ("логопед", "teacher"), ("воспитатель", "teacher"),
    ];

    /// <summary>Positions the template offers.</summary>
    public static readonly string[] OfferedPositions = ["Учитель", "Завуч", "Директор", "Психолог", "Администратор школы", "Технический специалист"];

    public static readonly string[] OfferedSexes = ["муж.", "жен."];
    public static readonly string[] OfferedKinships = ["мама", "папа", "опекун", "другое"];

    public static ListField FieldOf(string title)
    {
        var plain = Plain(title);
        foreach (var (known, field) in Titles)
            if (known.EndsWith('*') ? plain.StartsWith(known[..^1], StringComparison.Ordinal) : plain == known) return field;
        return ListField.None;
    }

    /// <summary>Lower case, «ё» as «е», letters and digits with single spaces between words.</summary>
    public static string Plain(string text) =>
        string.Join(' ', NotWord().Replace(text.ToLowerInvariant().Replace('ё', 'е').Replace("ф.и.о", "фио", StringComparison.Ordinal), " ").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static string? SexOf(string text) => Sexes.GetValueOrDefault(Plain(text));

    public static string? RoleOf(string position)
    {
        var plain = Plain(position);
        foreach (var (word, role) in Positions)
            if (plain.Contains(word, StringComparison.Ordinal)) return role;
        return null;
    }

    /// <summary>Role of the format and sex of a parent.</summary>
    public static (string Role, string? Sex) KinshipOf(string text) => Plain(text) switch
    {
        "мать" or "мама" => ("parent", "female"),
        "отец" or "папа" => ("parent", "male"),
        "опекун" or "попечитель" => (Roles.Guardian, null),
        _ => ("relative", null),
    };

    /// <summary>«7Б» of «7 «Б» класс» or of a line that speaks of the class; null when there is none.</summary>
    public static string? ClassOf(string text)
    {
        var found = ClassName().Match(text.Trim());
        return found.Success ? found.Groups[1].Value + found.Groups[2].Value.ToUpperInvariant() : null;
    }

    public static string? ClassWithin(string text)
    {
        var found = ClassInLine().Match(text);
        return found.Success ? ClassOf(found.Groups[1].Value) : null;
    }

    [GeneratedRegex(@"[^\p{L}\p{Nd}]+")]
    private static partial Regex NotWord();

    [GeneratedRegex("""^(1[0-2]|[1-9])\s*[-–.«"'(]?\s*([А-Яа-яЁёA-Za-z]{0,20})\s*[»"')]?(?:\s*(?:класс|кл\.?))?$""")]
    private static partial Regex ClassName();

    [GeneratedRegex("""((?:1[0-2]|[1-9])\s*[-–]?\s*[«"]?\s*[А-Яа-яЁё]\s*[»"]?)\s*класс""", RegexOptions.IgnoreCase)]
    private static partial Regex ClassInLine();
}
