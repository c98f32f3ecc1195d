using System.Globalization;
using MySchool.Access.Resources;

namespace MySchool.Access.Web;

/// <summary>Moments as people say them.</summary>
internal static class When
{
    private static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«сегодня, 10:42», «вчера, 18:04» or «5 ноября, 09:00».</summary>
    /// <param name="at">The moment.</param>
    /// <param name="now">The present in the reader's own time zone.</param>
    public static string Say(DateTimeOffset at, DateTimeOffset now)
    {
        var local = at.ToOffset(now.Offset);
        var time = local.ToString("HH:mm", Russian);
        return (now.Date - local.Date).Days switch
        {
            0 => $"{Texts.Today}, {time}",
            1 => $"{Texts.Yesterday}, {time}",
            _ => $"{local.ToString(local.Year == now.Year ? "d MMMM" : "d MMMM yyyy", Russian)}, {time}",
        };
    }

    /// <summary>«5 ноября 2026».</summary>
    public static string Day(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).ToString("d MMMM yyyy", Russian);

    /// <summary>«5 ноября 2026».</summary>
    public static string Date(DateOnly day) => day.ToString("d MMMM yyyy", Russian);

    /// <summary>«12 480».</summary>
    public static string Number(long number) => number.ToString("N0", Russian);

    /// <summary>«5 ноября 2026, 10:42 (+03:00)»: for papers, where the zone must be told.</summary>
    public static string Moment(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).ToString("d MMMM yyyy, HH:mm (zzz)", Russian);

    /// <summary>«1 год», «18 месяцев», «5 лет».</summary>
    public static string Months(int months) => months % 12 == 0 ? Count(months / 12, Texts.Years) : Count(months, Texts.Months);

    private static string Count(int count, string forms)
    {
        var form = (count % 100 is >= 11 and <= 14, count % 10) switch { (true, _) => 2, (_, 1) => 0, (_, 2 or 3 or 4) => 1, _ => 2 };
        return $"{count} {forms.Split('|')[form]}";
    }
}
