using System.Globalization;
using MySchool.Works.Resources;

namespace MySchool.Works.Domain;

/// <summary>Dates and counts as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    public static string Say(string words, params ReadOnlySpan<object?> values) => string.Format(Russian, words, values);

    /// <summary>«чт, 26 ноября».</summary>
    public static string Day(DateOnly date) => date.ToString("ddd, d MMMM", Russian);

    /// <summary>«24 ноября, 8:10» by the school's clock.</summary>
    public static string Moment(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).ToString("d MMMM, H:mm", Russian);

    /// <summary>Picks the form for a count: «1 работа», «2 работы», «5 работ».</summary>
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

    /// <summary>«черновик», «сдана»…</summary>
    public static string State(string? state, bool isLate) => state switch
    {
        WorkStates.Handed => isLate ? Texts.StateLate : Texts.StateHanded,
        WorkStates.Returned => Texts.StateReturned,
        WorkStates.Marked => Texts.StateMarked,
        WorkStates.Draft => Texts.StateDraft,
        _ => Texts.StateNone,
    };

    /// <summary>«1,4 МБ».</summary>
    public static string Size(long bytes) => bytes < 1 << 20 ? Say(Texts.SizeKb, Math.Max(1, bytes >> 10)) : Say(Texts.SizeMb, bytes / 1048576.0);
}
