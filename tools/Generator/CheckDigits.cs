using System.Globalization;

namespace MySchool.Generator;

/// <summary>Numbers of Russian registers with right check digits.</summary>
public static class CheckDigits
{
    private static readonly int[] InnWeights = [2, 4, 10, 3, 5, 9, 4, 6, 8];

    /// <summary>СНИЛС of 11 digits from its nine (приказ ПФР 192п: sum of digit × place, modulo 101).</summary>
    /// <param name="number">Above 1,001,998: smaller ones carry no check digits.</param>
    public static string Snils(int number)
    {
        var digits = number.ToString("000000000", CultureInfo.InvariantCulture);
        var sum = 0;
        for (var i = 0; i < 9; i++) sum += (digits[i] - '0') * (9 - i);
        return digits + (sum % 101 % 100).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>«112-233-445 95».</summary>
    public static string Dashed(string snils) => $"{snils[..3]}-{snils[3..6]}-{snils[6..9]} {snils[9..]}";

    /// <summary>ИНН of an organisation, 10 digits, from its nine.</summary>
    public static string Inn(int number)
    {
        var digits = number.ToString("000000000", CultureInfo.InvariantCulture);
        var sum = 0;
        for (var i = 0; i < 9; i++) sum += (digits[i] - '0') * InnWeights[i];
        return digits + (sum % 11 % 10).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>ОГРН, 13 digits, from its twelve.</summary>
    public static string Ogrn(long number) =>
        number.ToString("000000000000", CultureInfo.InvariantCulture) + (number % 11 % 10).ToString(CultureInfo.InvariantCulture);
}
