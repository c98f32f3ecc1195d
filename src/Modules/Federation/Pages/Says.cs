using System.Globalization;
using MySchool.Federation.Asking;
using MySchool.Federation.Resources;

namespace MySchool.Federation.Pages;

/// <summary>Dates, moments and failures as people say them.</summary>
internal static class Says
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«26 ноября».</summary>
    public static string Date(DateOnly date) => date.ToString("d MMMM", Russian);

    /// <summary>«14:05» today, «30 ноября, 14:05» before.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now)
    {
        var local = at.ToOffset(now.Offset);
        return local.ToString(local.Date == now.Date ? "HH:mm" : "d MMMM, HH:mm", Russian);
    }

    /// <summary>Why a region did not tell, as the end of a sentence.</summary>
    public static string Why(FaultKind fault) => fault switch
    {
        FaultKind.Slow => Texts.WhySlow,
        FaultKind.Refused => Texts.WhyRefused,
        FaultKind.Garbled => Texts.WhyGarbled,
        FaultKind.Forged => Texts.WhyForged,
        _ => Texts.WhyAway,
    };

    /// <summary>«Регион не отвечает».</summary>
    public static string Capital(string text) => char.ToUpper(text[0], Russian) + text[1..];
}
