using System.Globalization;

namespace MySchool.Notices.Domain;

/// <summary>Days, hours and counts as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«23 ноября».</summary>
    public static string Day(DateOnly day) => day.ToString("d MMMM", Russian);

    /// <summary>«18:00».</summary>
    public static string Hour(int minutes) => TimeOnly.MinValue.AddMinutes(minutes).ToString("H:mm", Russian);

    /// <summary>Picks the form for a count: «1 запись», «2 записи», «5 записей».</summary>
    public static string Plural(int count, string forms)
    {
        var (tens, units) = (count % 100, count % 10);
        return $"{count} {forms.Split('|')[tens is > 10 and < 20 ? 2 : units == 1 ? 0 : units is > 1 and < 5 ? 1 : 2]}";
    }

    /// <summary>At most so many letters, on one line.</summary>
    public static string Cut(string text, int most)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : $"{line[..(most - 1)].TrimEnd()}…";
    }
}
