namespace MySchool.Generator.Names;

/// <summary>Отчество from the father's name.</summary>
public static class Patronymics
{
    private static readonly Dictionary<string, (string Male, string Female)> Irregular = new()
    {
        ["Илья"] = ("Ильич", "Ильинична"),
        ["Никита"] = ("Никитич", "Никитична"),
        ["Лука"] = ("Лукич", "Лукинична"),
        ["Кузьма"] = ("Кузьмич", "Кузьминична"),
        ["Фома"] = ("Фомич", "Фоминична"),
        ["Савва"] = ("Саввич", "Саввична"),
        ["Павел"] = ("Павлович", "Павловна"),
        ["Лев"] = ("Львович", "Львовна"),
        ["Пётр"] = ("Петрович", "Петровна"),
        ["Яков"] = ("Яковлевич", "Яковлевна"),
        ["Михаил"] = ("Михайлович", "Михайловна"),
    };

    private const string Consonants = "бвгджзйклмнпрстфхцчшщ";

    /// <summary>«Сергей» → «Сергеевич», «Сергеевна».</summary>
    public static string Of(string father, bool isMale)
    {
        ArgumentException.ThrowIfNullOrEmpty(father);
        if (Irregular.TryGetValue(father, out var pair)) return isMale ? pair.Male : pair.Female;
        return Stem(father) + (isMale ? "ич" : "на");
    }

    // Ends before "ич"/"на": «Сергеев», «Дмитриев», «Юрьев», «Игорев», «Иванов».
    private static string Stem(string father)
    {
        var body = father[..^1];
        return father[^1] switch
        {
            // Дмитрий keeps «и» after two consonants; Юрий, Василий change it to «ь».
            'й' when body[^1] == 'и' && body.Length > 2 && Consonants.Contains(body[^2]) && Consonants.Contains(body[^3]) => body + "ев",
            'й' when body[^1] == 'и' => body[..^1] + "ьев",
            'й' => body + "ев",
            'ь' => body + "ев",
            'ж' or 'ш' or 'ч' or 'щ' or 'ц' => father + "ев",
            _ => father + "ов",
        };
    }
}
