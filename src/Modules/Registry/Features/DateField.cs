using System.Globalization;

namespace MySchool.Registry.Features;

/// <summary>A date as a form sends it.</summary>
internal static class DateField
{
    public const string Format = "yyyy-MM-dd";

    public static DateOnly? Parse(string? text) =>
        DateOnly.TryParseExact(text?.Trim(), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    public static string? Show(DateOnly? date) => date?.ToString(Format, CultureInfo.InvariantCulture);
}
