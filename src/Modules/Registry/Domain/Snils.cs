namespace MySchool.Registry.Domain;

/// <summary>Страховой номер индивидуального лицевого счёта: nine digits and two of control.</summary>
internal readonly record struct Snils
{
    private Snils(string digits) => Digits = digits;

    /// <summary>Eleven digits without separators.</summary>
    public string Digits { get; }

    /// <summary>Reads a number in any spelling; refuses a wrong control sum.</summary>
    /// <remarks>Постановление Правления ПФР № 192п, приложение 1, п. 3: control digits are checked above 001-001-998.</remarks>
    public static bool TryParse(string? text, out Snils snils)
    {
        snils = default;
        if (text is null || text.Any(c => !char.IsAsciiDigit(c) && c is not ('-' or ' '))) return false;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        if (digits.Length != 11) return false;
        var number = int.Parse(digits.AsSpan(0, 9), System.Globalization.CultureInfo.InvariantCulture);
        if (number > 1001998 && Control(digits) != digits[9..]) return false;
        snils = new(digits);
        return true;
    }

    private static string Control(string digits)
    {
        var sum = 0;
        for (var i = 0; i < 9; i++) sum += (digits[i] - '0') * (9 - i);
        var rest = sum % 101;
        return (rest == 100 ? 0 : rest).ToString("00", System.Globalization.CultureInfo.InvariantCulture);
    }
}
