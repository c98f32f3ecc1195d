namespace MySchool.Generator.Places;

/// <summary>Invented towns, ordinary streets.</summary>
internal static class PlaceNames
{
    private static readonly string[] Towns =
    [
        "Зареченск", "Светлоборск", "Верхнеозёрск", "Краснополянск", "Берёзоград", "Староречинск", "Новолипинск", "Каменоборск",
        "Тихореченск", "Сосногорье", "Ясноградск", "Белокаменск-Зареченский",
    ];

    private static readonly string[] Districts =
    [
        "Липовский", "Озёрнинский", "Ключевской", "Боровлянский", "Яснополянский", "Дубровинский", "Ольховский", "Рябиновский",
        "Луговской", "Черёмуховский", "Ивнянский", "Приреченский",
    ];

    private static readonly string[] Streets =
    [
        "Садовая", "Школьная", "Лесная", "Молодёжная", "Центральная", "Набережная", "Советская", "Гагарина", "Пушкина", "Лермонтова",
        "Мира", "Победы", "Октябрьская", "Заводская", "Космонавтов", "Чехова", "Комсомольская", "Строителей", "Первомайская", "Весенняя",
    ];

    public static (string Name, string ShortName) Municipality(int number) => number % 2 == 0
        ? ($"Городской округ «Город {Towns[number / 2 % Towns.Length]}»", $"г. {Towns[number / 2 % Towns.Length]}")
        : ($"{Districts[number / 2 % Districts.Length]} муниципальный район", $"{Districts[number / 2 % Districts.Length]} район");

    public static string Address(string region, string town, int postcode, Dice dice) =>
        $"{postcode}, {region}, {town}, ул. {dice.Pick(Streets)}, д. {dice.Between(1, 120)}";
}
